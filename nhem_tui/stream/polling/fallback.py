"""Polls the main signal of a server without windows, by the difference of its counter.

With an ROI ``/data/realtime`` has no frames (contract section 3, row 3), and each request for it
adds to the ROI samples what is none; then the newest frame is known from ``/status`` alone.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final

from nhem_tui.backend.errors import BackendError, ServerFault
from nhem_tui.stream.lacks import RECHECK
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.stitch import Look
from nhem_tui.stream.window import Window
from nhem_tui.stream.windows import REALTIME, holds_copies, newest_frame, realtime_window

PAUSE: Final = 0.25
"""Seconds until the next try after a refusal."""


class FallbackPoller:
    """Asks for the newest frames while detection runs."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._copies_until = -math.inf

    async def poll(self, seconds: float) -> None:
        """Poll for a while."""
        shared = self._shared
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await shared.main_due.wait()
            await shared.room.wait()
            await shared.judgement()
            began, wait = time.monotonic(), shared.interval
            if shared.running:
                wait = await self._look(began)
            else:  # it fails then (contract section 3, row 3)
                shared.main_known.set()
                shared.main_due.clear()
            await asyncio.sleep(began + wait - time.monotonic())

    async def _look(self, began: float) -> float:
        """Ask once; return the seconds to wait from `began` until the next time."""
        shared = self._shared
        try:
            window, unix = await self._newest()
        except ServerFault as error:
            return max(PAUSE, await shared.suffer_if_running(error))
        except BackendError as error:
            return await shared.suffer(error)
        if window is not None:
            look = Look(began, time.monotonic())
            shared.ledger.take_numbered(window, look, unix)
            shared.main_known.set()
        shared.troubles.over(REALTIME)
        return shared.interval

    async def _newest(self) -> tuple[Window | None, float]:
        """The frames that are new, None without any, and the server's Unix time of the reply."""
        shared = self._shared
        if time.monotonic() >= self._copies_until:
            reply = await shared.client.realtime(100, lenient=True)
            if not holds_copies(reply):
                return realtime_window(reply, shared.ledger.main.last), reply.unix
            self._copies_until = time.monotonic() + RECHECK
        status = await shared.client.status(lenient=True)
        return newest_frame(status, shared.ledger.main.last), status.unix
