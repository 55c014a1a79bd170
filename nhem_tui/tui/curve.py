"""One live curve: from a sample buffer and a view to rows, with an axis that does not tremble."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot import braille
from nhem_tui.plot.canvas import Canvas
from nhem_tui.plot.envelope import Envelope
from nhem_tui.plot.frame import write_in_middle
from nhem_tui.plot.layout import columns_of, layout, time_at
from nhem_tui.plot.model import ChartOptions, PeakMark, Size, Viewport
from nhem_tui.plot.rolling import RollingEnvelope
from nhem_tui.plot.viewport import FULL_SCALE, Limits, data_range, next_limits
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.stream.events import Channel
from nhem_tui.tui import words
from nhem_tui.tui.view import View

PAUSES: Final[Mapping[Channel, float]] = {"main": 0.5, "roi": 3.0}
"""Seconds without samples after which a curve is broken; usual are 45 frames and 2 ROI samples a
second, and those of a server that is slower still show as points."""

HEADED: Final = 3
"""Lines of a plot from which on one stays free for the marks of peaks."""

LONGEST_WAIT = 0.25
"""Seconds after which samples are drawn even if the curve has not moved by a dot."""


class Overlay(Struct, frozen=True):
    """What is drawn on a curve besides its samples.

    Attributes:
        baseline: gray level, None for no line.
        threshold: gray level, None for no line.
        peaks: peaks from a session time on, asked only when they are shown.
        marks: session seconds of the user's marks.
        axes: gutter and time axis.
        dim: the link is down, what is shown is old.
        ahead: seconds that the right edge lies after the newest sample known: an open gap.
        empty: what is said in place of a curve while there are no samples.
    """

    baseline: float | None = None
    threshold: float | None = None
    peaks: Callable[[float], tuple[PeakMark, ...]] = lambda _since: ()
    marks: tuple[float, ...] = ()
    axes: bool = True
    dim: bool = False
    ahead: float = 0.0
    empty: str = ""


Share = Literal["none", "some", "all"]
"""How many of the samples that are drawn were made up by the server."""


class Drawing(NamedTuple):
    """A drawn chart and what is needed to point into it."""

    canvas: Canvas
    simulated: Share
    viewport: Viewport
    options: ChartOptions
    outliers: int


class Curve:
    """Keeps the limits of one chart's gray-level axis between frames."""

    def __init__(self, buffer: SampleBuffer, *, pause: float) -> None:
        """Draw the samples of `buffer`; break the line where none came for `pause` seconds."""
        self.buffer = buffer
        self._envelope = RollingEnvelope(pause)
        self._limits: Limits | None = None
        self._drawing: Drawing | None = None
        self._size = Size(0, 0)
        self._asked: tuple[View, float, Size, Overlay, int] | None = None
        self._drawn: tuple[int, float] | None = None
        self._drawn_at = -math.inf
        self.pending = False

    def draw(
        self, view: View, window: float, size: Size, overlay: Overlay, edge: float, now: float
    ) -> Drawing | None:
        """Draw the last `window` seconds before `edge`.

        Args:
            view: how the user looks.
            window: visible seconds.
            edge: session seconds of the right edge.
            size: cells.
            overlay: what else is drawn.
            now: monotonic seconds, for the patience of the axis.

        Returns:
            None when nothing is different from the last drawing, or too little to be drawn now;
            then `pending` tells that there is something to draw later.
        """
        column = math.floor(edge / window * 2 * size.width)
        asked, newer = (view, window, size, overlay, column), (self.buffer.version, edge)
        if asked == self._asked and (view.frozen or newer == self._drawn):
            self.pending = False
            return None
        # A curve that has not moved by a dot has at most one column to change: that can wait.
        self.pending = asked == self._asked and now - self._drawn_at < LONGEST_WAIT
        if self.pending:
            return None
        self._asked, self._drawn, self._drawn_at = asked, newer, now
        self._size = size
        sweep = view.sweep and not view.frozen
        shown = self.buffer.window(edge - window, edge)
        spread = data_range(shown.values)
        options = ChartOptions(
            grid=view.grid,
            baseline=overlay.baseline if view.baseline else None,
            threshold=overlay.threshold,
            peaks=overlay.peaks(edge - window) if view.peaks else (),
            marks=overlay.marks,
            cursor=view.cursor,
            sweep=edge if sweep else None,
            axes=overlay.axes,
            time_origin=edge - overlay.ahead,
            dim=overlay.dim,
            margin=view.baseline,
        )
        rows = layout(size, options).height
        limits = self._next_limits(view, spread.low, spread.high, overlay.threshold, now, rows)
        viewport = Viewport(edge - window, edge, limits.low, limits.high)
        columns = columns_of(viewport, size, options)
        strokes = self._envelope.update(shown.t, shown.values, shown.keys, columns)
        canvas = painter(plotext=view.plotext)(viewport, strokes, size, options)
        if self.buffer.newest is None:
            write_in_middle(canvas, layout(size, options), overlay.empty)
        made_up = _share(shown.simulated)
        self._drawing = Drawing(canvas, made_up, viewport, options, spread.outliers)
        return self._drawing

    @property
    def simulated(self) -> Share:
        """What is shown of samples that the server made up."""
        return "none" if self._drawing is None else self._drawing.simulated

    def limits_words(self, window: float) -> list[str]:
        """What of `window` seconds is not seen in the chart as it was measured."""
        buffer, told = self.buffer, []
        if self._drawing is not None and self._drawing.outliers:
            told.append(f"{self._drawing.outliers} off the scale")
        if len(buffer) == buffer.capacity and buffer.newest is not None:
            kept = buffer.newest - (buffer.oldest or 0.0)
            if kept < window:
                told.append(f"the last {words.span(kept)} are kept")
        return told

    def time_at(self, column: int) -> float | None:
        """Session seconds at a cell column of the last drawing, None beside the plot."""
        if self._drawing is None:
            return None
        return time_at(self._drawing.viewport, self._size, self._drawing.options, column)

    def _next_limits(
        self, view: View, low: float, high: float, threshold: float | None, now: float, rows: int
    ) -> Limits:
        if view.full_y:
            self._limits = None
            return FULL_SCALE
        if math.isnan(low):
            return self._limits or FULL_SCALE  # nothing to fit, nothing to remember
        if threshold is not None:
            low, high = min(low, threshold), max(high, threshold)
        headroom = 1 / rows if view.peaks and rows >= HEADED else 0.0
        self._limits = next_limits(self._limits, low, high, now, headroom)
        return self._limits


def _share(simulated: NDArray[np.bool_]) -> Share:
    count = np.count_nonzero(simulated)
    return "none" if not count else "all" if count == simulated.size else "some"


def painter(*, plotext: bool) -> Callable[[Viewport, Envelope, Size, ChartOptions], Canvas]:
    """The renderer that is wanted."""
    if not plotext:
        return braille.paint
    from nhem_tui.plot import plotext as other  # slow to import, and a choice of few

    return other.paint
