"""The other renderer: plotext draws the curve, in quarter blocks, for fonts without braille.

Importing this module imports plotext, which is slow: do so only where it is used.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from plotext._figure import _figure_class

from nhem_tui.plot.canvas import Canvas
from nhem_tui.plot.chart import draw, strokes
from nhem_tui.plot.envelope import Envelope
from nhem_tui.plot.frame import Frame
from nhem_tui.plot.model import PLAIN, ChartOptions, Row, Series, Size, Viewport

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_BLANK = ord(" ")


def render(
    viewport: Viewport, series: Series, size: Size, options: ChartOptions = PLAIN
) -> list[Row]:
    """Draw a curve; arguments and result as those of `braille.render`.

    The curve fills exactly the cells it fills there.
    """
    return paint(viewport, strokes(viewport, series, size, options), size, options).rows()


def paint(viewport: Viewport, curve: Envelope, size: Size, options: ChartOptions) -> Canvas:
    """Draw a curve given by its strokes inside ``columns_of(viewport, size, options)``."""
    return draw(Frame.of(viewport, size, options), curve, options, _raster)


def _raster(frame: Frame, curve: Envelope) -> NDArray[np.uint32]:
    width, height = frame.plan.width, frame.plan.height
    if curve.column.size == 0:
        return np.zeros((height, width), np.uint32)
    columns = frame.dot_columns(curve.column)
    # A cell has four braille dots but two blocks, counted by plotext from the bottom.
    high = 2 * height - 1 - frame.dot_rows(curve.high) // 2
    low = 2 * height - 1 - frame.dot_rows(curve.low) // 2
    x: list[int | None] = []
    y: list[int | None] = []
    for column, bottom, top in zip(columns.tolist(), low.tolist(), high.tolist(), strict=True):
        # None ends the line: each stroke stands for itself, and they touch unless there is a gap.
        x += (column, None) if bottom == top else (column, column, None)
        y += (bottom, None) if bottom == top else (bottom, top, None)
    # An instance of our own: the global figure is shared, and cannot be set up without side
    # effects on whoever else plots.
    figure = _figure_class()
    figure._limit_size(False, False)  # to the terminal, which may be smaller or none
    figure.plot_size(width, height)
    figure.frame(False)
    figure.xticks([])
    figure.yticks([])
    figure.xlim(0, 2 * width - 1)
    figure.ylim(0, 2 * height - 1)
    figure.theme("clear")
    figure.plot(x, y, marker="hd")
    text = _COLOUR.sub("", figure.build()).replace("\n", "")
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4").reshape(height, width)
    return np.where(codes == _BLANK, 0, codes)
