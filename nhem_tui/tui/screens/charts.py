"""The two live charts of a screen: painted on their own clock, read with keys and mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.reactive import reactive

from nhem_tui.analysis.statistics import BASELINE_FRAMES, baseline
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui import reading, words
from nhem_tui.tui.curve import PAUSES, Curve, Overlay, Share
from nhem_tui.tui.messages import StreamMoved
from nhem_tui.tui.screens.fitting import Fitting
from nhem_tui.tui.terminal.tmux import Sight
from nhem_tui.tui.view import View
from nhem_tui.tui.widgets.chart import Chart

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

GLANCES = 1.0
"""Frames a second for a detached tmux session, which only scripts can read."""

OPENING = 0.15
"""Share of a chart that opens at its right edge while the connection is lost."""

WIDE_TITLE = 70
"""Cells from which on a title has room for the window and a sample."""

MADE_UP = {
    "none": "",
    "some": " [bold $background on $warning] PARTLY SIMULATED [/]",
    "all": " [bold $background on $warning] SIMULATED [/]",
}


class ChartScreen(Fitting[None]):
    """Keeps the view; a subclass says where the charts stand and which of them has a place."""

    app: NhemApp

    AUTO_FOCUS = "#signal"
    BLANK: ClassVar[bool] = True

    view: reactive[View] = reactive(View, init=False, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self.signal, self.roi = Chart(id="signal"), Chart(id="roi")
        self._stale = True
        self._newest: float | None = None
        self._simulated: Share = "none"

    def compose(self) -> ComposeResult:
        """The charts alone."""
        yield self.signal
        yield self.roi

    def on_mount(self) -> None:
        """Start the clock of the charts."""
        session, context = self.app.monitor.session, self.app.context
        self.set_reactive(ChartScreen.view, View.from_settings(context.settings))
        self._signal_curve = Curve(session.main, pause=PAUSES["main"])
        self._roi_curve = Curve(session.roi, pause=PAUSES["roi"])
        self.title_charts()
        self._clock = self.set_interval(1 / context.framerate, self._paint)
        self._framerate = float(context.framerate)
        self.watch(self.app, "settings", self._follow_pace)
        self.watch(self.app, "sight", self._follow_pace, init=False)

    def _follow_pace(self) -> None:
        """Paint as often as somebody sees it."""
        sight = self.app.sight
        rate = GLANCES if sight is Sight.DETACHED else float(self.app.context.framerate)
        if rate != self._framerate:
            self._clock.stop()
            self._clock, self._framerate = self.set_interval(1 / rate, self._paint), rate
        if sight is not Sight.HIDDEN:
            self.repaint()

    def lay_out(self, *, compact: bool) -> None:
        """Another layout; only a subclass has more than one."""

    def shows(self, chart: Chart) -> bool:
        """Tell whether a chart has a place on the screen."""
        return chart.is_on_screen

    @property
    def on_top(self) -> bool:
        """Nothing lies over this screen, which is not being left.

        Textual's `is_current` is true of those below, too.
        """
        return self.app.is_running and self.app.screen is self

    # --- painting -------------------------------------------------------------------------------

    @on(StreamMoved)
    def _stream_moved(self) -> None:
        self.repaint()
        if self._newest is None:  # the first samples need not wait for the clock
            self._paint()

    def on_screen_resume(self) -> None:
        """Catch up with what came while another screen was on top."""
        self.repaint()

    def repaint(self) -> None:
        """Draw with the next frame even if no sample came."""
        self._stale = True
        self._clock.resume()

    @on(Chart.Resized)
    def _chart_resized(self) -> None:
        self.repaint()
        self._paint()

    def watch_view(self) -> None:
        """Another window or mode: draw at once, also while nothing arrives."""
        self.repaint()
        self._paint()
        self.title_charts()

    def _paint(self) -> None:
        """Draw what changed, unless nothing did or nobody can see it."""
        monitor, view, now = self.app.monitor, self.view, self.app.context.clock.monotonic()
        newest = monitor.playhead.at(now)
        moved = newest != self._newest and not view.frozen
        if not (moved or self._stale) or not self.on_top or self.app.sight is Sight.HIDDEN:
            self._clock.pause()  # until something moves
            return
        if not self.app.may_paint:
            self._stale = True
            self.app.context.frames.skipped += 1
            return
        self._newest = newest
        session = monitor.session
        plain = Overlay(
            peaks=monitor.marks,
            marks=tuple(mark.t for mark in monitor.moments),
            dim=session.snapshot.link in ("lost", "off"),
            empty=words.why_empty(session.snapshot),
        )
        outage = now - session.snapshot.since if session.snapshot.link == "lost" else 0.0
        leveled = replace(plain, baseline=self._baseline(view.edge))
        opening = False
        for chart, curve, window, overlay, head in (
            (self.signal, self._signal_curve, view.window, leveled, newest),
            (self.roi, self._roi_curve, view.roi_window, plain, session.roi.newest),
        ):
            if self.shows(chart) and 0 not in chart.cells:
                edge = view.edge
                if edge is None:
                    ahead = min(outage, OPENING * window)
                    opening |= 0 < ahead < OPENING * window
                    overlay, edge = replace(overlay, ahead=ahead), (head or 0.0) + ahead
                drawing = curve.draw(view, window, chart.cells, overlay, edge, now)
                if drawing is not None and chart.paint(drawing.canvas):
                    self.app.context.frames.painted += 1
        self._stale = self._signal_curve.pending or self._roi_curve.pending or opening
        if self._signal_curve.simulated != self._simulated:
            self._simulated = self._signal_curve.simulated
            self.title_charts()

    def _baseline(self, edge: float | None) -> float | None:
        """The server's newest; at an `edge` that stands still, the one of the frames before it."""
        session = self.app.monitor.session
        if edge is None:
            return session.snapshot.baseline
        frames = session.main.before(edge, BASELINE_FRAMES).values
        return baseline(frames) if len(frames) else None

    def title_charts(self) -> None:
        """Write what each chart shows, and the sample under the cursor, into its title."""
        view = self.view
        for chart, name, window, curve in (
            (self.signal, "Signal", view.window, self._signal_curve),
            (self.roi, "ROI gray value", view.roi_window, self._roi_curve),
        ):
            told = [name + MADE_UP[curve.simulated], view.mode_words(window), self.read(chart)]
            if told[-1] and chart.cells.width < WIDE_TITLE:
                del told[1]
            told += curve.limits_words(window)
            chart.entitle(f" {' · '.join(filter(None, told))} ")

    def read(self, chart: Chart) -> str:
        """The sample under the cursor in words, empty if there is no cursor."""
        cursor, edge = self.view.cursor, self.view.edge
        sample = None if cursor is None else reading.nearest(self._buffer_of(chart), cursor)
        if sample is None or edge is None:
            return ""
        level = self._baseline(sample.t) if chart is self.signal else None
        return reading.spelled(sample, edge, level)

    # --- the view -------------------------------------------------------------------------------

    def _nothing_yet(self) -> bool:
        """Say that there is nothing to look at, if that is so."""
        if self._newest is None:
            self.app.tell("There are no samples yet.", "warning")
        return self._newest is None

    def action_view_freeze(self) -> None:
        """Freeze or go on."""
        if self.view.frozen:
            self.view = self.view.thaw()
        elif not self._nothing_yet() and self._newest is not None:
            self.view = self.view.freeze(self._newest)

    def action_view_newest(self) -> None:
        """Jump to the newest sample."""
        self.view = self.view.thaw()

    def action_chart_narrower(self) -> None:
        """Fewer seconds."""
        self._zoom(-1)

    def action_chart_wider(self) -> None:
        """More seconds."""
        self._zoom(+1)

    def _zoom(self, steps: int) -> None:
        view = self.view.zoomed(steps)
        if view.window == self.view.window:
            most = "most" if steps > 0 else "fewest"
            self.app.tell(f"{words.window(view.window)} are the {most} that are shown")
        self.view = view

    def action_chart_y_axis(self) -> None:
        """Fitted or 0-255."""
        self.view = replace(self.view, full_y=not self.view.full_y)

    def action_chart_grid(self) -> None:
        """Grid on or off."""
        self.view = replace(self.view, grid=not self.view.grid)

    def action_chart_peaks(self) -> None:
        """Peaks on or off."""
        self.view = replace(self.view, peaks=not self.view.peaks)
        self.app.tell(f"Peaks {'shown' if self.view.peaks else 'hidden'}")

    def action_chart_baseline(self) -> None:
        """Baseline on or off."""
        self.view = replace(self.view, baseline=not self.view.baseline)
        self.app.tell(f"Baseline {'shown' if self.view.baseline else 'hidden'}")

    def action_chart_mode(self) -> None:
        """Rolling or sweep."""
        self.view = replace(self.view, sweep=not self.view.sweep)

    def action_chart_renderer(self) -> None:
        """Braille or plotext."""
        self.view = replace(self.view, plotext=not self.view.plotext)

    @on(Chart.Scrolled)
    def _scrolled(self, event: Chart.Scrolled) -> None:
        self._zoom(event.direction)

    # --- reading --------------------------------------------------------------------------------

    def action_chart_back(self) -> None:
        """Half a window earlier."""
        self._scroll(-0.5)

    def action_chart_forward(self) -> None:
        """Half a window later."""
        self._scroll(+0.5)

    def _scroll(self, windows: float) -> None:
        main = self.app.monitor.session.main
        if not self._nothing_yet() and main.oldest is not None and self._newest is not None:
            seconds = windows * self.view.window
            self.view = self.view.scrolled(seconds, main.oldest, self._newest)

    def action_chart_cursor_left(self) -> None:
        """One sample back."""
        self._step(-1)

    def action_chart_cursor_right(self) -> None:
        """One sample on."""
        self._step(+1)

    def _step(self, steps: int) -> None:
        """Move the cursor over the samples of the chart that has the focus."""
        if self._nothing_yet() or self._newest is None:
            return
        buffer = self._buffer_of(self.roi if self.focused is self.roi else self.signal)
        if self.view.cursor is None:
            start, steps = self.view.edge if self.view.edge is not None else self._newest, 0
        else:
            start = self.view.cursor
        t = reading.stepped(buffer, start, steps)
        if t is not None:
            self.view = self.view.pointed(t, self._newest)

    @on(Chart.Pointed)
    def _pointed(self, event: Chart.Pointed) -> None:
        """A click freezes and reads; then the cursor follows the mouse."""
        if self._newest is None or not (event.pressed or self.view.cursor is not None):
            return
        curve = self._roi_curve if event.chart is self.roi else self._signal_curve
        t = curve.time_at(event.column)
        sample = None if t is None else reading.nearest(self._buffer_of(event.chart), t)
        if sample is not None:
            self.view = self.view.pointed(sample.t, self._newest)

    def _buffer_of(self, chart: Chart) -> SampleBuffer:
        session = self.app.monitor.session
        return session.roi if chart is self.roi else session.main

    def action_chart_mark(self) -> None:
        """Mark the cursor's moment, or now."""
        t = self._newest if self.view.cursor is None else self.view.cursor
        if t is None:
            self.app.tell("Nothing to mark yet.", "warning")
            return
        mark = self.app.monitor.mark(t)
        self.app.tape.take(mark)
        sample = reading.nearest(self.app.monitor.session.main, t)
        frame = f" at frame {words.grouped(sample.number)}" if sample else ""
        self.app.tell(f"{mark.text}{frame}; {self.app.key_of('chart.unmark')} removes it", "info")
        self.repaint()

    def action_chart_unmark(self) -> None:
        """Remove the mark put last."""
        removal = self.app.monitor.unmark()
        if removal is None:
            self.app.tell("There is no mark to remove.", "warning")
            return
        self.app.tape.take(removal)
        self.app.tell(f"{removal.text} removed")
        self.repaint()
