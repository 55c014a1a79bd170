"""One live curve: from a sample buffer and a view to rows, with an axis that does not tremble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from nhem_tui.plot import braille
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import ChartOptions, PeakMark, Row, Series, Size, Viewport
from nhem_tui.plot.viewport import FULL_SCALE, Limits, data_range, next_limits
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui.view import View


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn on a curve besides its samples.

    Attributes:
        baseline: gray level, None for no line.
        threshold: gray level, None for no line.
        peaks: peaks from a session time on, asked only when they are shown.
        marks: session seconds of the user's marks.
        axes: gutter and time axis.
        dim: the link is down, what is shown is old.
    """

    baseline: float | None = None
    threshold: float | None = None
    peaks: Callable[[float], tuple[PeakMark, ...]] = lambda _since: ()
    marks: tuple[float, ...] = ()
    axes: bool = True
    dim: bool = False


class Drawing(NamedTuple):
    """A drawn chart and what is needed to point into it."""

    rows: list[Row]
    viewport: Viewport
    options: ChartOptions
    outliers: int


class Curve:
    """Keeps the limits of one chart's gray-level axis between frames."""

    def __init__(self, buffer: SampleBuffer) -> None:
        self.buffer = buffer
        self._limits: Limits | None = None

    def draw(self, view: View, window: float, size: Size, overlay: Overlay, now: float) -> Drawing:
        """Draw the last `window` seconds before the view's edge.

        Args:
            view: how the user looks.
            window: visible seconds.
            size: cells.
            overlay: what else is drawn.
            now: monotonic seconds, for the patience of the axis.
        """
        newest = self.buffer.newest
        edge = view.edge if view.edge is not None else newest
        if edge is None:
            edge = window
        sweep = view.sweep and view.edge is None
        shown = self.buffer.window(edge - window, edge)
        spread = data_range(shown.values)
        if view.full_y:
            self._limits = FULL_SCALE
        else:
            low, high = spread.low, spread.high
            if overlay.threshold is not None:
                low, high = min(low, overlay.threshold), max(high, overlay.threshold)
            self._limits = next_limits(self._limits, low, high, now)
        viewport = Viewport(edge - window, edge, self._limits.low, self._limits.high)
        options = ChartOptions(
            grid=view.grid,
            baseline=overlay.baseline,
            threshold=overlay.threshold,
            peaks=overlay.peaks(edge - window) if view.peaks else (),
            marks=overlay.marks,
            cursor=view.cursor,
            sweep=edge if sweep else None,
            axes=overlay.axes,
            time_origin=edge,
            dim=overlay.dim,
        )
        series = with_gaps(shown.t, shown.values, shown.keys)
        return Drawing(
            self._render(view)(viewport, series, size, options), viewport, options, spread.outliers
        )

    @staticmethod
    def _render(view: View) -> Callable[[Viewport, Series, Size, ChartOptions], list[Row]]:
        if not view.plotext:
            return braille.render
        from nhem_tui.plot import plotext_chart  # slow to import, and a choice of few

        return plotext_chart.render
