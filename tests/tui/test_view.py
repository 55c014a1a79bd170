"""Looking at the data: pure steps, and the cursor stays in sight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.tui.view import WINDOWS, View

steps = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.sampled_from([-1.0, 1.0])),
        st.tuples(st.just("scroll"), st.floats(-50, 50)),
        st.tuples(st.just("point"), st.floats(0, 100)),
    ),
    max_size=20,
)


@given(steps)
def test_a_cursor_is_always_inside_the_window(moves: list[tuple[str, float]]) -> None:
    view = View()
    for move, by in moves:
        if move == "zoom":
            view = view.zoomed(round(by))
        elif move == "scroll":
            view = view.scrolled(by, oldest=0.0, newest=100.0)
        else:
            view = view.pointed(by, newest=100.0)
        if view.cursor is not None:
            assert view.edge is not None
            assert view.edge - view.window - 1e-9 <= view.cursor <= view.edge


def test_zooming_in_goes_to_the_cursor() -> None:
    view = View(window=10.0, edge=100.0, cursor=91.0).zoomed(-1)
    assert (view.window, view.edge, view.cursor) == (5, 93.5, 91.0)


def test_scrolling_away_drops_the_cursor() -> None:
    view = View(window=10.0, edge=100.0, cursor=99.0)
    assert view.scrolled(-0.5, 0.0, 100.0).cursor == 99.0
    assert view.scrolled(-5.0, 0.0, 100.0).cursor is None


def test_the_widest_window_holds_what_can_be_kept() -> None:
    assert WINDOWS[-1] * 45 > 100_000
    assert View(window=WINDOWS[-1]).zoomed(+1).window == WINDOWS[-1]
