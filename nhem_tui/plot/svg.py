"""A chart as SVG, for papers and reports: exact lines instead of cells."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot.envelope import Columns, envelope
from nhem_tui.plot.model import ChartOptions, PeakMark, Role, Series, Viewport
from nhem_tui.plot.palette import LIGHT, Palette
from nhem_tui.plot.ticks import gray_label, gray_ticks, time_ticks

_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 52.0, 34.0, 40.0
_PIXELS_A_GRAY_TICK = 40
_PIXELS_A_TIME_TICK = 90
_FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
_COLUMNS_A_PIXEL = 2
_TEXT = "#1f1f1f"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Points = NDArray[np.float64]
"""Pixels, x and y, shape (n, 2)."""


class _Plane(Struct, frozen=True):
    """Where seconds and gray levels fall on the pixels of the picture."""

    viewport: Viewport
    left: float
    top: float
    width: float
    height: float

    def x(self, t: float) -> float:
        """The pixels from the left of a time; one outside falls on the edge."""
        v = self.viewport
        return self.left + self.width * (min(max(t, v.t0), v.t1) - v.t0) / (v.t1 - v.t0)

    def y(self, gray: float) -> float:
        """The pixels from the top of a gray level; one outside falls on the edge."""
        v = self.viewport
        return self.top + self.height * (v.high - min(max(gray, v.low), v.high)) / (v.high - v.low)

    def points(self, t: NDArray[np.float64], gray: NDArray[np.float64]) -> Points:
        """Many places at once; times are not clipped."""
        v = self.viewport
        x = self.left + self.width * (t - v.t0) / (v.t1 - v.t0)
        y = self.top + self.height * (v.high - np.clip(gray, v.low, v.high)) / (v.high - v.low)
        return np.column_stack((x, y))

    def shows(self, t: float) -> bool:
        return self.viewport.t0 <= t <= self.viewport.t1


def chart_svg(
    viewport: Viewport,
    series: Series,
    options: ChartOptions,
    *,
    width: int = 900,
    height: int = 360,
    title: str = "",
    x_label: str = "Time (s)",
    y_label: str = "Gray level",
    palette: Palette = LIGHT,
    background: str = "#ffffff",
    top: int = 0,
) -> str:
    """Draw a curve.

    Args:
        viewport: what is shown.
        series: any samples; values outside the viewport are drawn at its edge.
        options: what is drawn beside the curve. A chart on paper does not sweep; `axes` is
            always true.
        width: pixels, at least 160.
        height: pixels, at least 120.
        title: any text, above the chart.
        x_label: any text, below the axis of time.
        y_label: any text, beside the axis of gray levels.
        palette: colours by role.
        background: colour of the paper.
        top: pixels from the top of the picture that it becomes a part of, see `stacked_svg`.

    Returns:
        A whole SVG document.
    """
    width, height = max(width, 160), max(height, 120)
    plane = _Plane(viewport, _LEFT, _TOP, width - _LEFT - _RIGHT, height - _TOP - _BOTTOM)
    paint = _Painter(plane, palette, f"plot{top or ''}")
    paint.axes(options, _plain(x_label), _plain(y_label))
    paint.levels(options)
    for peak in options.peaks:
        paint.shade(peak)
    for t in options.marks:
        paint.upright(t, "mark", 'stroke-dasharray="2 4"')
    paint.curve(series, "line.dim" if options.dim else "line")
    for peak in options.peaks:
        paint.peak(peak)
    if options.cursor is not None:
        paint.upright(options.cursor, "cursor")
    heading = _plain(title)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" y="{top}" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img" {_FONT} fill="{_TEXT}">',
            f"<title>{heading}</title>",
            f'<rect width="{width}" height="{height}" fill="{escape(background)}"/>',
            f'<text x="{_LEFT:g}" y="20" font-size="15" font-weight="bold">{heading}</text>',
            *paint.parts,
            "</svg>\n",
        )
    )


def stacked_svg(charts: Sequence[str], *, width: int, height: int, title: str = "") -> str:
    """Charts of that width below each other, each drawn with its `top`, as one SVG document."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img">',
            f"<title>{_plain(title)}</title>",
            *charts,
            "</svg>\n",
        )
    )


