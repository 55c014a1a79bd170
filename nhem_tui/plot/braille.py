"""The live renderer: a curve as braille dots, eight to a cell, none missed."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from nhem_tui.plot.canvas import Canvas
from nhem_tui.plot.chart import draw, strokes
from nhem_tui.plot.envelope import Envelope
from nhem_tui.plot.frame import Frame
from nhem_tui.plot.model import PLAIN, ChartOptions, Row, Series, Size, Viewport

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot of a cell, by column and row."""

_RUNS = np.array(
    [sum(_DOTS[side][top:end]) for side, top, end in product(range(2), range(5), range(5))],
    dtype=np.uint8,
)
"""The dots of a cell from row `top` up to row `end` in one column; index 25 side + 5 top + end."""


def render(
    viewport: Viewport, series: Series, size: Size, options: ChartOptions = PLAIN
) -> list[Row]:
    """Draw a curve.

    Args:
        viewport: what is shown.
        series: any samples; those outside the viewport's times are not shown, values outside its
            gray levels are drawn at the edge.
        size: cells; any size, however small, gives a valid chart.
        options: what is drawn beside the curve.

    Returns:
        `size.height` rows of `size.width` cells.
    """
    return paint(viewport, strokes(viewport, series, size, options), size, options).rows()


def paint(viewport: Viewport, curve: Envelope, size: Size, options: ChartOptions) -> Canvas:
    """Draw a curve given by its strokes inside ``columns_of(viewport, size, options)``."""
    return draw(Frame.of(viewport, size, options), curve, options, _raster)


def _within_cell(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Dot rows counted from the top of a cell, those beyond it at its edges."""
    return np.minimum(np.maximum(rows, 0), 4)


def _raster(frame: Frame, curve: Envelope) -> NDArray[np.uint32]:
    plan = frame.plan
    cells = np.zeros((plan.width, plan.height), np.uint32)
    if curve.column.size == 0:
        return cells.T
    column = frame.dot_columns(curve.column)
    above = 4 * np.arange(plan.height)
    top = _within_cell(frame.dot_rows(curve.high)[:, None] - above)
    end = _within_cell(frame.dot_rows(curve.low)[:, None] + 1 - above)
    runs = _RUNS[(column % 2 * 25)[:, None] + 5 * top + end]
    # Strokes that share a cell: its two columns, or the two sides of a gap.
    cell = column // 2
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    cells[cell[starts]] |= np.bitwise_or.reduceat(runs, starts, axis=0)
    return np.where(cells, _BRAILLE + cells, 0).T
