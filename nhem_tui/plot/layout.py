"""Where things stand in a chart: cells of the gutter, the plot and the axis; times of columns.

Everything here depends on sizes and options alone, never on the data, so nothing jumps. Both
renderers use it; so does the screen, to turn a pointed-at cell into a time.
"""

from __future__ import annotations

from msgspec import Struct

from nhem_tui.plot.envelope import Columns
from nhem_tui.plot.model import ChartOptions, Size, Viewport
from nhem_tui.plot.ticks import LABEL_WIDTH

_GUTTER = LABEL_WIDTH + 1
_MARGIN = LABEL_WIDTH + 1


class Layout(Struct, frozen=True):
    """A chart divided into its parts, all in cells.

    Attributes:
        size: the whole chart.
        left: gutter with the gray-level labels and the axis line, 0 or 6.
        width: plot area.
        right: margin with the values of baseline and threshold, 0 or 6.
        height: plot area.
        bottom: rows of the time axis: 2 with the axis line, 1 labels only, or 0.
    """

    size: Size
    left: int
    width: int
    right: int
    height: int
    bottom: int

    @property
    def dot_rows(self) -> int:
        """Braille dots down the plot area."""
        return 4 * self.height

    @property
    def dot_columns(self) -> int:
        """Braille dots across the plot area."""
        return 2 * self.width


def layout(size: Size, options: ChartOptions) -> Layout:
    """Divide `size`; parts that do not fit are left out."""
    width, height = max(size.width, 0), max(size.height, 0)
    left = right = bottom = 0
    if options.axes:
        left = _GUTTER if width >= 20 else 0
        bottom = 2 if height >= 8 else 1 if height >= 5 else 0
        levels = options.baseline is not None or options.threshold is not None
        if width >= 48 and (levels or options.margin):
            right = _MARGIN
    return Layout(Size(width, height), left, width - left - right, right, height - bottom, bottom)


def columns_of(viewport: Viewport, size: Size, options: ChartOptions) -> Columns:
    """The dot columns a chart shows.

    Rolling, the first column holds `t0` and the last one `t1`. Sweeping, the columns span exactly
    ``t1 - t0`` and end with the newest sample.
    """
    count = layout(size, options).dot_columns
    # A window of 2.2 s stays one of 2.2 s however its ends are rounded as it moves: the columns
    # would shimmer otherwise.
    span = max(float(f"{viewport.t1 - viewport.t0:.9g}"), 1e-6)
    if options.sweep is None:
        return Columns.ending_at(viewport.t1, count, span / max(count - 1, 1))
    return Columns.ending_at(options.sweep, count, span / max(count, 1))


def time_at(viewport: Viewport, size: Size, options: ChartOptions, cell: int) -> float | None:
    """The time in the middle of the cell column `cell` of the chart, None outside the plot."""
    plan = layout(size, options)
    cell -= plan.left
    if not 0 <= cell < plan.width:
        return None
    first, count, dt = columns_of(viewport, size, options)
    ahead = 2 * cell if options.sweep is None else (2 * cell - first) % count
    return (first + ahead + 1) * dt
