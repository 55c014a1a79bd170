"""The envelope covers the polyline exactly: nothing missed, nothing invented."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.plot.braille import render
from nhem_tui.plot.envelope import Columns, envelope
from nhem_tui.plot.frame import Frame
from nhem_tui.plot.model import Series, Size, Viewport
from tests.plot.charts import BARE, any_series, by_column, dots, sane_grays


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


def test_a_gap_inside_one_column_leaves_the_rows_between_free() -> None:
    t = np.array([1.0, 1.001, 1.002, 1.003, 1.004])
    series = Series(t, np.array([100.0, 110.0, np.nan, 150.0, 160.0]))
    size, viewport = Size(20, 20), Viewport(0.0, 2.2, 90.0, 170.0)
    seen = dots(render(viewport, series, size, BARE), size, BARE)
    (column,) = np.flatnonzero(seen.any(axis=0))
    drawn = np.flatnonzero(seen[:, column])
    rows = Frame.of(viewport, size, BARE).dot_rows(np.array([160.0, 150.0, 110.0, 100.0]))
    assert drawn.tolist() == [*range(rows[0], rows[1] + 1), *range(rows[2], rows[3] + 1)]


@given(any_series(sane_grays), st.integers(-30, 30))
def test_a_column_looks_the_same_while_the_window_moves(series: Series, by: int) -> None:
    here = by_column(envelope(series.t, series.values, Columns(0, 60, 1 / 32)))
    there = by_column(envelope(series.t, series.values, Columns(by, 60, 1 / 32)))
    for column in here.keys() & there.keys():
        assert here[column] == pytest.approx(there[column], abs=1e-9)
