"""The language of the renderers: what is drawn, through which window, into which cells.

Both renderers (`braille`, `plotext`) have the signature
``render(viewport, series, size, options) -> list[Row]``. Rows carry roles, not colours: the
screen (or an export) decides what a role looks like.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Role = Literal[
    "blank",
    "axis",
    "grid",
    "line",
    "line.dim",
    "baseline",
    "baseline.dim",
    "threshold",
    "peak.green",
    "peak.red",
    "mark",
    "cursor",
    "sweep",
    "label",
]
"""What a run of cells means."""


class Size(NamedTuple):
    """Cells."""

    width: int
    height: int


class Span(NamedTuple):
    """Cells `start` to `end` (exclusive) of a row mean `role`."""

    start: int
    end: int
    role: Role


class Row(Struct, frozen=True):
    """One line of cells.

    Attributes:
        text: exactly `size.width` cells, every character one cell wide.
        spans: ordered, not overlapping, covering the whole row.
    """

    text: str
    spans: tuple[Span, ...]


class Viewport(Struct, frozen=True):
    """The part of the plane that is shown: seconds across, gray levels up.

    All edges are finite, gray levels within ±1e15 (as `next_limits` gives them).

    Attributes:
        t0: left edge, seconds.
        t1: right edge, seconds, > t0.
        low: bottom edge, gray level.
        high: top edge, gray level, > low.
    """

    t0: float
    t1: float
    low: float
    high: float


class PeakMark(Struct, frozen=True):
    """A peak on the chart: drawn as ▲ (stable, green) or ▽ (unstable, red) above its apex.

    Attributes:
        start: seconds, left edge of the shaded region.
        end: seconds, right edge of the shaded region.
        apex: seconds of the maximum.
        value: gray level at the apex.
        stable: green.
        provisional: samples to come may change or remove it.
    """

    start: float
    end: float
    apex: float
    value: float
    stable: bool
    provisional: bool = False

    @property
    def role(self) -> Role:
        """What its mark and its shading mean."""
        return "peak.green" if self.stable else "peak.red"


class Series(Struct, frozen=True):
    """One curve.

    Attributes:
        t: seconds, non-decreasing, shape (n,).
        values: gray levels, shape (n,); NaN breaks the line (a gap).
    """

    t: NDArray[np.float64]
    values: NDArray[np.float64]


class ChartOptions(Struct, frozen=True):
    """What is drawn beside the curve.

    Attributes:
        grid: dotted lines at the ticks.
        baseline: gray level of a dashed line, or None.
        threshold: gray level of the threshold line, or None.
        peaks: marks and shading.
        marks: seconds of the user's marks.
        cursor: seconds of the reading cursor, or None.
        sweep: seconds of the newest sample when the display sweeps: the chart shows
            ``[t0, t1)`` folded, newer samples left of the cursor, older right; None for rolling.
        axes: draw the gutter and the time axis (off for tiny charts).
        time_origin: tick labels are seconds relative to this time (the newest sample, 0 at right);
            None for absolute seconds.
        dim: draw the curve, baseline and peaks dimmed (connection lost); the baseline ends at
            `time_origin`.
        margin: leave room for the value of the baseline though there is none yet.
    """

    grid: bool = True
    baseline: float | None = None
    threshold: float | None = None
    peaks: tuple[PeakMark, ...] = ()
    marks: tuple[float, ...] = ()
    cursor: float | None = None
    sweep: float | None = None
    axes: bool = True
    time_origin: float | None = None
    dim: bool = False
    margin: bool = False


PLAIN = ChartOptions()
"""Axes and grid, nothing else."""
