"""The application: consumes the source, owns the model, opens the screens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.reactive import reactive

from nhem_tui.config.schema import Settings
from nhem_tui.tui import live_settings
from nhem_tui.tui.actions import BY_ID, Action
from nhem_tui.tui.context import Context
from nhem_tui.tui.exporter import Exporter
from nhem_tui.tui.messages import Severity, StreamMoved
from nhem_tui.tui.monitor import Monitor
from nhem_tui.tui.process import fill_array_cache, tidy
from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.leaving import Leaving
from nhem_tui.tui.tape import Tape
from nhem_tui.tui.terminal import tmux
from nhem_tui.tui.terminal.tmux import Sight
from nhem_tui.tui.themes import THEMES

if TYPE_CHECKING:
    from textual.command import Provider

    from nhem_tui.tui.terminal.driver import PacedDriver

INTERRUPTED = 130
"""Exit code after a signal, as everywhere on the command line."""

AWAKE = 5.0
"""Seconds for which a key or the mouse tells that the program is seen, whatever tmux says."""

LAST_PATIENCE = 3.0
"""Seconds for closing the recording and the connections after a signal."""

TIDYING = 30.0
"""Seconds after which memory that is not used any more is given back to the system."""


def _palette() -> type[Provider]:
    from nhem_tui.tui.palette import ActionCommands

    return ActionCommands


class NhemApp(App[None]):
    """One server (or one recording), one model, a stack of screens.

    Attributes:
        failure: why the program ends when it ends by a fault of its own.
    """

    TITLE = "NHEM"
    # Textual does not load the styles of a default screen by itself.
    CSS_PATH = ["app.tcss", "screens/dashboard.tcss"]
    COMMANDS: ClassVar = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, system=True),
    ]

    settings: reactive[Settings] = reactive(Settings, init=False, repaint=False)
    """The configuration in force; the same as in `context`, for those who watch it."""

    sight: reactive[Sight] = reactive(Sight.SEEN, repaint=False)
    """Who sees the program, for those who paint."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.animation_level = "none"  # each step of scrolling smoothly is a paint
        self.set_reactive(NhemApp.settings, context.settings)
        self.monitor = Monitor(
            context.settings,
            monotonic=context.clock.monotonic,
            wall=context.clock.wall,
            follow=not context.replay,
        )
        self.tape = Tape(context.clock.monotonic)
        self.exporter = Exporter(self)
        self.terminal: PacedDriver | None = None
        self._pictures_shown = 0.0
        self.failure: BaseException | None = None
        self._leaving = False
        self._touched = -AWAKE
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = context.settings.display.theme
        self.set_keymap(dict(context.settings.keys))

    def get_default_screen(self) -> Dashboard:
        """Open on the dashboard."""
        return Dashboard()

    def get_driver_class(self) -> type[Driver]:
        """Ours for a terminal; it tells the app of itself as `terminal`."""
        platform = super().get_driver_class()
        if platform.__name__ != "LinuxDriver":  # a browser, or a platform that we do not know
            return platform
        from nhem_tui.tui.terminal.driver import PacedDriver

        return PacedDriver

    @property
    def may_paint(self) -> bool:
        """The terminal has taken what was painted before."""
        return self.terminal is None or self.terminal.ready

    def on_mount(self) -> None:
        """Begin to listen; leave properly when told from outside."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.hang_up)
        self.set_interval(TIDYING, tidy)
        self.call_after_refresh(fill_array_cache)
        self.call_after_refresh(self.listen)  # what it needs to import can wait for the first frame
        self._touched = self.context.clock.monotonic()  # by whoever opened it
        if self.terminal is not None and (pane := tmux.pane_of(os.environ)):
            self.watch_pane(pane)

    @work(group="sight")
    async def watch_pane(self, pane: str) -> None:
        """Paint less while nobody sees the pane."""
        while True:
            sight = await tmux.look(pane)
            if self.context.clock.monotonic() - self._touched > AWAKE:
                self.sight = sight
            await asyncio.sleep(sight.value)

    def note_touch(self) -> None:
        """Somebody types, or points at the program: it is seen."""
        self._touched = self.context.clock.monotonic()
        # The thread of the terminal calls this outside of the app's context: a timer that is
        # begun there, by a screen that follows `sight`, would not find its app and die.
        self.call_later(setattr, self, "sight", Sight.SEEN)

    def hang_up(self) -> None:
        """Leave because somebody outside wants it, or because there is no terminal any more.

        Called in any thread.
        """
        if not self._leaving:
            self._leaving = True
            # Whatever may wait for a terminal that is gone: nobody is left to wait for it.
            last = threading.Timer(LAST_PATIENCE, os._exit, (INTERRUPTED,))
            last.daemon = True
            last.start()
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self.exit, None, INTERRUPTED)

    async def on_unmount(self) -> None:
        """End an export, close the recording and the connections."""
        self.exporter.cancel()
        await self.tape.end("the program was left")
        if self.context.client is not None:
            await self.context.client.aclose()

    @work(group="stream", exclusive=True)
    async def listen(self) -> None:
        """Feed the model from the source until it ends; tell the dashboard that it moved.

        A replay ends its events at every jump, to go on from another moment: the model begins
        again with it.
        """
        while True:
            async with aclosing(self.context.source.events()) as events:
                async for event in events:
                    tuned = self.monitor.apply(event)
                    self.tape.take(event)
                    if tuned is not None:
                        self.tape.take(tuned)
                    if self.screen_stack:  # there is none any more when the program is being left
                        self.screen.post_message(StreamMoved())
            if not self.context.replay:
                return
            self.monitor.begin_again()

    def show_pictures(self, rate: float) -> None:
        """Have so many pictures a second fetched for the screen on top."""
        self._pictures_shown = 0.0 if self.context.settings.display.image == "off" else rate
        self.fetch_pictures()

    def fetch_pictures(self) -> None:
        """Have them fetched as often as the screen or the recording wants them."""
        self.context.source.want_pictures(max(self._pictures_shown, self.tape.picture_rate))

    def retry(self) -> None:
        """Look at the server now; connect again where the user had ended the connection."""
        link = self.monitor.session.snapshot.link
        if link == "off":
            self.toggle_connection()
            return
        self.context.source.retry_now()
        self.tell("Looking again …" if link == "up" else "Trying again now …", fleeting=True)

    def toggle_connection(self) -> None:
        """End the connection, or begin it again."""
        if self.monitor.session.snapshot.link == "off":
            self.listen()
            self.tell("Connecting again …", fleeting=True)
            return
        self.workers.cancel_group(self, "stream")
        self.monitor.session.note_disconnected()
        words = f"Disconnected; {self.key_of('link.toggle')} connects again"
        self.monitor.journal.add(self.context.clock.wall(), words, "warning", "stream")
        self.screen.post_message(StreamMoved())

    def tell(self, text: str, severity: Severity = "info", *, fleeting: bool = False) -> None:
        """Put a line into the journal and onto the event line; `fleeting` until the next one."""
        self.monitor.journal.add(self.context.clock.wall(), text, severity, fleeting=fleeting)
        # The others refresh by themselves; while the program is left, there are none.
        if self.is_running and isinstance(self.screen, Dashboard):
            self.screen.refresh_panels()

    def key_of(self, action_id: str) -> str:
        """The key of an action of the dashboard, as it is printed on a keyboard."""
        return BY_ID[action_id].key(self.settings.keys)

    async def perform(self, action: Action) -> None:
        """Do what the key of `action` does, or say why that cannot be done now."""
        dashboard = self.screen_stack[0]
        if isinstance(dashboard, Dashboard) and (reason := dashboard.reason(action)):
            self.tell(reason, "warning")
            return
        await dashboard.run_action(action.handler)

    def change_settings(self, settings: Settings) -> None:
        """Put other settings in force, as far as that can be done now; they are not saved."""
        self.settings = settings

    def watch_settings(self, before: Settings, after: Settings) -> None:
        """Let everything follow."""
        self.context = replace(self.context, settings=after)
        live_settings.follow(self, before, after)

    def get_css_variables(self) -> dict[str, str]:
        """Colours of the theme; peaks in that of the curve if they shall not differ."""
        variables = super().get_css_variables()
        if not self.settings.peak_detection.color_peaks and "chart-line" in variables:
            line = variables["chart-line"]
            variables |= {"chart-stable": line, "chart-unstable": line}
        return variables

    def refresh_css(self, animate: bool = True) -> None:
        """Apply styles anew; before there is a screen, only tell them of the theme's colours.

        They are all read when it opens: reading them for the theme, too, delays the first frame.
        """
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def action_command_palette(self) -> None:
        """Offer everything, but over a question: what another one asks would end its waiting."""
        from nhem_tui.tui.palette import Palette

        asked = isinstance(self.screen, Box) and self.screen.ASKS
        if not asked and not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def _fatal_error(self) -> None:
        """Leave, and let `run` raise what happened: Textual would print what variables hold."""
        self.failure = self.failure or sys.exception()
        self.panic()

    async def action_quit(self) -> None:
        """Leave; ask before where that would end a recording."""
        if not self.tape.running:
            self.exit()
        elif not isinstance(self.screen, Leaving):
            self.push_screen(Leaving(), self._leave)

    def _leave(self, sure: bool | None) -> None:
        if sure:
            self.exit()

    def action_redraw(self) -> None:
        """Paint everything again: something else has written over the screen."""
        if self.terminal is not None:
            self.terminal.write("\x1b[2J")
        self.refresh()
