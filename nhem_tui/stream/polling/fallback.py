"""Polls the main signal of a server without windows, by the difference of its counter."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from nhem_tui.backend.errors import BackendError, ServerFault
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.stitch import Look
from nhem_tui.stream.windows import REALTIME, realtime_window

PAUSE: Final = 0.25
"""Seconds until the next try after a refusal."""


class FallbackPoller:
    """Asks ``/data/realtime`` for the newest frames while detection runs."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

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
            reply = await shared.client.realtime(100, lenient=True)
            window = realtime_window(reply, shared.ledger.main.last)
        except ServerFault as error:
            return max(PAUSE, await shared.suffer_if_running(error))
        except BackendError as error:
            return await shared.suffer(error)
        if window is not None:
            look = Look(began, time.monotonic())
            shared.ledger.take_numbered(window, look, reply.unix)
            shared.main_known.set()
        shared.troubles.over(REALTIME)
        return shared.interval
