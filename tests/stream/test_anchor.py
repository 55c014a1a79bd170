"""Where session time stands on a clock that shows nonsense now and then, or is set."""

from __future__ import annotations

import math

import pytest

from nhem_tui.stream.anchor import UtcAnchor

NOON = 1_700_000_000.0


def anchored(*differences: float) -> float:
    anchor = UtcAnchor()
    for difference in differences:
        anchor.see(difference)
    return anchor.value


def test_the_smallest_difference_is_the_truest() -> None:
    assert anchored(NOON, NOON + 0.3, NOON - 0.01, math.nan, NOON + 0.1) == NOON - 0.01
    assert anchored(NOON, NOON + 0.3, NOON + 0.2, NOON + 0.3) == NOON


@pytest.mark.parametrize("wrong", [NOON + 3600, NOON - 3600, 0.0])
def test_one_reply_with_another_time_moves_nothing(wrong: float) -> None:
    assert anchored(NOON, wrong, NOON + 0.1, wrong, NOON + 0.1) == NOON


def test_a_clock_that_was_set_is_followed_from_the_second_reply_on() -> None:
    assert anchored(NOON, NOON + 3600.2, NOON + 3600.1) == NOON + 3600.1
    assert anchored(NOON, NOON + 3600, NOON + 3600, NOON, NOON) == NOON
