"""A closer look: the newest samples held still, with their peaks and figures."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from nhem_tui.analysis.statistics import baseline
from nhem_tui.plot.chart import strokes
from nhem_tui.plot.layout import time_at
from nhem_tui.plot.model import ChartOptions, Viewport
from nhem_tui.plot.viewport import data_range, next_limits
from nhem_tui.recording.dataset import InForce, Peaks
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel
from nhem_tui.tui import words
from nhem_tui.tui.captured import Captured, Held, Wanted, take, why_empty, window
from nhem_tui.tui.cells import Part, TextRow, line, paragraph, whole
from nhem_tui.tui.curve import painter
from nhem_tui.tui.reading import index_at, reading, spelled
from nhem_tui.tui.screens.exporting import ExportKey
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.textpane import TextPane

FIGURES: Final = 4
"""Lines below the curve."""

HEADROOM: Final = 0.15
"""Share of the height above the curve that stays free for the marks of peaks."""

NAMES = {"roi": "ROI gray value", "main": "signal"}


def _key(key: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(key, action, label, id=f"capture.{name}", tooltip=tooltip)


class CaptureScreen(ExportKey):
    """Holds what the client itself received, so nothing in it was fabricated by a reply."""

    CSS_PATH = "capture.tcss"
    TITLE_WORDS = "Capture"
    AUTO_FOCUS = "#window"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("space", "take", "New window", "take", "Take the newest samples."),
        _key("m", "channel", "Signal or ROI", "channel", "Take the other series."),
        _key("up", "count(1)", "More", "more", "50 samples more, 500 at most."),
        _key("down", "count(-1)", "Fewer", "fewer", "50 samples fewer, down to 50."),
        _key(
            "left_square_bracket",
            "threshold(-1)",
            "Threshold −",
            "lower",
            "Peaks begin one gray level lower; the server keeps its own threshold.",
        ),
        _key(
            "right_square_bracket",
            "threshold(1)",
            "Threshold +",
            "higher",
            "Peaks begin one gray level higher; the server keeps its own threshold.",
        ),
        _key(
            "left_curly_bracket",
            "difference(-1)",
            "Difference −",
            "flatter",
            "Peaks are stable from a rise 0.1 gray levels smaller on.",
        ),
        _key(
            "right_curly_bracket",
            "difference(1)",
            "Difference +",
            "steeper",
            "Peaks are stable from a rise 0.1 gray levels larger on.",
        ),
        _key("v", "renderer", "Renderer", "renderer", "Draw with braille cells or plotext."),
        _key("left", "cursor(-1)", "Earlier", "earlier", "Read the sample before."),
        _key("right", "cursor(1)", "Later", "later", "Read the sample after."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._wanted = Wanted()
        self._held: Held = {}
        self._cursor: float | None = None
        self._drawn: tuple[Viewport, ChartOptions] | None = None

    def compose_body(self) -> ComposeResult:
        """The curve, and its figures below."""
        yield Chart(id="window")
        yield TextPane(id="figures")

    def on_mount(self) -> None:
        """Take the first window with the parameters that are in force, drawn as the live charts."""
        self._plotext = self.app.settings.display.renderer == "plotext"
        tracker = self.app.monitor.tracker
        self._wanted = Wanted(threshold=tracker.threshold, difference=tracker.difference_threshold)
        self.action_take()

    def action_take(self) -> None:
        """Take the newest samples."""
        self._held, self._cursor = take(self.app.monitor.session), None
        self._draw()

    @property
    def _captured(self) -> Captured | None:
        return window(self._held, self._wanted)

    def action_channel(self) -> None:
        """The other series, at the same moment."""
        other: Channel = "main" if self._wanted.channel == "roi" else "roi"
        self._want(replace(self._wanted, channel=other))

    def action_count(self, steps: int) -> None:
        """A longer or shorter window."""
        self._want(self._wanted.more(steps))

    def action_threshold(self, steps: int) -> None:
        """Peaks begin higher or lower."""
        self._want(self._wanted.higher(steps))

    def action_difference(self, steps: int) -> None:
        """Stable peaks rise more or less."""
        self._want(self._wanted.steeper(steps))

    def action_renderer(self) -> None:
        """Plotext or braille."""
        self._plotext = not self._plotext
        self._draw()

    def action_cursor(self, steps: int) -> None:
        """Read the newest sample, then the one before it or after it."""
        captured = self._captured
        if captured is None:
            return
        samples, last = captured.samples, len(captured.samples.t) - 1
        index = last if self._cursor is None else index_at(samples, self._cursor) + steps
        self._read(samples, min(max(index, 0), last))

    @on(Chart.Scrolled)
    def _scrolled(self, event: Chart.Scrolled) -> None:
        self.action_count(event.direction)

    @on(Chart.Pointed)
    def _pointed(self, event: Chart.Pointed) -> None:
        """A click reads; then the cursor follows the mouse."""
        captured, drawn = self._captured, self._drawn
        if captured is None or drawn is None or not (event.pressed or self._cursor is not None):
            return
        t = time_at(drawn[0], event.chart.cells, drawn[1], event.column)
        if t is not None:
            self._read(captured.samples, index_at(captured.samples, t))

    def _read(self, samples: Slice, index: int) -> None:
        """Put the cursor on a sample."""
        self._cursor = float(samples.t[index])
        self._draw()

    def exported(self) -> dict[Channel, Slice]:
        """The window."""
        captured = self._captured
        return {} if captured is None else {captured.channel: captured.samples}

    def exported_peaks(self) -> Peaks:
        """Those of the window."""
        captured = self._captured
        return Peaks() if captured is None else captured.exported_peaks(self._wanted)

    def exported_parameters(self) -> tuple[InForce, ...]:
        """The screen's own, and what the server has said."""
        told = super().exported_parameters()
        own = self._wanted.in_force(self.app.context.clock.wall())
        return (*(one for one in told if one.owner == "server"), own)

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        captured = self._captured
        if self._cursor is not None and captured is not None:
            t = captured.samples.t
            here = float(t[index_at(captured.samples, self._cursor)])
            self._cursor = here if self._cursor >= t[0] else None
        self._draw()

    @on(Chart.Resized)
    def _resized(self) -> None:
        self._draw()

    def _draw(self) -> None:
        chart, captured = self.query_one(Chart), self._captured
        if not self.is_mounted or 0 in chart.cells:
            return
        self.query_one("#figures", TextPane).show(self._figures(captured, chart.cells.width))
        if captured is None:
            self._drawn = None
            chart.clear()
            return
        samples, wanted = captured.samples, self._wanted
        spread = data_range(samples.values)
        low, high = min(spread.low, wanted.threshold), max(spread.high, wanted.threshold)
        limits = next_limits(None, low, high, 0.0, HEADROOM)
        t0, t1 = float(samples.t[0]), float(samples.t[-1])
        viewport = Viewport(t0, max(t1, t0 + 1e-3), limits.low, limits.high)
        options = ChartOptions(
            baseline=baseline(samples.values),
            threshold=wanted.threshold,
            peaks=captured.peaks(wanted).peaks,
            time_origin=viewport.t1,
            cursor=self._cursor,
        )
        self._drawn = viewport, options
        curve = strokes(viewport, captured.series, chart.cells, options)
        chart.paint(painter(plotext=self._plotext)(viewport, curve, chart.cells, options))

    def _figures(self, captured: Captured | None, width: int) -> list[TextRow]:
        wanted = self._wanted
        name = NAMES[wanted.channel]
        if captured is None:
            monitor, replay = self.app.monitor, self.app.context.replay
            snapshot, pictures = monitor.session.snapshot, monitor.pictures
            why = why_empty(snapshot, pictures, self.app.key_of, replay=replay)
            text = f"No samples of the {name}: {why}; {self.key('capture.take')} looks again."
            return paragraph(text, "warning", width, most=FIGURES)
        figures, peaks = captured.statistics(), captured.peaks(wanted)
        honest: list[Part] = []
        if gaps := captured.gaps:
            honest.append((f"   {words.counted(gaps, 'gap')}", "warning"))
        if pauses := captured.pauses:
            honest.append((f"   {words.counted(pauses, 'pause')}", "muted"))
        if captured.simulated:
            honest.append((f"   {captured.simulated} SIMULATED", "warning"))
        rows: list[list[Part]] = [
            [
                (words.counted(figures.count, "sample"), "strong"),
                *(honest or [("   none missing", "muted")]),  # first: the rest may not fit
                (f"   {name}", "text"),
                (f" {captured.numbers}", "text"),
                (f", {words.span(figures.duration)}", "text"),
                *([] if math.isnan(captured.rate) else [(f"   {captured.rate:.1f}/s", "text")]),
            ],
            [
                (f"{words.level(figures.minimum)} … {words.level(figures.maximum)}", "text"),
                (f"   mean {words.level(figures.mean)}", "text"),
                (f"   sd {words.level(figures.std)}", "text"),
                (f"   baseline {words.level(baseline(captured.samples.values))}", "muted"),
            ],
            [
                (f"▲ {peaks.stable} stable", "stable"),
                (f"   ▽ {peaks.unstable} unstable", "unstable"),
                (f"   threshold {wanted.threshold:g} [ ]", "muted"),
                (f"   difference {wanted.difference:g} {{ }}", "muted"),
            ],
        ]
        told = [line(whole(row, width), width) for row in rows]
        return [*told, *self._reading(captured, width)]

    def _reading(self, captured: Captured, width: int) -> list[TextRow]:
        """The sample under the cursor, nothing without one."""
        if self._cursor is None:
            return []
        samples, index = captured.samples, index_at(captured.samples, self._cursor)
        told = spelled(reading(samples, index), float(samples.t[-1]), baseline(samples.values))
        made_up = "SIMULATED   " if samples.simulated[index] else ""
        place = f"sample {index + 1} of {len(samples.t)}"
        return [line([(f"{told}   ", "strong"), (made_up, "warning"), (place, "muted")], width)]


SCREEN = CaptureScreen
