"""Lines of text fitted to a width, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nhem_tui.tui.cells import line


@given(
    parts=st.lists(st.tuples(st.text(max_size=30), st.just("text")), max_size=5),
    right=st.lists(st.tuples(st.text("0123456789 ", max_size=8), st.just("muted")), max_size=2),
    width=st.integers(0, 60),
)
def test_a_line_fills_its_width_and_cannot_steer_the_terminal(
    parts: list[tuple[str, str]], right: list[tuple[str, str]], width: int
) -> None:
    row = line(parts, width, right)
    assert cell_len(row.text) == width
    assert row.text.isprintable()
    assert "".join(row.text[start:end] for start, end, _ in row.spans) == row.text
