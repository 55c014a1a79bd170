"""Textual's driver for terminals, with an account of what the terminal has taken.

Textual's own queues 30 writes and then blocks the whole program: over a slow line a key is
answered after what was queued before it has crept through.
"""

from __future__ import annotations

import asyncio
import select
import sys
import threading
import time
from collections import deque
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import AppFocus, CursorPosition, Key, MouseEvent
from textual.message import Message
from textual.messages import InBandWindowResize, TerminalSupportsSynchronizedOutput

from nhem_tui.tui.terminal import keyboard
from nhem_tui.tui.terminal.pace import Asked, Pace
from nhem_tui.tui.terminal.settle import Settling
from nhem_tui.tui.terminal.writer import Writer

if TYPE_CHECKING:
    from textual.app import App

    from nhem_tui.tui.app import NhemApp

LAST_WORDS: Final = 1.0
"""Seconds at the end for a terminal to take what puts it back in order, and to answer before."""

TOUCH_INTERVAL: Final = 0.5
"""Seconds in which keys and mouse are told of once."""

GLANCE: Final = 0.02
"""Seconds in which the thread that reads the keyboard notices that it has to end."""

QUESTION: Final = "\x1b[6n"
SYNC: Final = ("\x1b[?2026h", "\x1b[?2026l")
"""Begin and end of what a terminal shows at once."""


class PacedDriver(LinuxDriver):
    """Writes in a thread of its own, asks the terminal how far it is, notices when it is gone."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.pace = Pace()
        self._writer: Writer | None = None
        self._painted: list[str] = []
        self._sync = ("", "")
        self._watched = False
        self._suspended = False
        self._leaving = threading.Event()
        self._answers: deque[float] = deque()
        self._touched = -TOUCH_INTERVAL
        self._nhem = cast("NhemApp", app)
        self._nhem.terminal = self
        self._settling = Settling(app)

    @property
    def ready(self) -> bool:
        """The terminal has taken what was painted before."""
        writer = self._open()
        return self.pace.ready(writer.handed, writer.backlog, time.monotonic())

    @property
    def written(self) -> int:
        """Bytes written so far."""
        return self._open().handed

    def paint(self, data: str) -> None:
        """Write a paint of our own; what is painted in one go is shown in one go."""
        if not self._painted:
            self._loop.call_soon(self._flush_paint)
        self._painted.append(data)

    def _flush_paint(self) -> None:
        if self._painted:
            writer, (begin, end) = self._open(), self._sync
            data = "".join((begin, *self._painted, end))
            self._painted.clear()
            asked: Asked = "not"
            if not self._leaving.is_set():
                asked = self.pace.asks(writer.handed, len(data.encode()), time.monotonic())
            if asked == "before":
                writer.write(QUESTION)
            writer.write(data)
            if asked == "after":
                writer.write(QUESTION)

    # --- of the driver ----------------------------------------------------------------------------

    def write(self, data: str) -> None:
        """Write anything, after what was painted before."""
        self._flush_paint()
        self._open().write(data)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self._leaving.clear()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        self._painted.append("")  # nothing but the first question, ahead of everything
        self._flush_paint()
        if not self._watched:  # a program that was suspended takes it over again
            self._watched = True
            threading.Thread(target=self._watch, name="terminal hang-up", daemon=True).start()

    def stop_application_mode(self) -> None:
        """Put the terminal back in order, before it has shown what it is slow to show."""
        self._open().forget()
        super().stop_application_mode()

    def suspend_application_mode(self) -> None:
        """Give the terminal back to the shell."""
        self._suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal back, if it was given away.

        Textual does so at every SIGCONT. A terminal that hangs up sends one too: taking that over
        again would leave two threads behind that read and write nothing.
        """
        if self._suspended:
            self._suspended = False
            super().resume_application_mode()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._nhem.action_redraw)

    def disable_input(self) -> None:
        """Listen until the terminal has nothing more to say: a shell would take that for keys."""
        if not self._leaving.is_set():
            self._leaving.set()
            self._hear_out()
        super().disable_input()

    def _hear_out(self) -> None:
        """Wait for the answers that are on their way, behind them all that the mouse did."""
        self._take_answers()
        owed, until = self.pace.unanswered, time.monotonic() + LAST_WORDS
        if self.pace.lag is not None:
            self._disable_mouse_support()
            self.write(QUESTION)
            owed += 1
        thread = self._key_thread
        while len(self._answers) < owed and thread is not None and thread.is_alive():
            if time.monotonic() > until:
                return
            time.sleep(GLANCE)

    def _take_answers(self) -> None:
        while self._answers:
            self.pace.answered(self._answers.popleft())

    def run_input_thread(self) -> None:
        """Read the keyboard; Textual's own ends the program at a byte that is no UTF-8."""
        parser = XTermParser(self._debug)
        for text in keyboard.pieces(self.fileno, self.exit_event):
            for message in (*(parser.feed(text) if text else ()), *parser.tick()):
                self.process_message(message)
                if isinstance(message, Key):
                    self._let_act()

    def _let_act(self) -> None:
        """Wait until a key has done or opened something: the next one may be meant for that."""
        settled = asyncio.run_coroutine_threadsafe(self._settling.wait(), self._loop)
        while not (settled.done() or self._leaving.is_set()):
            with suppress(TimeoutError, CancelledError):
                settled.result(GLANCE)

    def process_message(self, message: Message) -> None:
        """Take what the terminal says of itself (in the thread that reads it)."""
        if isinstance(message, CursorPosition):
            self._answers.append(time.monotonic())
            self._loop.call_soon_threadsafe(self._take_answers)
            return
        if self._leaving.is_set():
            return  # to whoever comes next it is not told either
        if isinstance(message, InBandWindowResize):
            return  # a signal tells the size; Textual would divide by pixels of which there are 0
        if isinstance(message, Key | MouseEvent | AppFocus):
            self._note_touch()
        if isinstance(message, TerminalSupportsSynchronizedOutput):
            self._sync = SYNC
        super().process_message(message)

    def close(self) -> None:
        """Write what is left and stop."""
        super().close()
        if self._writer is not None:
            self._writer.stop(LAST_WORDS)
            self._writer = None

    def _note_touch(self) -> None:
        now = time.monotonic()
        if now - self._touched > TOUCH_INTERVAL:
            self._touched = now
            self._loop.call_soon_threadsafe(self._nhem.note_touch)

    # --- threads ----------------------------------------------------------------------------------

    def _open(self) -> Writer:
        if self._writer is None:
            terminal = sys.__stderr__
            assert terminal is not None  # noqa: S101 - Textual's driver needs it as well
            self._writer = Writer(terminal.fileno(), self._nhem.hang_up)
        return self._writer

    def _watch(self) -> None:
        """Wait until the terminal hangs up; Textual would read its end again and again."""
        poll = select.poll()
        poll.register(self.fileno, 0)  # a hang-up is told without being asked for
        poll.poll()
        self._nhem.hang_up()
