"""Any chart, and how to read one back from its rows."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from nhem_tui.plot.envelope import Envelope
from nhem_tui.plot.layout import layout
from nhem_tui.plot.model import ChartOptions, PeakMark, Row, Series, Size, Viewport

WILD = (float("nan"), float("inf"), float("-inf"), 1e9, -1e9, 1e308, -1e308)

grays = st.one_of(st.floats(90, 130), st.floats(0, 255), st.sampled_from(WILD))
"""Gray levels as they come: mostly sane."""

sane_grays = st.one_of(st.floats(90, 130), st.floats(0, 255), st.just(float("nan")))

sizes = st.one_of(
    st.builds(Size, st.integers(0, 60), st.integers(0, 20)),
    st.builds(Size, st.integers(0, 400), st.integers(0, 120)),
)


@st.composite
def any_series(
    draw: st.DrawFn, values: st.SearchStrategy[float] = grays, steps: float = 0.3
) -> Series:
    """Up to 60 samples from about time 0 on, some at the same time."""
    samples = draw(st.lists(st.tuples(st.floats(0, steps), values), max_size=60))
    t = np.cumsum([step for step, _ in samples]) - 0.5
    return Series(t, np.array([value for _, value in samples], dtype=np.float64))


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    t0 = draw(st.one_of(st.floats(-3, 3), st.floats(-1e9, 2e9)))
    span = draw(st.one_of(st.just(2.2), st.floats(1e-3, 1e5)))
    low = draw(st.one_of(st.floats(0, 200), st.floats(-1e15, 9e14)))
    height = draw(st.one_of(st.floats(1, 300), st.floats(1, 1e14)))
    return Viewport(t0, t0 + span, low, low + height)


@st.composite
def any_options(draw: st.DrawFn, viewport: Viewport) -> ChartOptions:
    """Everything that can be drawn, some of it outside the viewport."""
    span = viewport.t1 - viewport.t0
    times = st.floats(viewport.t0 - span, viewport.t1 + span)
    levels = st.one_of(st.none(), st.floats(viewport.low, viewport.high), grays)
    peaks = st.lists(
        st.builds(PeakMark, times, times, times, st.floats(-1e9, 1e9), st.booleans(), st.booleans())
    )
    return ChartOptions(
        grid=draw(st.booleans()),
        baseline=draw(levels),
        threshold=draw(levels),
        peaks=tuple(draw(peaks)),
        marks=tuple(draw(st.lists(times, max_size=3))),
        cursor=draw(st.one_of(st.none(), times)),
        sweep=draw(st.one_of(st.none(), st.just(viewport.t1), times)),
        axes=draw(st.booleans()),
        time_origin=draw(st.one_of(st.none(), st.just(viewport.t1))),
        dim=draw(st.booleans()),
    )


def check_shape(rows: list[Row], size: Size) -> None:
    """Every row is exactly as wide as asked, its spans cover it in order."""
    assert len(rows) == size.height
    for row in rows:
        assert len(row.text) == size.width
        edges = [0, *(span.end for span in row.spans)]
        assert [span.start for span in row.spans] == edges[:-1]
        assert all(a < b for a, b in pairwise(edges))
        assert edges[-1] == size.width


def roles(rows: list[Row]) -> list[list[str]]:
    """The role of each cell."""
    return [[span.role for span in row.spans for _ in range(span.start, span.end)] for row in rows]


def dots(rows: list[Row], size: Size, options: ChartOptions) -> NDArray[np.bool_]:
    """The braille dots of the plot area, top down, shape (4 height, 2 width)."""
    plan = layout(size, options)
    seen = np.zeros((4 * plan.height, 2 * plan.width), np.bool_)
    bits = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
    for y, row in enumerate(rows[: plan.height]):
        for x, character in enumerate(row.text[plan.left : plan.left + plan.width]):
            pattern = ord(character) - 0x2800
            if 0 < pattern < 256:
                for down, pair in enumerate(bits):
                    for side, bit in enumerate(pair):
                        seen[4 * y + down, 2 * x + side] = bool(pattern & bit)
    return seen


BARE = ChartOptions(grid=False, axes=False)
"""Nothing but the curve."""


def by_column(curve: Envelope) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    for column, low, high in zip(curve.column, curve.low, curve.high, strict=True):
        before = found.get(int(column), (math.inf, -math.inf))
        found[int(column)] = (min(before[0], float(low)), max(before[1], float(high)))
    return found
