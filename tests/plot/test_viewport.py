"""The gray axis follows the data, never trembles and never collapses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.plot.viewport import FULL_SCALE, Limits, data_range, next_limits
from tests.plot.charts import WILD, grays

levels = st.one_of(st.floats(0, 255), st.floats(-1e15, 1e15))


@given(st.lists(st.tuples(grays, grays, st.floats(0, 5)), max_size=30))
def test_whatever_comes_the_axis_has_a_height_and_holds_the_data(
    steps: list[tuple[float, float, float]],
) -> None:
    limits, now = None, 0.0
    for one, other, later in steps:
        low, high = min(one, other), max(one, other)
        now += later
        limits = next_limits(limits, low, high, now)
        assert math.isfinite(limits.low)
        assert math.isfinite(limits.high)
        assert limits.low < limits.high
        if math.isfinite(low) and math.isfinite(high):
            assert limits.low <= max(low, -1e15)
            assert limits.high >= min(high, 1e15)


@given(levels, levels)
def test_a_first_fit_leaves_room_on_both_sides_but_not_much(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    limits = next_limits(None, low, high, 0.0)
    height = limits.high - limits.low
    assert limits.high > high or high == 1e15
    assert limits.low < low or limits.low == 0.0
    # A fifth for the room, and two steps of at most a quarter to get to nice numbers.
    assert height <= 1.701 * max(high - low, 4.0, abs(low + high) * 1e-9)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_noise_does_not_move_the_axis(jitter: list[float]) -> None:
    first = limits = next_limits(None, 98.0, 122.0, 0.0)
    for second, by in enumerate(jitter):
        limits = next_limits(limits, 98.0 + by, 122.0 - by, float(second))
        assert (limits.low, limits.high) == (first.low, first.high)


def test_data_that_leave_the_axis_widen_it_at_once_on_their_side_only() -> None:
    before = next_limits(None, 100.0, 120.0, 0.0)
    after = next_limits(before, 100.0, 150.0, 0.1)
    assert after.high > 150.0
    assert after.low == before.low


def test_the_axis_shrinks_only_after_the_room_has_lasted() -> None:
    wide = next_limits(None, 50.0, 200.0, 0.0)
    calm = wide
    for now in (1.0, 2.0, 3.9):
        calm = next_limits(calm, 100.0, 110.0, now)
        assert (calm.low, calm.high) == (wide.low, wide.high)
    shrunk = next_limits(calm, 100.0, 110.0, 4.0)
    assert shrunk.high - shrunk.low < 20


def test_the_axis_stays_for_data_that_use_half_of_it() -> None:
    limits = next_limits(None, 50.0, 200.0, 0.0)
    height = limits.high - limits.low
    for now in (1.0, 5.0, 9.0):
        after = next_limits(limits, 100.0, 100.0 + 0.52 * height, now)
        assert (after.low, after.high) == (limits.low, limits.high)
        limits = after


def test_one_excursion_restarts_the_patience() -> None:
    wide = next_limits(None, 50.0, 200.0, 0.0)
    calm = next_limits(wide, 100.0, 110.0, 1.0)
    calm = next_limits(calm, 60.0, 190.0, 3.0)
    calm = next_limits(calm, 100.0, 110.0, 3.5)
    calm = next_limits(calm, 100.0, 110.0, 6.0)
    assert (calm.low, calm.high) == (wide.low, wide.high)


def test_a_clock_set_back_delays_nothing_for_ever() -> None:
    wide = next_limits(None, 50.0, 200.0, 1000.0)
    calm = next_limits(wide, 100.0, 110.0, 1000.0)
    calm = next_limits(calm, 100.0, 110.0, 0.0)
    assert next_limits(calm, 100.0, 110.0, 3.0).high < 200


def test_without_data_the_axis_stays() -> None:
    assert next_limits(None, math.nan, math.nan, 0.0) == FULL_SCALE
    before = Limits(90.0, 130.0)
    assert next_limits(before, math.nan, math.nan, 9.0) == before


@pytest.mark.parametrize("wild", WILD)
def test_wild_values_do_not_count(wild: float) -> None:
    spread = data_range(np.array([100.0, wild, 120.0]))
    assert (spread.low, spread.high) == (100.0, 120.0)
    assert spread.outliers == (1 if math.isfinite(wild) else 0)


def test_implausible_values_alone_are_shown_all_the_same() -> None:
    assert data_range(np.array([1000.0, 1200.0, math.nan])) == (1000.0, 1200.0, 0)


def test_no_values_at_all() -> None:
    for values in (np.empty(0), np.array([math.nan, math.inf])):
        spread = data_range(values)
        assert math.isnan(spread.low)
        assert math.isnan(spread.high)


@given(st.lists(st.tuples(levels, levels), min_size=1, max_size=10), st.integers(3, 40))
def test_a_row_above_the_data_stays_free(steps: list[tuple[float, float]], rows: int) -> None:
    limits = None
    for one, other in steps:
        low, high = min(one, other), max(one, other)
        limits = next_limits(limits, low, high, 0.0, 1 / rows)
        free = (limits.high - high) / (limits.high - limits.low)
        assert free >= 1 / rows - 1e-9
