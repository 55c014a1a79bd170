"""Polls the ROI samples through ``/data/roi-window-capture``."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import BackendError, NoData
from nhem_tui.stream.lacks import RECHECK
from nhem_tui.stream.polling.main import MainPoller
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.stitch import SURE_LOOKS, Look
from nhem_tui.stream.window import Window
from nhem_tui.stream.windows import MAIN, ROI, roi_window

FEWEST, MOST = int(limits.ROI_WINDOW_COUNT.low), int(limits.ROI_WINDOW_COUNT.high)
"""Counts that the endpoint takes."""

INTERVAL: Final = 0.25
"""Seconds between looks at least: their chart shows most of a minute."""

SLOWEST: Final = 1.0
"""Seconds between looks at most."""

LOOKS: Final = SURE_LOOKS + 2
"""Windows asked for in a row until one is confirmed."""


class RoiPoller:
    """Asks for windows about twice a sample, while there may be new ones."""

    def __init__(self, shared: Shared, main: MainPoller) -> None:
        self._shared = shared
        self._main = main

    async def poll(self) -> None:
        """Poll until cancelled."""
        shared = self._shared
        heard: float | None = None
        step = 0.5
        while True:
            await shared.roi_due.wait()
            await shared.main_known.wait()
            await shared.room.wait()
            began, running = time.monotonic(), shared.running
            missed = MOST if heard is None else math.ceil((began - heard) / step * 1.5) + 8
            wait = min(max(step / 2, INTERVAL), SLOWEST)
            try:
                window = await self._look(min(max(missed, FEWEST), MOST))
                if window is None:
                    wait = SLOWEST
                else:
                    heard = began
                    step = max(window.step, 0.02) if len(window.t) > 1 else step
                shared.lacks.note(ROI, missing=False)
                shared.troubles.over(ROI)
                if not running:
                    shared.roi_due.clear()
            except BackendError as error:
                if shared.lacks.are_told_by(error, ROI):
                    shared.lacks.note(ROI, missing=True)
                    wait = RECHECK
                else:
                    wait = await shared.suffer(error)
            await asyncio.sleep(began + wait - time.monotonic())

    async def _look(self, count: int) -> Window | None:
        """Ask for windows until one is confirmed; return the newest, None if there are none."""
        shared, ledger = self._shared, self._shared.ledger
        for _ in range(LOOKS):
            await shared.main_known.wait()
            epoch, asked = ledger.epoch, time.monotonic()
            try:
                reply = await shared.client.roi_window(count, lenient=True)
            except NoData:
                return None
            window = roi_window(reply)
            if window is None:
                return None
            look = Look(asked, time.monotonic())
            if ledger.roi.last is None and MAIN not in shared.lacks:
                await self._main.look_at_most()  # the first ones contradict nothing, frames do
            if ledger.epoch != epoch:
                continue
            shared.report_blanks(ledger.take_roi(window, look, reply.main_frame_range[1]), ROI)
            if not ledger.roi.pending:
                break
            count = MOST
        return window