class _Painter:
    """Collects the elements of a chart from back to front."""

    def __init__(self, plane: _Plane, palette: Palette, name: str) -> None:
        self.parts: list[str] = []
        self._plane = plane
        self._palette = palette
        self._name = name

    def axes(self, options: ChartOptions, x_label: str, y_label: str) -> None:
        """Frame, ticks and, if wanted, grid."""
        plane = self._plane
        v, right, bottom = plane.viewport, plane.left + plane.width, plane.top + plane.height
        grays = gray_ticks(v.low, v.high, int(plane.height / _PIXELS_A_GRAY_TICK))
        count = int(plane.width / _PIXELS_A_TIME_TICK)
        times = time_ticks(v.t0, v.t1, count, options.time_origin)
        for tick in grays:
            y = plane.y(tick.value)
            if options.grid:
                self._line(plane.left, y, right, y, "grid")
            self._line(plane.left - 4, y, plane.left, y, "axis")
            self._text(plane.left - 7, y + 4, tick.label.strip(), "end")
        for tick in times:
            x = plane.x(tick.value)
            if options.grid:
                self._line(x, plane.top, x, bottom, "grid")
            self._line(x, bottom, x, bottom + 4, "axis")
            self._text(x, bottom + 17, tick.label, "middle")
        self._line(plane.left, plane.top, plane.left, bottom, "axis")
        self._line(plane.left, bottom, right, bottom, "axis")
        middle = plane.top + plane.height / 2
        self._text((plane.left + right) / 2, bottom + 34, x_label, "middle")
        turned = f' transform="rotate(-90 12 {middle:.2f})"'
        self._text(12, middle, y_label, "middle", turned)

    def levels(self, options: ChartOptions) -> None:
        """Baseline and threshold, their values in the margin at the right."""
        plane = self._plane
        right = plane.left + plane.width
        taken = math.inf
        levels: tuple[tuple[float | None, Role], ...] = (
            (options.baseline, "baseline"),
            (options.threshold, "threshold"),
        )
        for value, role in levels:
            if value is None or not plane.viewport.low <= value <= plane.viewport.high:
                continue
            y = plane.y(value)
            dashes = "6 4" if role == "baseline" else "3 3"
            self._line(plane.left, y, right, y, role, f'stroke-dasharray="{dashes}"')
            if abs(y - taken) < 13:  # too close: this label gives way
                y = taken + math.copysign(13, y - taken)
            self._text(right + 5, y + 4, gray_label(value, 1).strip(), "start", self._fill(role))
            taken = y

    def shade(self, peak: PeakMark) -> None:
        """The region of a peak."""
        plane = self._plane
        left, right = plane.x(peak.start), plane.x(peak.end)
        if right > left:
            self.parts.append(
                f'<rect x="{left:.2f}" y="{plane.top:g}" width="{right - left:.2f}"'
                f' height="{plane.height:g}" fill-opacity="0.12"{self._fill(peak.role)}/>'
            )

    def peak(self, peak: PeakMark) -> None:
        """The mark above an apex: up for stable, down for unstable, hollow for provisional."""
        plane = self._plane
        if not plane.shows(peak.apex):
            return
        x, y = plane.x(peak.apex), max(plane.y(peak.value) - 9, plane.top + 5)
        tip, base = (y - 5, y + 4) if peak.stable else (y + 4, y - 5)
        look = (
            f' fill="none"{self._stroke(peak.role)} stroke-width="1.5"'
            if peak.provisional
            else self._fill(peak.role)
        )
        self.parts.append(
            f'<path d="M{x:.2f} {tip:.2f}L{x - 5:.2f} {base:.2f}H{x + 5:.2f}Z"{look}/>'
        )

    def upright(self, t: float, role: Role, more: str = "") -> None:
        """A vertical line at a time."""
        plane = self._plane
        if plane.shows(t):
            x = plane.x(t)
            self._line(x, plane.top, x, plane.top + plane.height, role, more)

    def curve(self, series: Series, role: Role) -> None:
        """The curve itself, clipped to the plot, broken at gaps."""
        plane = self._plane
        runs = _runs(plane, series)
        if not runs:
            return
        path = "".join(_path(run) for run in runs)
        self.parts.append(
            f'<clipPath id="{self._name}"><rect x="{plane.left:g}" y="{plane.top - 1:g}"'
            f' width="{plane.width:g}" height="{plane.height + 2:g}"/></clipPath>'
            f'<path clip-path="url(#{self._name})" d="{path}" fill="none"{self._stroke(role)}'
            ' stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>'
        )

    def _line(self, x1: float, y1: float, x2: float, y2: float, role: Role, more: str = "") -> None:
        self.parts.append(
            f'<path d="M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}"{self._stroke(role)} {more}/>'
        )

    def _text(self, x: float, y: float, text: str, anchor: str, more: str = "") -> None:
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"{more}>{text}</text>'
        )

    def _stroke(self, role: Role) -> str:
        return f' stroke="{escape(self._palette.get(role, _TEXT))}"'

    def _fill(self, role: Role) -> str:
        return f' fill="{escape(self._palette.get(role, _TEXT))}"'


def _runs(plane: _Plane, series: Series) -> list[Points]:
    """The pieces of the curve between gaps, no more than four points a pixel."""
    v = plane.viewport
    start, stop = np.searchsorted(series.t, (v.t0, v.t1))
    # One sample more on each side: the line leaves the picture, it does not end before its edge.
    near = slice(max(start - 1, 0), stop + 1)
    t, gray = series.t[near], series.values[near]
    count = int(plane.width) * _COLUMNS_A_PIXEL
    if t.size > 2 * count:
        return _dense(plane, Series(t, gray), count)
    gaps = np.flatnonzero(~np.isfinite(gray))
    pieces = np.split(np.arange(t.size), gaps)
    whole = (piece[np.isfinite(gray[piece])] for piece in pieces)
    return [plane.points(t[piece], gray[piece]) for piece in whole if piece.size]


def _dense(plane: _Plane, series: Series, count: int) -> list[Points]:
    """More samples than pixels: lowest and highest of each column, a piece each."""
    dt = (plane.viewport.t1 - plane.viewport.t0) / count
    curve = envelope(series.t, series.values, Columns.ending_at(plane.viewport.t1, count + 1, dt))
    middle = np.repeat((curve.column + 0.5) * dt, 2)
    ends = np.column_stack((curve.low, curve.high)).ravel()
    return list(plane.points(middle, ends).reshape(-1, 2, 2))


def _path(points: Points) -> str:
    """The points joined; a single one becomes a dot."""
    texts = [f"{x:.2f} {y:.2f}" for x, y in points.tolist()]
    return f"M{texts[0]}L{' '.join(texts[1:] or texts)}"


def _plain(text: str) -> str:
    """Any text as the content of an element: escaped, without what XML forbids."""
    return escape(_NOT_XML.sub("", text))
