"""Polls the state: whether the server is there, whether it detects, what it has counted."""

from __future__ import annotations

import math
import time
from typing import Final

from nhem_tui.backend.errors import BackendError, BadData, LinkError
from nhem_tui.backend.types import Status
from nhem_tui.stream import events as ev
from nhem_tui.stream.polling.main import MainPoller
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.waiting import wait_at_most
from nhem_tui.stream.window import RACE
from nhem_tui.stream.windows import MAIN, STATUS

TOLERATED: Final = 3
"""So many useless answers in a row about the state end the connection."""


class StatePoller:
    """Asks for the state at an interval; its failure is that of the connection."""

    def __init__(self, shared: Shared, main: MainPoller, interval: float) -> None:
        self._shared = shared
        self._main = main
        self._interval = interval
        self._first_look = True

    async def poll(self) -> None:
        """Poll until there is no answer, or too many useless ones in a row.

        Raises:
            BackendError: why the connection counts as lost.
        """
        shared = self._shared
        self._first_look = True
        while True:
            await shared.room.wait()
            began = time.monotonic()
            try:
                await self._look(began)
            except LinkError:
                raise
            except BackendError as error:
                shared.troubles.suffer(error)
                if shared.troubles.in_a_row(STATUS) >= TOLERATED:
                    raise
            await wait_at_most(shared.look_at_state, began + self._interval - time.monotonic())
            shared.look_at_state.clear()

    async def _look(self, began: float) -> None:
        shared, ledger = self._shared, self._shared.ledger
        epoch, known = ledger.epoch, ledger.main.last or 0
        status = await shared.client.status(lenient=True)
        latency = time.monotonic() - began
        shared.note_answer(began)
        shared.troubles.over(STATUS)
        running = status.state == "running"
        if running and not shared.running:
            shared.ask_whether_simulated()
        shared.running = running
        count = status.frame_count
        if count < known and epoch == ledger.epoch:
            count = await self._explain(count)
        finite = math.isfinite(status.current_value), math.isfinite(status.baseline)
        shared.report_blanks(finite.count(False), STATUS)
        self._tell(status, count, latency)

    async def _explain(self, count: int) -> int:
        """Find out why the server has counted fewer frames than were told before it was asked.

        Returns:
            How many it has: a restart or a correction of our numbers makes the count true.
        """
        shared, ledger = self._shared, self._shared.ledger
        epoch, known = ledger.epoch, ledger.main.last or 0
        if MAIN not in shared.lacks:
            await self._main.look_at_most()
        else:
            again = await shared.counted()
            if again is not None and again < known:
                ledger.restart()
        if epoch != ledger.epoch:
            return count
        if known - count > RACE:  # else it was our label that was raised
            text = f"the frame count went back from {known} to {count}"
            shared.troubles.report(BadData(text, endpoint=STATUS))
        return ledger.main.last or 0

    def _tell(self, status: Status, count: int, latency: float) -> None:
        shared = self._shared
        if shared.running or self._first_look or count != (shared.ledger.main.last or 0):
            self._first_look = False
            shared.main_due.set()
            shared.roi_due.set()
        shared.emit(
            ev.StatusSeen(
                time.time(), shared.ledger.epoch, status.state, count, status.current_value,
                status.baseline, status.peak, status.buffer_size, latency,
            )
        )  # fmt: skip
