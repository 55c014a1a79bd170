"""The envelope covers the polyline exactly: nothing missed, nothing invented."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.plot.braille import render
from nhem_tui.plot.envelope import Columns, Envelope, Growing, RollingEnvelope, envelope, extend
from nhem_tui.plot.frame import Frame
from nhem_tui.plot.model import Series, Size, Viewport
from tests.plot.charts import BARE, any_series, dots, grays, sane_grays


def brute_force(series: Series, columns: Columns) -> dict[int, tuple[float, float]]:
    """Lowest and highest gray of the polyline in each column, segment by segment, in fractions."""
    seen: dict[int, list[Fraction]] = defaultdict(list)
    dt = Fraction(columns.dt)
    points = [
        (Fraction(t), Fraction(v)) if math.isfinite(v) else None
        for t, v in zip(series.t.tolist(), series.values.tolist(), strict=True)
    ]
    for point in points:
        if point:
            seen[math.floor(point[0] / dt)].append(point[1])
    for before, after in pairwise(points):
        if not before or not after:
            continue
        for column in range(math.floor(before[0] / dt), math.floor(after[0] / dt)):
            edge = (column + 1) * dt
            value = before[1] + (after[1] - before[1]) * (edge - before[0]) / (after[0] - before[0])
            seen[column].append(value)
            seen[column + 1].append(value)
    inside = range(columns.first, columns.first + columns.width)
    return {c: (float(min(v)), float(max(v))) for c, v in seen.items() if c in inside}


def by_column(curve: Envelope) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    for column, low, high in zip(curve.column, curve.low, curve.high, strict=True):
        before = found.get(int(column), (math.inf, -math.inf))
        found[int(column)] = (min(before[0], float(low)), max(before[1], float(high)))
    return found


# A power of two, so that floats and fractions agree on which column a time is in.
dyadic = st.builds(Columns, st.integers(-40, 40), st.integers(0, 80), st.just(1 / 32))


@given(any_series(sane_grays), dyadic)
def test_covers_what_the_polyline_covers(series: Series, columns: Columns) -> None:
    expected = brute_force(series, columns)
    found = by_column(envelope(series.t, series.values, columns))
    assert found.keys() == expected.keys()
    for column, (low, high) in expected.items():
        assert found[column] == pytest.approx((low, high), abs=1e-9)


@given(any_series(sane_grays))
def test_no_dot_missed_and_none_invented(series: Series) -> None:
    size, viewport = Size(35, 9), Viewport(0.0, 2.2, 0.0, 255.0)
    frame = Frame.of(viewport, size, BARE)
    seen = dots(render(viewport, series, size, BARE), size, BARE)
    expected = brute_force(series, frame.columns)
    first = frame.columns.first
    assert {first + int(c) for c in np.flatnonzero(seen.any(axis=0))} == expected.keys()
    for column, (low, high) in expected.items():
        rows = np.flatnonzero(seen[:, column - first])
        top, bottom = frame.dot_rows(np.array([high, low]))
        # A gap inside the column may leave rows between the extremes free.
        assert (rows[0], rows[-1]) == (top, bottom)


def test_every_sample_of_a_dense_curve_has_its_dot() -> None:
    random = np.random.default_rng(5)
    t = np.sort(random.uniform(0, 2.2, 20_000))
    series = Series(t, 110 + np.cumsum(random.normal(0, 0.3, t.size)) % 20)
    size, viewport = Size(60, 20), Viewport(0.0, 2.2, 100.0, 140.0)
    frame = Frame.of(viewport, size, BARE)
    seen = dots(render(viewport, series, size, BARE), size, BARE)
    column = np.floor(t / frame.columns.dt).astype(int) - frame.columns.first
    shown = (column >= 0) & (column < frame.columns.width)
    assert shown.sum() > 19_900
    assert seen[frame.dot_rows(series.values[shown]), column[shown]].all()


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


@settings(max_examples=60)
@given(
    any_series(grays, steps=0.1),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(-80, 20))),
)
def test_rolling_equals_drawn_at_once(series: Series, looks: list[tuple[int, int, int]]) -> None:
    """Whatever is appended, forgotten or looked back at between two frames."""
    rolling = RollingEnvelope()
    for start, stop, ahead in sorted(looks, key=lambda look: look[1]):
        window = Series(series.t[start:stop], series.values[start:stop])
        end = float(window.t[-1]) if window.t.size else 0.0
        columns = Columns.ending_at(end + ahead / 30, 40, 1 / 30)
        found = by_column(rolling.update(window, columns))
        oldest = math.floor(window.t[0] * 30) if window.t.size else 0
        for column, extremes in by_column(envelope(window.t, window.values, columns)).items():
            if column > oldest:  # there it may still know what the window has forgotten
                assert found[column] == extremes


def test_a_gap_inside_one_column_leaves_the_rows_between_free() -> None:
    t = np.array([1.0, 1.001, 1.002, 1.003, 1.004])
    series = Series(t, np.array([100.0, 110.0, np.nan, 150.0, 160.0]))
    size, viewport = Size(20, 20), Viewport(0.0, 2.2, 90.0, 170.0)
    seen = dots(render(viewport, series, size, BARE), size, BARE)
    (column,) = np.flatnonzero(seen.any(axis=0))
    drawn = np.flatnonzero(seen[:, column])
    rows = Frame.of(viewport, size, BARE).dot_rows(np.array([160.0, 150.0, 110.0, 100.0]))
    assert drawn.tolist() == [*range(rows[0], rows[1] + 1), *range(rows[2], rows[3] + 1)]


def test_a_frame_without_new_samples_adds_nothing() -> None:
    series = Series(np.array([0.0, 1.0, 1.0, 1.0]), np.array([1.0, 2.0, np.nan, 3.0]))
    rolling, columns = RollingEnvelope(), Columns.ending_at(1.0, 40, 1 / 30)
    once = envelope(series.t, series.values, columns)
    for _ in range(3):
        found = rolling.update(series, columns)
        np.testing.assert_array_equal(found.column, once.column)
        np.testing.assert_array_equal(found.high, once.high)


@pytest.mark.parametrize("back", [1, 39, 41, 100])
def test_looking_back_while_samples_come(back: int) -> None:
    rolling = RollingEnvelope()
    t = np.arange(300) / 30 + 0.01
    for end in (290, 295, 300):
        series = Series(t[:end], np.sin(t[:end]))
        columns = Columns.ending_at(t[end - 1 - back], 40, 1 / 30)
        once = envelope(series.t, series.values, columns)
        assert by_column(rolling.update(series, columns)) == by_column(once)


def test_looking_further_back_than_before_shows_what_is_there() -> None:
    rolling = RollingEnvelope()
    t = np.arange(200) / 30 + 0.01
    whole = Series(t, np.sin(t))
    rolling.update(Series(t[-40:], whole.values[-40:]), Columns.ending_at(t[-1], 40, 1 / 30))
    back = Columns.ending_at(t[-20], 40, 1 / 30)
    found = rolling.update(whole, back)
    assert by_column(found) == by_column(envelope(whole.t, whole.values, back))


@given(any_series(sane_grays), st.integers(-30, 30))
def test_a_column_looks_the_same_while_the_window_moves(series: Series, by: int) -> None:
    here = by_column(envelope(series.t, series.values, Columns(0, 60, 1 / 32)))
    there = by_column(envelope(series.t, series.values, Columns(by, 60, 1 / 32)))
    for column in here.keys() & there.keys():
        assert here[column] == pytest.approx(there[column], abs=1e-9)
