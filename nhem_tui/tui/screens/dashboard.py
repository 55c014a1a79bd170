"""The dashboard: live charts, status and control of one server."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from nhem_tui.backend.errors import BackendError
from nhem_tui.backend.settling import Order
from nhem_tui.stream.events import ServerState
from nhem_tui.tui import commands, panels, password, words
from nhem_tui.tui.actions import BY_HANDLER, Action, bindings
from nhem_tui.tui.facts import gather
from nhem_tui.tui.journal import Entry
from nhem_tui.tui.layout import Layout, layout_for
from nhem_tui.tui.messages import CommandDone, CommandFailed, StreamMoved
from nhem_tui.tui.needs import Needs, why_not
from nhem_tui.tui.screens.charts import ChartScreen
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.exporting import Exporting
from nhem_tui.tui.screens.recording import Recording
from nhem_tui.tui.screens.replaying import Replaying
from nhem_tui.tui.screens.watching import Watching
from nhem_tui.tui.setting_values import with_value
from nhem_tui.tui.settings_file import SettingsFile
from nhem_tui.tui.terminal.tmux import Sight
from nhem_tui.tui.widgets.blank import Stack
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.controls import Controls
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.picture_cells import COARSE
from nhem_tui.tui.widgets.textpane import TextPane

PANEL_INTERVAL = 0.25
"""Seconds between refreshes of the numbers: faster ones cannot be read."""


SELDOM = 4
"""Every so manyth refresh is enough while nothing moves, or where only scripts can see it."""

TITLES = (
    ("status", "Status"),
    ("controls", "Control"),
    ("picture", "ROI 1"),
    ("events", "Events"),
)

LAST_KEY = ("file.quit", "quit")
"""What a pane without a key bar tells in any case."""

TALL = 38
"""Lines from which on there is a place for the picture."""

BROAD = 180
"""Cells from which on the side panel may be wide."""


class Dashboard(Recording, Exporting, Replaying, Watching, ChartScreen):
    """Charts on their own clock, numbers on a slower one, commands in workers."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())

    layout_name: reactive[Layout] = reactive(Layout.WIDE, init=False, repaint=False)
    link: reactive[str] = reactive("connecting", repaint=False)

    def compose(self) -> ComposeResult:
        """Title, charts, side panel, event line, footer; the layout classes show what fits."""
        yield TextPane(id="top")
        yield TextPane(id="pane")
        yield self.signal
        with Stack(id="side"):
            yield TextPane(id="status")
            yield Controls(id="controls")
            yield RoiPicture(id="picture", shades=COARSE)
            yield TextPane(id="events")
        yield self.roi
        yield TextPane(id="event")
        yield KeyBar(self._in_key_bar, self._leads, self._label)

    def on_mount(self) -> None:
        """Start the clock of the numbers; the charts have their own."""
        self.compact, self._ticks = self.app.context.compact, 0
        self._state: ServerState | None = None
        self._words = self._words_now()
        for name, title in TITLES:
            self.query_one(f"#{name}").border_title = f" {title} "
        self.set_interval(PANEL_INTERVAL, self._tick)
        self.set_reactive(Dashboard.layout_name, self._fitting())
        self.update_classes(self._layout_classes(), update=False)  # all styles are yet to come

    def shows(self, chart: Chart) -> bool:
        """By the layout."""
        return self.layout_name.shows(chart.id or "")

    @on(StreamMoved)
    def _link_may_have_changed(self) -> None:
        snapshot = self.app.monitor.session.snapshot
        self.link = snapshot.link
        if snapshot.state != self._state:
            self._state = snapshot.state
            self.refresh_panels()

    def on_screen_resume(self) -> None:
        """Catch up with what came while another screen was on top."""
        self._want_picture()
        self.link = self.app.monitor.session.snapshot.link
        self.call_after_refresh(self.refresh_panels)

    def _tick(self) -> None:
        """Refresh the numbers: seldom where only ages change, or where only scripts look."""
        self._ticks += 1
        sight, snapshot = self.app.sight, self.app.monitor.session.snapshot
        moving = snapshot.state == "running" or snapshot.link != "up" or self.app.tape.running
        often = sight is Sight.SEEN and self.on_top and (moving or self.app.context.replay)
        if (
            (often or self._ticks % SELDOM == 0)
            and sight is not Sight.HIDDEN
            and self.app.may_paint
        ):
            self.refresh_panels()

    def refresh_panels(self) -> None:
        """Write the numbers; rows that say the same are not repainted."""
        if not self.in_sight:
            return
        facts = gather(self.app, self.view.edge)
        if self.layout_name.narrow:
            pane = self.query_one("#pane", TextPane)
            if self.layout_name is Layout.LINE:
                pane.show(panels.tiny_rows(facts, self._last(), *self.size))
            else:
                pane.show([panels.pane_row(facts, self.size.width)])
        else:
            self.query_one("#top", TextPane).show([panels.top_row(facts, self.size.width)])
            status = self.query_one("#status", TextPane)
            status.show(panels.status_rows(facts, status.content_size.width))
            self.query_one(Controls).update(self.reason, self._words_now())
        if self._words != self._words_now():
            self._words = self._words_now()
            self.refresh_bindings()
        self._show_event()
        self.refresh_picture()
        self.title_charts()
        self.mind_recording()

    def _show_event(self) -> None:
        last = self._last()
        pane, history = self.query_one("#event", TextPane), self.query_one("#events", TextPane)
        width = pane.content_size.width
        if self.layout_name is Layout.PANE:
            chart = self.roi if self.focused is self.roi else self.signal
            first = ("view.compact", "all") if self.compact else ("help.keys", "keys")
            named = [f"{self.app.key_of(name)} {word}" for name, word in (first, LAST_KEY)]
            pane.show([panels.pane_foot(last, self.read(chart), "  ".join(named), width)])
        else:
            pane.show([panels.event_row(last, width)])
        if history.display:
            entries = self.app.monitor.journal.entries
            history.show(panels.event_rows(entries, *history.content_size))

    def _last(self) -> Entry | None:
        """The line to show: the newest, but what came of the user's own doing stays a while."""
        return self.app.monitor.journal.last_for(self.app.context.clock.wall(), peaks=True)

    # --- reactive state -----------------------------------------------------------------------

    def watch_view(self) -> None:
        """Draw, and say at once whether the display is frozen."""
        super().watch_view()
        self.refresh_panels()

    def watch_link(self, link: str) -> None:
        """Dim the charts and grey the controls while there is no server."""
        self.set_class(link in ("lost", "off"), "-lost")
        self.repaint()
        self.refresh_bindings()
        self.refresh_panels()

    def watch_layout_name(self) -> None:
        """Draw the parts that fit now."""
        self.repaint()
        self.call_after_refresh(self.refresh_panels)

    def on_resize(self) -> None:
        """Choose the layout of the new size."""
        self._choose_layout()

    def action_view_compact(self) -> None:
        """The simplified client of one chart and one line, or everything that fits."""
        self.lay_out(compact=not self.compact)
        self._remember_layout()

    @work(group="remember")
    async def _remember_layout(self) -> None:
        """Begin in this layout the next time."""
        layout = "compact" if self.compact else "auto"
        settings = self.app.settings
        self.app.change_settings(with_value(settings, "display.layout", layout))
        saved = await SettingsFile(settings).save("display.layout", layout)
        if saved is not None and saved.problem:
            self.app.tell(f"The layout is not remembered: {saved.problem}", "warning")

    def lay_out(self, *, compact: bool) -> None:
        """One chart and one line, or everything that fits."""
        self.compact = compact
        self._choose_layout()

    def _choose_layout(self) -> None:
        self.layout_name = self._fitting()
        self.update_classes(self._layout_classes())
        self._want_picture()
        self.call_after_refresh(self.refresh_panels)

    def _fitting(self) -> Layout:
        return layout_for(*self.app.size, compact=self.compact)

    def _layout_classes(self) -> dict[str, bool]:
        classes = {f"-{each}": each is self.layout_name for each in Layout}
        width, height = self.app.size
        return classes | {"-tall": height >= TALL, "-broad": width >= BROAD and height >= 30}

    def _want_picture(self) -> None:
        if self.on_top:  # the screen above asks for its own
            self.want_picture(seen=self.layout_name is Layout.WIDE and self.app.size.height >= TALL)

    # --- which actions can run ------------------------------------------------------------------

    def reason(self, action: Action) -> str | None:
        """Why `action` cannot run now; None when it can."""
        return why_not(self.app, action.needs, self.app.key_of)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what cannot run."""
        written = f"{action}('{parameters[0]}')" if parameters else action
        known = BY_HANDLER.get(written)
        if known is None or self.reason(known) is None:
            return True
        return None

    def _in_key_bar(self, binding: Binding) -> bool:
        """Whether a key can ever do something with the kind of source that there is."""
        action = BY_HANDLER.get(binding.action)
        unfit = Needs.SERVER | Needs.WRITE | Needs.LINK if self.app.context.replay else Needs.REPLAY
        return action is None or not action.needs & unfit

    def _leads(self, binding: Binding) -> bool:
        """Steering comes first in a replay."""
        action = BY_HANDLER.get(binding.action)
        return action is not None and bool(action.needs & Needs.REPLAY)

    def _label(self, binding: Binding) -> str:
        """The word for what a key does now."""
        return self._words_now().get(binding.id or "", binding.description)

    def on_key(self, event: events.Key) -> None:
        """Say why a grey key does nothing."""
        for _, binding, enabled, _ in self.active_bindings.values():
            known = BY_HANDLER.get(binding.action)
            if known is not None and binding.key == event.key and not enabled:
                self.app.tell(self.reason(known) or "", "warning")

    # --- other actions -------------------------------------------------------------------------

    def action_link_retry(self) -> None:
        """Try the server again now."""
        self.app.retry()

    def action_link_toggle(self) -> None:
        """End the connection or begin it again."""
        self.app.toggle_connection()

    @work(group="question", exclusive=True)
    async def action_link_password(self) -> None:
        """Ask for another password."""
        await password.ask(self.app)

    @work(group="question", exclusive=True)
    async def action_data_clear(self) -> None:
        """Forget what was measured, after asking."""
        question = Confirm(
            "Forget everything measured so far?",
            "The charts begin empty. A recording keeps what it has, and the server its own.",
            yes="Forget",
        )
        if await self.app.push_screen_wait(question):
            self.app.monitor.clear()
            self.view = self.view.thaw()
            self.app.tell("Forgot what was measured so far")

    def action_view_redraw(self) -> None:
        """Paint everything again."""
        self.app.action_redraw()

    def action_file_suspend(self) -> None:
        """Back to the shell."""
        if self.app.tape.running:
            self.app.tell("A recording would miss what comes meanwhile: end it first.", "warning")
        else:
            self.app.action_suspend_process()

    def action_help_keys(self) -> None:
        """Show the keys."""
        from nhem_tui.tui.screens.help import Help

        self.app.push_screen(Help())

    def action_open_screen(self, name: str) -> None:
        """Open another screen; it is imported only now."""
        module = import_module(f"nhem_tui.tui.screens.{name}")
        self.app.push_screen(module.SCREEN())

    # --- the server -----------------------------------------------------------------------------

    def _words_now(self) -> dict[str, str]:
        """Other words than the registry's for what goes either way, by action."""
        running = self.app.monitor.session.snapshot.state in ("running", None)
        return {
            "detection.pause": "Pause" if running else "Resume",
            "replay.play": "Pause" if self.playing else "Play",
        }

    def action_detection_start(self) -> None:
        """Start detection."""
        self._command("start")

    def action_detection_pause(self) -> None:
        """Pause while running, else resume."""
        snapshot = self.app.monitor.session.snapshot
        if snapshot.state == "running":
            self._command("pause")
        elif snapshot.paused:
            self._command("resume")
        else:
            self._resume_unchecked()

    @work(group="question", exclusive=True)
    async def _resume_unchecked(self) -> None:
        """Resume what this client has not paused, after asking."""
        question = Confirm(
            "Resume detection on the server?",
            "It was not paused from here. Resuming does not look whether a region is set: without "
            f"one the server makes its data up. {self.app.key_of('detection.start')} starts "
            "detection with that check.",
            yes="Resume",
        )
        if await self.app.push_screen_wait(question):
            self._command("resume")

    @work(group="question", exclusive=True)
    async def action_detection_stop(self) -> None:
        """Stop detection after asking."""
        snapshot = self.app.monitor.session.snapshot
        question = Confirm(
            "Stop detection on the server?",
            "Every client of this server loses the live signal until somebody starts it again. "
            f"Frame {words.grouped(snapshot.frame_count)} is the newest; nothing is deleted.",
            yes="Stop",
        )
        if await self.app.push_screen_wait(question):
            self._command("stop")

    @work(group="command", exclusive=True)
    async def _command(self, order: Order) -> None:
        """Send a command and read the state back."""
        client = self.app.context.client
        if client is None:
            return
        self.app.tell(f"{order.capitalize()}: waiting for the server …")
        self.app.monitor.note_change()
        try:
            outcome = await commands.control(client, order)
        except BackendError as error:
            password.note(self.app, error)
            self.post_message(CommandFailed(error))
        else:
            password.note(self.app, None)
            if order == "pause" and outcome.expected:
                self.app.monitor.session.note_paused()
            self.app.monitor.note_change()
            self.post_message(CommandDone(outcome.text, outcome.expected))

    @on(CommandDone)
    def _command_done(self, event: CommandDone) -> None:
        self.app.tell(event.text, "good" if event.expected else "warning")

    @on(CommandFailed)
    def _command_failed(self, event: CommandFailed) -> None:
        self.app.tell(words.error_words(event.error.kind, event.error.text), "error")
