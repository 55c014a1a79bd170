"""What the polling loops of one server have in common: what they know, and what wakes them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Final

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, BadData, LinkError, ServerFault
from nhem_tui.stream import events as ev
from nhem_tui.stream.lacks import Lacks
from nhem_tui.stream.ledger import Ledger
from nhem_tui.stream.troubles import Troubles
from nhem_tui.stream.waiting import wait_at_most

VERDICT_PATIENCE: Final = 1.0
"""Seconds for which one endpoint waits for what only another one can tell."""


class Shared:
    """One for all loops and all connections to a server.

    Attributes:
        client: of the server.
        emit: told of every event.
        room: set while the reader keeps up; nothing is asked of the server while it is not.
        interval: seconds between looks at the main signal.
        ledger: numbers and times told so far.
        troubles: which endpoints give useless answers.
        lacks: which endpoints the server does not have.
        running: detection runs, as the state said last.
        look_at_state: set: ask now, not at the next interval.
        main_due: set while there may be new frames.
        main_known: set once frames were told, or nobody knows when there will be any.
        roi_due: set while there may be new ROI samples.
        pictures_due: set: ask now, not at the next interval.
        parameters_due: likewise.
        judged: set unless a picture has yet to tell whether frames are made up.
    """

    def __init__(
        self, client: BackendClient, emit: ev.Emit, room: asyncio.Event, interval: float
    ) -> None:
        """Begin with nothing known about the server."""
        self.client = client
        self.emit = emit
        self.room = room
        self.interval = interval
        self.ledger = Ledger(emit, self._on_restart)
        self.troubles = Troubles(emit, interval)
        self.lacks = Lacks(emit)
        self.running = False
        self.look_at_state = asyncio.Event()
        self.main_due = asyncio.Event()
        self.main_known = asyncio.Event()
        self.roi_due = asyncio.Event()
        self.pictures_due = asyncio.Event()
        self.parameters_due = asyncio.Event()
        self.judged = asyncio.Event()
        self._answered = asyncio.Event()
        self._answered_since = 0.0

    def begin(self) -> None:
        """Begin anew on another connection."""
        self.troubles.forget()
        self.running = False
        self.main_due.clear()
        self.main_known.clear()  # it may be another process: frames say so first
        self.roi_due.set()
        self.judged.set()

    def ask_whether_simulated(self) -> None:
        """Let frames wait until a picture, or the word instead of it, says how they are made."""
        self.judged.clear()
        self.pictures_due.set()

    async def judgement(self) -> None:
        """Wait until it is known whether frames are made up, or it takes too long."""
        if not self.judged.is_set():
            await wait_at_most(self.judged, VERDICT_PATIENCE)
            self.judged.set()

    def note_answer(self, asked_at: float) -> None:
        """The server has said how it is, asked at a monotonic moment."""
        self._answered_since = asked_at
        self._answered.set()

    async def counted(self) -> int | None:
        """Ask how many frames the server has counted, None if it does not say."""
        with suppress(BackendError):
            return (await self.client.status(lenient=True)).frame_count
        return None

    async def suffer(self, error: BackendError) -> float:
        """Count and report a useless answer of an endpoint for data.

        If there was no answer at all the server may be gone: only the state tells, which ends the
        polling, and this with it.

        Returns:
            Seconds to wait before the endpoint is asked again.
        """
        if isinstance(error, LinkError):
            await self._hear_the_state()
        return self.troubles.suffer(error)

    async def suffer_if_running(self, error: ServerFault) -> float:
        """Likewise of an endpoint that fails while detection is stopped (contract section 12).

        Returns:
            Seconds to wait; none where it is stopped, and the failure says no more than that.
        """
        await self._hear_the_state()
        return self.troubles.suffer(error) if self.running else 0.0

    async def _hear_the_state(self) -> None:
        """Wait for a state that was asked for from now on."""
        asked_at = time.monotonic()
        while self._answered_since < asked_at:
            self._answered.clear()
            self.look_at_state.set()
            await self._answered.wait()

    def report_blanks(self, count: int, endpoint: str) -> None:
        """Say that something came without a value, if anything did."""
        if count:
            text = f"NaN in the reply: {count} new value{'s' if count > 1 else ''} missing"
            self.troubles.report(BadData(text, endpoint=endpoint))

    def _on_restart(self) -> None:
        """Do not tell anything before it is known whether the new process has an ROI."""
        self.main_known.clear()
        self.parameters_due.set()
        self.ask_whether_simulated()
