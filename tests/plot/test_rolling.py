"""A growing curve costs its new samples only, and looks as if drawn at once."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.plot.envelope import Columns, Envelope, envelope
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import Series
from nhem_tui.plot.rolling import Growing, RollingEnvelope, extend
from tests.plot.charts import any_series, by_column, grays

PAUSE = 0.25


def at_once(t: np.ndarray, values: np.ndarray, numbers: np.ndarray, columns: Columns) -> Envelope:
    whole = with_gaps(t, values, numbers, PAUSE)
    return envelope(whole.t, whole.values, columns)


@given(any_series(grays), st.lists(st.integers(0, 60), max_size=6))
def test_grown_piece_by_piece_equals_drawn_at_once(series: Series, cuts: list[int]) -> None:
    grown = Growing(Columns(0, 50, 1 / 30))
    edges = [0, *sorted(cuts), series.t.size]
    for start, stop in pairwise(edges):
        grown = extend(grown, series.t[start:stop], series.values[start:stop])
    once = envelope(series.t, series.values, grown.columns)
    np.testing.assert_array_equal(grown.strokes.column, once.column)
    np.testing.assert_array_equal(grown.strokes.low, once.low)
    np.testing.assert_array_equal(grown.strokes.high, once.high)


@settings(max_examples=100)
@given(
    any_series(grays),
    st.lists(st.integers(1, 3), min_size=60, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(-80, 20))),
)
def test_rolling_equals_drawn_at_once(
    series: Series, steps: list[int], looks: list[tuple[int, int, int]]
) -> None:
    """Whatever is appended, missing, forgotten or looked back at between two frames."""
    rolling = RollingEnvelope(PAUSE)
    numbers = np.cumsum(steps)
    for start, stop, ahead in sorted(looks, key=lambda look: look[1]):
        cut = slice(start, stop)
        t, values, named = series.t[cut], series.values[cut], numbers[: series.t.size][cut]
        end = float(t[-1]) if t.size else 0.0
        columns = Columns.ending_at(end + ahead / 30, 40, 1 / 30)
        found = by_column(rolling.update(t, values, named, columns))
        oldest = math.floor(t[0] * 30) if t.size else math.inf
        assert all(column >= oldest for column in found), "forgotten samples are not drawn"
        for column, extremes in by_column(at_once(t, values, named, columns)).items():
            if column > oldest:  # there it may still know what the window has forgotten
                assert found[column] == extremes


def test_a_gap_between_two_frames_stays_a_gap() -> None:
    t = np.arange(100) / 45
    values, numbers = np.full(100, 100.0), np.arange(100)
    numbers[60:] += 7
    t[60:] += 7 / 45
    rolling = RollingEnvelope(PAUSE)
    for end in (60, 61, 100):
        columns = Columns.ending_at(t[end - 1], 200, 0.012)
        found = rolling.update(t[:end], values[:end], numbers[:end], columns)
        once = at_once(t[:end], values[:end], numbers[:end], columns)
        assert by_column(found) == by_column(once)
    drawn = np.diff(found.column)
    assert (drawn > 1).sum() == 1, "the line breaks once"


def test_a_frame_without_new_samples_adds_nothing() -> None:
    t, values = np.array([0.0, 1.0, 1.0, 1.0]), np.array([1.0, 2.0, 2.5, 3.0])
    numbers = np.arange(4)
    rolling, columns = RollingEnvelope(), Columns.ending_at(1.0, 40, 1 / 30)
    once = envelope(t, values, columns)
    for _ in range(3):
        found = rolling.update(t, values, numbers, columns)
        np.testing.assert_array_equal(found.column, once.column)
        np.testing.assert_array_equal(found.high, once.high)


@pytest.mark.parametrize("back", [1, 39, 41, 100])
def test_looking_back_while_samples_come(back: int) -> None:
    rolling = RollingEnvelope()
    t, numbers = np.arange(300) / 30 + 0.01, np.arange(300)
    values = np.sin(t)
    for end in (290, 295, 300):
        columns = Columns.ending_at(t[end - 1 - back], 40, 1 / 30)
        once = envelope(t[:end], values[:end], columns)
        found = rolling.update(t[:end], values[:end], numbers[:end], columns)
        assert by_column(found) == by_column(once)


def test_looking_further_back_than_before_shows_what_is_there() -> None:
    rolling = RollingEnvelope()
    t, numbers = np.arange(200) / 30 + 0.01, np.arange(200)
    values = np.sin(t)
    rolling.update(t[-40:], values[-40:], numbers[-40:], Columns.ending_at(t[-1], 40, 1 / 30))
    back = Columns.ending_at(t[-20], 40, 1 / 30)
    found = rolling.update(t, values, numbers, back)
    assert by_column(found) == by_column(envelope(t, values, back))
