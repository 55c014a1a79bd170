"""Lines of text fitted to a width, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nhem_tui.backend.sanitize import clean_text
from nhem_tui.tui.cells import beside, cells, line, paragraph, whole


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


@given(
    st.lists(st.tuples(st.text("x 漢", min_size=1, max_size=9), st.just("text"))),
    st.integers(0, 40),
)
def test_parts_that_do_not_fit_are_left_out_whole(parts: list[tuple[str, str]], width: int) -> None:
    shown = whole(parts, width)
    if shown != parts:
        assert cells(parts) > width
        assert cells([*parts[: len(shown)], (" …", "muted")]) > width, "no more would have fitted"
        if shown != parts[:1]:
            assert shown == [*parts[: len(shown) - 1], (" …", "muted")]
            assert cells(shown) <= width


@given(st.text(max_size=120), st.integers(1, 60), st.none() | st.integers(1, 4))
def test_a_paragraph_fills_its_lines_and_loses_nothing_unless_it_must(
    text: str, width: int, most: int | None
) -> None:
    rows = paragraph(text, "text", width, most=most)
    assert {cell_len(row.text) for row in rows} == {width}
    assert all(row.text.isprintable() for row in rows)
    assert most is None or len(rows) <= most
    shown = "".join("".join(row.text for row in rows).split())
    if "…" not in shown and width > 1:
        assert shown == "".join(clean_text(text).split()) or not text.isprintable()


def test_a_paragraph_is_indented_below_its_lead() -> None:
    rows = paragraph("one two three four", "text", 12, lead=("12:00  ", "muted"))
    assert [row.text for row in rows] == [
        "12:00  one  ",
        "       two  ",
        "       three",
        "       four ",
    ]
    assert paragraph("漢字漢字 漢字", "text", 6)[0].text == "漢字漢"
    assert [row.text for row in paragraph("a b c", "text", 1, most=2)] == ["a", "…"]


def test_a_number_in_groups_of_three_is_not_broken() -> None:
    rows = paragraph("of 1 204 frames, 260 807–260 812", "text", 15)
    assert [row.text.rstrip() for row in rows] == ["of 1 204", "frames,", "260 807–260 812"]
    assert [row.text for row in paragraph("at 1 2345 1  234", "text", 4)][:2] == ["at 1", "2345"]


def test_two_rows_stand_beside_each_other() -> None:
    row = beside(line([("one", "key")], 5), line([("two", "text")], 4), 2, 11)
    assert row.text == "one    two "
    assert row.spans[0] == (0, 3, "key")
