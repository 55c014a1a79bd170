"""Gaps in numbered samples, curves of one line."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.sparkline import sparkline
from tests.plot.charts import grays


@given(st.lists(st.integers(-2, 4), max_size=40))
def test_samples_are_apart_exactly_where_numbers_are_missing(steps: list[int]) -> None:
    numbers = np.cumsum(np.array([7, *steps]))  # a step back is a restart
    t = np.arange(numbers.size) / 44
    series = with_gaps(t, numbers.astype(float), numbers)
    assert (np.diff(series.t) >= 0).all()
    pieces = np.split(series.values, np.flatnonzero(np.isnan(series.values)))
    pieces = [piece[~np.isnan(piece)] for piece in pieces]
    np.testing.assert_array_equal(np.concatenate(pieces), numbers)
    assert all((np.diff(piece) == 1).all() for piece in pieces)
    assert len(pieces) == 1 + sum(step != 1 for step in steps)


def test_a_pause_parts_the_curve_although_no_number_is_missing() -> None:
    numbers = np.arange(6)
    t = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.6])
    values = np.full(6, 104.0)
    joined = with_gaps(t, values, numbers)
    assert not np.isnan(joined.values).any()
    parted = with_gaps(t, values, numbers, pause=0.5)
    assert parted.t[np.isnan(parted.values)].tolist() == [2.6]
    assert with_gaps(t, values, numbers, pause=0.4).values.size == 8


@given(st.lists(grays, max_size=200), st.integers(-1, 60))
def test_a_sparkline_is_exactly_as_wide_as_asked(values: list[float], width: int) -> None:
    line = sparkline(np.array(values, dtype=np.float64), width)
    assert len(line) == max(width, 0)
    if width >= len(values):
        shown = [c != " " for c in line[width - len(values) :]]
        assert shown == [math.isfinite(value) for value in values]


def test_a_sparkline_shows_the_shape_with_the_newest_at_the_right() -> None:
    assert sparkline(np.arange(8.0), 10) == "  ▁▂▃▄▅▆▇█"


def test_a_sparkline_loses_no_peak() -> None:
    values = np.full(1000, 100.0)
    values[777] = 140.0
    line = sparkline(values, 20)
    assert line == "▁" * 15 + "█" + "▁" * 4


def test_a_level_sparkline_is_not_empty() -> None:
    assert sparkline(np.full(3, 104.0), 3) == "▅▅▅"
