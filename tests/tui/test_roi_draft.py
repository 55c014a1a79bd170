"""The draft of a ROI: what is refused before it is sent, and how keys change it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.backend.limits import check_roi
from nhem_tui.backend.roi import Roi
from nhem_tui.tui.roi_draft import CORNERS, FARTHEST, Draft
from tests.tui.simulated import NOT_A_NUMBER

GOOD = Roi(100, 200, 300, 350)


def draft(x1: object = 100, y1: object = 200, x2: object = 300, y2: object = 350) -> Draft:
    return Draft(str(x1), str(y1), str(x2), str(y2))


def test_four_numbers_are_a_region() -> None:
    assert draft().roi == GOOD
    assert draft().problem is None
    assert Draft.of(GOOD) == draft()


@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize("text", [*NOT_A_NUMBER, "12.5"])
def test_what_is_no_whole_number_is_named_and_not_drawn(name: str, text: str) -> None:
    refused = draft(**{name: text})
    assert refused.roi is None
    assert refused.problem is not None
    assert refused.problem.startswith(f"{name} must be a whole number")


@pytest.mark.parametrize("name", CORNERS)
def test_a_negative_corner_is_refused_with_what_the_server_would_do(name: str) -> None:
    problem = draft(**{name: -1}).problem
    assert problem is not None
    assert problem.startswith(name)
    assert "internal error" in problem


@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_beyond_any_screen_is_refused(name: str) -> None:
    assert "from 0 to 100000" in (draft(**{name: FARTHEST + 1}).problem or "")


@pytest.mark.parametrize(
    ("turned", "words"), [(draft(x2=50), "x2 must be more than x1"), (draft(y1=351), "y2")]
)
def test_corners_in_the_wrong_order_are_named(turned: Draft, words: str) -> None:
    assert words in (turned.problem or "")


@pytest.mark.parametrize("small", [draft(x2=149), draft(y2=249)])
def test_a_region_below_50_is_refused_with_what_the_server_would_do(small: Draft) -> None:
    assert "simulated data" in (small.problem or "")


def test_50_by_50_can_be_applied() -> None:
    assert draft(x2=150, y2=250).problem is None


@pytest.mark.parametrize("turned", [draft(x2=100), draft(x2=50), draft(y1=351)])
def test_a_region_without_area_is_not_drawn(turned: Draft) -> None:
    assert turned.roi is None


def test_moving_stops_at_the_edges_and_keeps_the_size() -> None:
    assert draft().moved(10, -10).roi == Roi(110, 190, 310, 340)
    assert draft().moved(-500, -500).roi == Roi(0, 0, 200, 150)
    assert draft().moved(10**6, 10**6).roi == Roi(
        FARTHEST - 200, FARTHEST - 150, FARTHEST, FARTHEST
    )


def test_resizing_moves_the_right_and_lower_edge_down_to_50() -> None:
    assert draft().resized(10, 0).roi == Roi(100, 200, 310, 350)
    assert draft().resized(0, -10).roi == Roi(100, 200, 300, 340)
    assert draft().resized(-500, -500).roi == Roi(100, 200, 150, 250)
    assert draft().resized(10**6, 0).roi == Roi(100, 200, FARTHEST, 350)


def test_one_edge_is_resized_whatever_the_other_is() -> None:
    assert draft(y2=210).resized(10, 0).roi == Roi(100, 200, 310, 210)


def test_a_draft_that_is_no_region_stays_as_it_is() -> None:
    broken = draft(x1="x")
    assert broken.moved(10, 0) == broken
    assert broken.resized(10, 0) == broken


@given(
    st.tuples(*[st.integers(0, FARTHEST - 50)] * 2, *[st.integers(50, FARTHEST)] * 2),
    st.lists(st.tuples(st.booleans(), *[st.sampled_from([-50, -1, 0, 1, 50, 70_000])] * 2)),
)
def test_whatever_keys_are_pressed_the_draft_can_be_applied(
    numbers: tuple[int, int, int, int], keys: list[tuple[bool, int, int]]
) -> None:
    x1, y1, width, height = numbers
    edited = draft(x1, y1, min(x1 + width, FARTHEST), min(y1 + height, FARTHEST))
    for moving, dx, dy in keys:
        edited = edited.moved(dx, dy) if moving else edited.resized(dx, dy)
    assert edited.problem is None
    assert edited.roi is not None
    check_roi(*(int(getattr(edited, name)) for name in CORNERS))
