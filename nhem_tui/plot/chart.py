"""The order in which the parts of a chart are drawn over each other, for every renderer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nhem_tui.plot.canvas import Canvas
from nhem_tui.plot.envelope import Envelope, envelope
from nhem_tui.plot.frame import (
    Frame,
    backdrop,
    curve_roles,
    draw_cursor,
    draw_levels,
    draw_peaks,
    draw_sweep,
    draw_user_marks,
)
from nhem_tui.plot.layout import columns_of
from nhem_tui.plot.model import ChartOptions, Series, Size, Viewport

Raster = Callable[[Frame, Envelope], NDArray[np.uint32]]
"""Draws strokes: the code point of each cell of the plot, 0 where the curve is not.

The strokes lie inside ``frame.drawn``, the plot is not empty; shape (height, width).
"""


def strokes(viewport: Viewport, series: Series, size: Size, options: ChartOptions) -> Envelope:
    """The strokes of a curve that a renderer paints; its arguments are those of `render`."""
    return envelope(series.t, series.values, columns_of(viewport, size, options))


def draw(frame: Frame, curve: Envelope, options: ChartOptions, raster: Raster) -> Canvas:
    """Draw a chart.

    Args:
        frame: where things fall.
        curve: the strokes; those outside the frame are not drawn.
        options: what is drawn beside the curve.
        raster: how the curve is drawn.

    Returns:
        As many rows and cells as the frame's size says.
    """
    canvas = backdrop(frame, options)
    if frame.empty:
        return canvas
    draw_levels(canvas, frame, options)
    draw_user_marks(canvas, frame, options.marks)
    _draw_curve(canvas, frame, raster(frame, curve.within(frame.drawn)), options)
    draw_peaks(canvas, frame, options)
    if options.sweep is not None:
        newest = float(curve.high[-1]) if curve.high.size else frame.viewport.low
        draw_sweep(canvas, frame, newest)
    if options.cursor is not None:
        draw_cursor(canvas, frame, options.cursor)
    return canvas


def _draw_curve(
    canvas: Canvas, frame: Frame, codes: NDArray[np.uint32], options: ChartOptions
) -> None:
    plan = frame.plan
    area = (slice(plan.height), slice(plan.left, plan.left + plan.width))
    drawn = codes != 0
    np.copyto(canvas.codes[area], codes, where=drawn)
    np.copyto(canvas.roles[area], curve_roles(frame, options), where=drawn)
