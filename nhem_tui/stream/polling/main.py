"""Polls the main signal through ``/data/window-capture``."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress
from typing import Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import BackendError, BadData, NoData
from nhem_tui.stream.lacks import RECHECK
from nhem_tui.stream.polling.fallback import FallbackPoller
from nhem_tui.stream.polling.shared import VERDICT_PATIENCE, Shared
from nhem_tui.stream.stitch import SURE_LOOKS, Look
from nhem_tui.stream.window import Window
from nhem_tui.stream.windows import MAIN, main_window, roi_window

FEWEST, MOST = int(limits.WINDOW_COUNT.low), int(limits.WINDOW_COUNT.high)
"""Counts that the endpoint takes."""

ROI_MOST: Final = int(limits.ROI_WINDOW_COUNT.high)
"""Likewise of the ROI samples."""

FASTEST: Final = 130.0
"""Frames a second at most: the server takes up to 120 (contract section 3, row 14)."""

SOONEST: Final = 0.05
"""Seconds between looks at least where a server keeps so few frames that it is pressed for time."""

IDLE_INTERVAL: Final = 0.25
"""Seconds between looks at a channel that has nothing to tell, at least."""

LOOKS: Final = SURE_LOOKS + 2
"""Windows asked for in a row until one is confirmed."""

FIRST_RECHECK: Final = 2.0
"""Seconds until a missing endpoint is asked again; twice as long each time, up to `RECHECK`."""

HOPELESS: Final = 3
"""So many useless answers in a row, and the ROI samples do not wait for the frames."""


class MainPoller:
    """Asks for windows while there may be new frames; falls back where there are no windows."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._fallback = FallbackPoller(shared)
        self._turn = asyncio.Lock()
        self._recheck = FIRST_RECHECK
        self._written = math.nan  # the newest frames told, by the server's clock

    async def poll(self) -> None:
        """Poll until cancelled."""
        shared = self._shared
        heard: float | None = None
        while True:
            await shared.main_due.wait()
            await shared.room.wait()
            began, running = time.monotonic(), shared.running
            missed = MOST if heard is None else math.ceil((began - heard) * FASTEST) + 16
            wait = shared.interval
            count = min(max(missed, FEWEST), MOST)
            try:
                window = await self._look(count)
                if window is None:
                    wait = max(wait, IDLE_INTERVAL)
                else:
                    heard = began
                    if len(window.t) < count:  # the server keeps no more
                        wait = min(wait, max(SOONEST, float(window.t[-1] - window.t[0]) / 2))
                shared.troubles.over(MAIN)
                self._recheck = FIRST_RECHECK
                if not running:
                    shared.main_due.clear()
            except BackendError as error:
                if shared.lacks.are_told_by(error, MAIN):
                    shared.lacks.note(MAIN, missing=True)
                    await self._fallback.poll(min(self._recheck, RECHECK))
                    self._recheck *= 2
                else:
                    wait = await shared.suffer(error)
                    if shared.troubles.in_a_row(MAIN) >= HOPELESS:
                        shared.main_known.set()
            await asyncio.sleep(began + wait - time.monotonic())

    async def look_at_most(self) -> None:
        """Look once, at as many frames as the server gives, if it gives any soon."""
        with suppress(BackendError, TimeoutError):  # the loop here tells of them
            async with asyncio.timeout(VERDICT_PATIENCE):
                await self._look(MOST)

    async def _look(self, count: int) -> Window | None:
        """Ask for windows until one is confirmed; return it, None also if there are no frames."""
        shared, ledger = self._shared, self._shared.ledger
        older = counted = 0
        async with self._turn:
            for _ in range(LOOKS):
                await shared.judgement()
                asked = time.monotonic()
                window = None
                with suppress(NoData):
                    reply = await shared.client.window(count, lenient=True)
                    window = main_window(reply)
                look = Look(asked, time.monotonic())
                if window is None:
                    if counted:  # and not only since the first look
                        text = f"no frames, though the server has counted {counted}"
                        raise BadData(text, endpoint=MAIN)
                    counted = await self._counted_without_frames()
                    if not counted:
                        return None
                    continue
                if MAIN in shared.lacks:  # known by its numbers alone so far
                    ledger.main.adopt(window)
                shared.lacks.note(MAIN, missing=False)
                if ledger.main.is_older(window):
                    older += await self._has_counted_fewer(reply.unix)
                    if older < 2:
                        continue
                    ledger.restart()
                elif ledger.main.leaves_gap(window) and not await self._is_same_by_roi():
                    ledger.restart()
                unix = reply.unix if shared.running else math.nan
                last = ledger.main.last
                shared.report_blanks(ledger.take_main(window, look, unix), MAIN)
                if ledger.main.last != last:
                    self._written = reply.unix
                if not ledger.main.pending:
                    shared.main_known.set()
                    return window
                count = MOST
            return None

    async def _counted_without_frames(self) -> int:
        """Find out why there are no frames: a process never empties its buffer.

        Returns:
            How many the server says it has made, perhaps only since it was asked for them; 0
            where it is right that there are none.
        """
        shared, last = self._shared, self._shared.ledger.main.last
        count = await shared.counted()
        if last is not None and count is not None and count < last:
            shared.ledger.restart()
            return 0
        return (count or 0) if shared.running else 0

    async def _has_counted_fewer(self, written: float) -> bool:
        """Tell whether the state, too, says that the server is behind what was told.

        Args:
            written: Unix time by the server's clock when it wrote that, NaN if it does not say.

        Raises:
            BadData: it does not, or this was written before what was told: whatever answers here
                shows what was long ago.
        """
        shared = self._shared
        count = await shared.counted()
        counted_on = count is not None and count >= (shared.ledger.main.last or 0)
        if counted_on or written < self._written:
            text = "frames from before those already known - does a proxy keep answers?"
            raise BadData(text, endpoint=MAIN)
        return count is not None

    async def _is_same_by_roi(self) -> bool:
        """Ask the ROI history whether frames are lost or another process has overtaken the count.

        It reaches back far longer than the frames do. One look may be damaged, so two decide;
        where there is no history to ask, frames are lost.
        """
        shared = self._shared
        if shared.ledger.roi.last is None:
            return True
        with suppress(BackendError, TimeoutError):  # its own loop tells of them
            async with asyncio.timeout(VERDICT_PATIENCE):
                for _ in range(2):
                    window = None
                    with suppress(NoData):
                        window = roi_window(await shared.client.roi_window(ROI_MOST, lenient=True))
                    if window is not None and not shared.ledger.roi.contradicts(window):
                        return True
                return False
        return True
