"""What stands around, behind and before the curve: axes, grid, levels, marks, cursors.

Both renderers share it: they differ in the curve alone.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot.canvas import ROLE_NUMBER, ROLES, Canvas
from nhem_tui.plot.envelope import Columns
from nhem_tui.plot.layout import Layout, columns_of, layout
from nhem_tui.plot.model import ChartOptions, PeakMark, Role, Size, Viewport
from nhem_tui.plot.ticks import Tick, gray_label, gray_ticks, time_ticks

_ROWS_A_TICK = 3
_CELLS_A_TICK = 10
_GRID_PITCH = 4
_SWEEP_BLANK_CELLS = 3
_SWEEP_REACH = 1

_BEHIND = np.isin(ROLES, ("blank", "grid", "baseline", "baseline.dim", "threshold", "mark"))
_CURVE = np.isin(ROLES, ("line", "line.dim", "peak.green", "peak.red"))
"""Whether a role, by its number, lies behind the curve, or is the curve."""

PEAK_GLYPHS = {
    (True, False): "▲",
    (False, False): "▽",
    (True, True): "△",
    (False, True): "▿",
}
"""The mark of a peak by (stable, provisional): direction tells the one, weight the other."""


class Frame(Struct, frozen=True):
    """Where seconds and gray levels fall on the cells and dots of one chart.

    Attributes:
        plan: the parts of the chart.
        columns: the dot columns shown, the newest last.
        viewport: what is shown.
        sweeping: columns are folded onto the screen modulo their count.
    """

    plan: Layout
    columns: Columns
    viewport: Viewport
    sweeping: bool

    @classmethod
    def of(cls, viewport: Viewport, size: Size, options: ChartOptions) -> Frame:
        """The frame of a chart."""
        columns = columns_of(viewport, size, options)
        return cls(layout(size, options), columns, viewport, options.sweep is not None)

    @property
    def empty(self) -> bool:
        """There is no cell to draw a curve in."""
        return self.plan.width <= 0 or self.plan.height <= 0

    @property
    def drawn(self) -> Columns:
        """The columns whose curve is drawn: all but those blanked ahead of the sweep cursor."""
        first, count, dt = self.columns
        if not self.sweeping:
            return self.columns
        newest = (first + count - 1) % count
        # To the end of the newest sample's cell, the cursor's cell, and the blank ones.
        ahead = min(2 * (newest // 2 + 2 + _SWEEP_BLANK_CELLS) - newest - 1, count - 1)
        return Columns(first + ahead, count - ahead, dt)

    def dot_columns(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The dot columns on the screen (0 at the left of the plot) of absolute columns."""
        first, count, _ = self.columns
        return columns % count if self.sweeping else columns - first

    def dot_rows(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The dot rows (0 at the top) of gray levels; those outside fall on the edge."""
        low, high = self.viewport.low, self.viewport.high
        # Clipped and halved first: nothing can overflow.
        shown = np.minimum(np.maximum(values, low), high)  # np.clip takes twice as long
        depth = (high / 2 - shown / 2) / (high / 2 - low / 2)
        return np.rint(depth * (self.plan.dot_rows - 1)).astype(np.int64)

    def cell_row(self, value: float) -> int:
        """The cell row of a gray level; one outside falls on the edge."""
        return int(self.dot_rows(np.array(value))) // 4

    def cells_between(self, start: float, end: float) -> list[slice]:
        """The cell columns of the plot between two times (inclusive): none, one run, or two."""
        first, count, dt = self.drawn
        left = max(math.floor(start / dt), first)
        right = min(math.floor(end / dt), first + count - 1)
        if left > right:
            return []
        here, there = self._dot_column(left), self._dot_column(right)
        if here <= there:
            return [slice(here // 2, there // 2 + 1)]
        return [slice(here // 2, self.plan.width), slice(there // 2 + 1)]  # folded by the sweep

    def cell_at(self, t: float) -> int | None:
        """The cell column of a time, None if it is not shown."""
        first, count, dt = self.drawn
        column = math.floor(t / dt)
        return self._dot_column(column) // 2 if first <= column < first + count else None

    def _dot_column(self, column: int) -> int:
        first, count, _ = self.columns
        return column % count if self.sweeping else column - first


def backdrop(frame: Frame, options: ChartOptions) -> Canvas:
    """A canvas with axes, labels and grid; the curve is still to come."""
    viewport, plan = frame.viewport, frame.plan
    ticks = tuple((cell, tick.label) for cell, tick in _time_ticks(frame, options.time_origin))
    return _backdrop(plan, viewport.low, viewport.high, options.grid, ticks).copy()


@lru_cache(maxsize=16)
def _backdrop(
    plan: Layout, low: float, high: float, grid: bool, time_labels: tuple[tuple[int, str], ...]
) -> Canvas:
    """Drawn once, copied for every frame until the limits or the labels change."""
    canvas = Canvas(*plan.size)
    if plan.height <= 0 or plan.width <= 0:
        return canvas
    frame = Frame(plan, Columns(0, plan.dot_columns, 1.0), Viewport(0.0, 1.0, low, high), False)
    levels = {
        frame.cell_row(tick.value): tick.label
        for tick in gray_ticks(low, high, plan.height // _ROWS_A_TICK)
    }
    if grid:
        # Counted from the right: the newest edge is where the eye is.
        start = plan.left + (plan.width - 1) % _GRID_PITCH
        points = range(start, plan.left + plan.width, _GRID_PITCH)
        for row in levels:
            for column in points:
                canvas.write(row, column, "·", "grid")
    if plan.left:
        for row in range(plan.height):
            canvas.write(row, 0, levels.get(row, "").rjust(plan.left - 1), "label")
            canvas.write(row, plan.left - 1, "┤" if row in levels else "│", "axis")
    if plan.bottom:
        _draw_time_axis(canvas, plan, time_labels)
    return canvas


def _draw_time_axis(canvas: Canvas, plan: Layout, time_labels: tuple[tuple[int, str], ...]) -> None:
    if plan.bottom > 1:
        rule = ["─"] * plan.width
        for cell, _ in time_labels:
            rule[cell] = "┬"
        corner = "└" if plan.left else ""
        canvas.write(plan.height, max(plan.left - 1, 0), corner + "".join(rule), "axis")
    free_until = plan.size.width
    for cell, label in reversed(time_labels):
        # Under its tick, inside the chart, apart from its right neighbour.
        start = plan.left + cell - (len(label) - 1) // 2
        start = max(min(start, free_until - len(label)), 0)
        if start + len(label) > free_until or start > plan.left + cell:
            continue
        canvas.write(plan.size.height - 1, start, label, "label")
        free_until = start - 1


def _time_ticks(frame: Frame, origin: float | None) -> list[tuple[int, Tick]]:
    """Time ticks and the cell columns they stand at."""
    if frame.empty:
        return []
    first, count, dt = frame.columns
    intervals = frame.plan.width // _CELLS_A_TICK
    if frame.sweeping:
        ticks = time_ticks(0.0, count * dt, intervals)
        places = [math.floor(tick.value / dt) for tick in ticks]
    elif origin is None:
        ticks = time_ticks((first + 1) * dt, frame.viewport.t1, intervals)
        places = [math.floor(tick.value / dt) - first for tick in ticks]
    else:
        # Counted back from the right edge, so that they stand still while the curve moves.
        ahead = frame.viewport.t1 - origin
        ticks = _relative_ticks(ahead - (count - 1) * dt, ahead, intervals)
        places = [count - 1 - round((ahead - tick.value) / dt - 1e-6) for tick in ticks]
    return [
        (place // 2, tick) for place, tick in zip(places, ticks, strict=True) if 0 <= place < count
    ]


@lru_cache(maxsize=16)
def _relative_ticks(t0: float, t1: float, intervals: int) -> tuple[Tick, ...]:
    """Ticks of a live chart, whose times relative to its right edge do not change."""
    return time_ticks(t0, t1, intervals, 0.0)


def draw_levels(canvas: Canvas, frame: Frame, options: ChartOptions) -> None:
    """Baseline and threshold as dashed lines, their values in the margin at the right."""
    plan, end = frame.plan, frame.plan.width
    if options.dim and options.time_origin is not None and not frame.sweeping:
        newest = frame.cell_at(options.time_origin)
        end = end if newest is None else newest + 1
    taken: int | None = None
    levels: tuple[tuple[float | None, str, Role], ...] = (
        (options.baseline, "┄", "baseline.dim" if options.dim else "baseline"),
        (options.threshold, "╌", "threshold"),
    )
    for value, dash, role in levels:
        if value is None or not frame.viewport.low <= value <= frame.viewport.high:
            continue
        row = label_row = frame.cell_row(value)
        if row == taken:
            label_row += -1 if value > (options.baseline or 0.0) else 1
        else:
            canvas.write(row, plan.left, dash * (end if dash == "┄" else plan.width), role)
        if plan.right and 0 <= label_row < plan.height:
            canvas.write(label_row, plan.left + plan.width, f" {gray_label(value, 1)}", role)
        taken = row


def write_in_middle(canvas: Canvas, plan: Layout, text: str) -> None:
    """A few words in the middle of the plot, if they fit."""
    text = f" {text} " if text else ""
    if 0 < len(text) <= plan.width and plan.height:
        column = plan.left + (plan.width - len(text)) // 2
        canvas.write(plan.height // 2, column, text, "label")


def draw_user_marks(canvas: Canvas, frame: Frame, marks: tuple[float, ...]) -> None:
    """The user's marks, behind the curve."""
    for t in marks:
        cell = frame.cell_at(t)
        if cell is not None:
            column = frame.plan.left + cell
            canvas.codes[: frame.plan.height, column] = ord("╎")
            canvas.roles[: frame.plan.height, column] = ROLE_NUMBER["mark"]


def curve_roles(frame: Frame, options: ChartOptions) -> NDArray[np.uint8]:
    """The role of the curve in each cell column of the plot: shaded where a peak is."""
    roles = np.full(frame.plan.width, ROLE_NUMBER["line.dim" if options.dim else "line"], np.uint8)
    if not options.dim:
        for peak in options.peaks:
            for cells in frame.cells_between(peak.start, peak.end):
                roles[cells] = ROLE_NUMBER[peak.role]
    return roles


def draw_peaks(canvas: Canvas, frame: Frame, options: ChartOptions) -> None:
    """Marks above the apices, inside the plot; where two meet, the newest stays."""
    plan = frame.plan
    newest: dict[int, PeakMark] = {}
    for peak in sorted(options.peaks, key=lambda peak: peak.apex):
        cell = frame.cell_at(peak.apex)
        if cell is not None:
            newest[cell] = peak
    if not newest:
        return
    curve = _CURVE[canvas.roles[: plan.height]]
    tops = np.where(curve.any(axis=0), curve.argmax(axis=0), plan.height).tolist()
    for cell, peak in newest.items():
        column = plan.left + cell
        top = min(frame.cell_row(peak.value), tops[column])
        glyph = PEAK_GLYPHS[peak.stable, peak.provisional]
        role: Role = "line.dim" if options.dim else peak.role
        canvas.write(max(top - 1, 0), column, glyph, role)


def draw_cursor(canvas: Canvas, frame: Frame, t: float) -> None:
    """The reading cursor: a vertical line; what it crosses of the curve lights up."""
    cell = frame.cell_at(t)
    if cell is not None:
        column = slice(frame.plan.left + cell, frame.plan.left + cell + 1)
        area = (slice(frame.plan.height), column)
        canvas.codes[area][_BEHIND[canvas.roles[area]]] = ord("│")
        canvas.roles[area] = ROLE_NUMBER["cursor"]


def draw_sweep(canvas: Canvas, frame: Frame, newest: float) -> None:
    """The sweep cursor: a short bar after the newest sample, at its gray level.

    Short, because every row it touches must be sent again at every step (slow links).
    """
    first, count, _ = frame.columns
    cell = ((first + count - 1) % count // 2 + 1) % frame.plan.width
    row = frame.cell_row(newest)
    area = (
        slice(max(row - _SWEEP_REACH, 0), min(row + _SWEEP_REACH + 1, frame.plan.height)),
        frame.plan.left + cell,
    )
    canvas.codes[area] = ord("┃")
    canvas.roles[area] = ROLE_NUMBER["sweep"]
