"""The polling loops of a connection that is up: state, main signal, ROI samples, pictures.

Each loop has at most one request in flight and sleeps in between. A loop ends by raising the
error that makes the connection count as lost: one without an answer, or too many useless answers
about the state in a row. Where only one endpoint fails, the others go on.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final

import numpy as np

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, BadData, NoData, RouteMissing, ServerFault
from nhem_tui.backend.types import RoiData, Status
from nhem_tui.stream import events as ev
from nhem_tui.stream.ledger import Ledger
from nhem_tui.stream.stitch import Window
from nhem_tui.stream.troubles import Troubles
from nhem_tui.stream.waiting import wait_at_most
from nhem_tui.stream.windows import (
    MAIN,
    REALTIME,
    ROI,
    STATUS,
    main_window,
    realtime_window,
    roi_window,
)

TOLERATED: Final = 3
"""So many useless answers in a row about the state end the connection."""

WINDOW_FEWEST, WINDOW_MOST = 50, 200
ROI_FEWEST, ROI_MOST = 50, 500
"""Counts that the window endpoints take (contract section 3)."""

FASTEST: Final = 130.0
"""Frames a second at most: the server takes up to 120 (contract section 3, row 14)."""

ROI_INTERVAL: Final = 0.25
"""Seconds between looks at the ROI samples at least: their chart shows most of a minute."""

CHECK_INTERVAL: Final = 5.0
"""Seconds between looks whether the signal is simulated, while no pictures are wanted."""

RECHECK_INTERVAL: Final = 1.0
"""Likewise while it is: measured frames must not be called simulated for long."""

IDLE_INTERVAL: Final = 0.25
"""Seconds between looks at a channel that has nothing to tell, at least."""

LOOKS: Final = 4
"""Windows asked for in a row until one is confirmed."""

NO_WINDOWS: Final = (
    "This server has no window capture: only the newest frames are seen, the ones between are lost"
)


class Loops:
    """Polls one server and emits what is new; keeps numbers and time over lost connections."""

    def __init__(
        self,
        client: BackendClient,
        emit: ev.Emit,
        room: asyncio.Event,
        *,
        interval: float,
        status_interval: float,
    ) -> None:
        """Prepare.

        Args:
            client: of the server.
            emit: told of every event.
            room: set while the reader keeps up; nothing is asked of the server while it is not.
            interval: seconds between looks at the main signal.
            status_interval: seconds between looks at the state.
        """
        self._client = client
        self._emit = emit
        self._room = room
        self.interval = interval
        self._status_interval = status_interval
        self._ledger = Ledger(emit, self._on_restart)
        self._running = False
        self._first_look = True
        self._without_windows = False
        self._picture_rate = 0.0
        self._nudge = asyncio.Event()
        self._main_due = asyncio.Event()
        self._main_known = asyncio.Event()
        self._roi_due = asyncio.Event()
        self._pictures_due = asyncio.Event()
        self._verdict = asyncio.Event()
        self._troubles = Troubles(emit, interval)

    async def run(self) -> BackendError:
        """Poll until the connection is lost.

        Returns:
            Why it counts as lost.
        """
        self._troubles.forget()
        self._running = False
        self._first_look = True
        self._main_due.clear()
        self._roi_due.set()
        self._verdict.set()
        loops = (self._poll_status, self._poll_main, self._poll_roi, self._poll_pictures)
        tasks = [asyncio.create_task(loop(), name=loop.__name__) for loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                error = task.exception()
                if isinstance(error, BackendError):
                    return error
                if error is not None:
                    raise error
            raise AssertionError("all polling loops ended")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look_now(self) -> None:
        """Look at the state now instead of at the next interval, and whether it is measured."""
        self._nudge.set()
        if self._ledger.simulated:
            self._pictures_due.set()

    def want_pictures(self, rate: float) -> None:
        """Fetch pictures at `rate` per second from now on."""
        faster = rate > self._picture_rate
        self._picture_rate = rate
        if faster:
            self._pictures_due.set()

    # --- state ------------------------------------------------------------------------------

    async def _poll_status(self) -> None:
        while True:
            await self._room.wait()
            began = time.monotonic()
            epoch, known = self._ledger.epoch, self._ledger.main.last or 0
            try:
                status = await self._client.status()
                latency = time.monotonic() - began
                self._troubles.over(STATUS)
                self._note_running(status.state == "running")
                if status.frame_count < known:
                    await self._explain_count(status.frame_count, known, epoch)
                if status.frame_count >= known or epoch != self._ledger.epoch:
                    self._take_status(status, latency)
            except BackendError as error:
                self._troubles.suffer(error)
                if self._troubles.in_a_row(STATUS) >= TOLERATED:
                    raise
            await wait_at_most(self._nudge, began + self._status_interval - time.monotonic())
            self._nudge.clear()

    def _note_running(self, running: bool) -> None:
        if running and not self._running:
            self._ask_whether_simulated()
        self._running = running

    def _take_status(self, status: Status, latency: float) -> None:
        count = status.frame_count
        if self._running or self._first_look or count != (self._ledger.main.last or 0):
            self._first_look = False
            self._main_due.set()
            self._roi_due.set()
        self._emit(
            ev.StatusSeen(
                time.time(), self._ledger.epoch, status.state, count, status.current_value,
                status.baseline, status.peak, status.buffer_size, latency,
            )
        )  # fmt: skip

    async def _explain_count(self, count: int, known: int, epoch: int) -> None:
        """Find out why the server has counted fewer frames than were told before it was asked."""
        if epoch == self._ledger.epoch and not self._without_windows:
            await self._look_at_main(WINDOW_MOST)
        elif epoch == self._ledger.epoch and (await self._client.status()).frame_count < known:
            self._ledger.restart()
        if epoch == self._ledger.epoch:
            text = f"the frame count went back from {known} to {count}"
            self._troubles.report(BadData(text, endpoint=STATUS))

    def _on_restart(self) -> None:
        """Do not tell anything before it is known whether the new process has an ROI."""
        self._main_known.clear()
        self._ask_whether_simulated()

    # --- main signal ------------------------------------------------------------------------

    async def _poll_main(self) -> None:
        heard: float | None = None
        while True:
            await self._main_due.wait()
            await self._room.wait()
            began, running = time.monotonic(), self._running
            missed = WINDOW_MOST if heard is None else math.ceil((began - heard) * FASTEST) + 16
            wait = self.interval
            try:
                if await self._look_at_main(min(max(missed, WINDOW_FEWEST), WINDOW_MOST)):
                    heard = began
                else:
                    wait = max(wait, IDLE_INTERVAL)
                self._without_windows = False
                self._troubles.over(MAIN)
                if not running:
                    self._main_due.clear()
            except RouteMissing:
                if not self._without_windows:
                    self._without_windows = True
                    self._emit(ev.Notice(time.time(), NO_WINDOWS))
                await self._poll_realtime()
            except BackendError as error:
                wait = self._troubles.suffer(error)
            await asyncio.sleep(began + wait - time.monotonic())

    async def _look_at_main(self, count: int) -> bool:
        """Ask for windows until one is confirmed.

        Returns:
            Whether one was; False also if there are no frames.
        """
        ledger = self._ledger
        for _ in range(LOOKS):
            await self._verdict.wait()
            try:
                reply = await self._client.window(count)
                window = main_window(reply)
            except NoData:
                window = None
            if window is None:
                if ledger.main.last is not None:
                    ledger.restart()  # a process never empties its buffer
                return False
            heard_at = time.monotonic()
            if ledger.main.leaves_gap(window) and not await self._is_same_by_roi():
                ledger.restart()
            ledger.take_main(window, heard_at, reply.unix if self._running else math.nan)
            if not ledger.main.pending:
                self._main_known.set()
                return True
            count = WINDOW_MOST
        return False

    async def _is_same_by_roi(self) -> bool:
        """Ask the ROI history whether frames are lost or another process has overtaken the count.

        It reaches back far longer than the frames do. One look may be damaged, so two decide.
        """
        if self._ledger.roi.last is None:
            return True
        for _ in range(2):
            try:
                window = roi_window(await self._client.roi_window(ROI_MOST))
            except RouteMissing:
                return True
            except NoData:
                window = None
            if window is not None and not self._ledger.roi.contradicts(window):
                return True
        return False

    async def _poll_realtime(self) -> None:
        """Poll a server without window capture by the difference of its counter."""
        while True:
            await self._main_due.wait()
            await self._room.wait()
            await self._verdict.wait()
            began, wait = time.monotonic(), self.interval
            try:
                if self._running:  # else it fails (contract section 3, row 3)
                    reply = await self._client.realtime(100)
                    window = realtime_window(reply, self._ledger.main.last)
                    if window is not None:
                        self._ledger.take_main(window, time.monotonic(), reply.unix, trusted=True)
                        self._main_known.set()
                    self._troubles.over(REALTIME)
                else:
                    self._main_due.clear()
            except ServerFault:
                wait = self._status_interval
                self._nudge.set()  # probably stopped: look at the state
            except BackendError as error:
                wait = self._troubles.suffer(error)
            await asyncio.sleep(began + wait - time.monotonic())

    # --- ROI samples ------------------------------------------------------------------------

    async def _poll_roi(self) -> None:
        heard: float | None = None
        step = 0.5
        while True:
            await self._roi_due.wait()
            await self._main_known.wait()
            await self._room.wait()
            began, running = time.monotonic(), self._running
            missed = ROI_MOST if heard is None else math.ceil((began - heard) / step * 1.5) + 8
            wait = min(max(step / 2, ROI_INTERVAL), 1.0)
            try:
                window = await self._look_at_roi(min(max(missed, ROI_FEWEST), ROI_MOST))
                self._troubles.over(ROI)
                heard = began
                if len(window.t) > 1:
                    step = max(float(np.median(np.diff(window.t[-9:]))), 0.02)
                if not running:
                    self._roi_due.clear()
            except NoData:
                wait = 1.0
                if not running:
                    self._roi_due.clear()
            except RouteMissing:
                await asyncio.Event().wait()
            except BackendError as error:
                wait = self._troubles.suffer(error)
            await asyncio.sleep(began + wait - time.monotonic())

    async def _look_at_roi(self, count: int) -> Window:
        """Ask for windows until one is confirmed; return the newest.

        Raises:
            NoData: there are no samples.
        """
        looks = 0
        while True:
            await self._main_known.wait()
            reply = await self._client.roi_window(count)
            window = roi_window(reply)
            if window is None:
                raise NoData("no ROI samples", endpoint=ROI)
            self._ledger.take_roi(window, time.monotonic(), reply.main_frame_range[1])
            looks += 1
            if not self._ledger.roi.pending or looks == LOOKS:
                return window
            count = ROI_MOST

    # --- pictures ---------------------------------------------------------------------------

    async def _poll_pictures(self) -> None:
        """Fetch pictures at the rate wanted, and now and then to see whether they are real."""
        there = True
        while True:
            await wait_at_most(self._pictures_due, self._picture_interval())
            self._pictures_due.clear()
            await self._room.wait()
            try:
                if self._running and there:
                    await self._look_at_pictures()
            except RouteMissing:
                there = False
            except ServerFault:
                self._nudge.set()  # probably stopped (contract section 12, point 3)
            except BackendError as error:
                self._troubles.suffer(error)
            if not self._pictures_due.is_set():
                self._verdict.set()

    async def _look_at_pictures(self) -> None:
        data = (await self._client.dual_realtime(1)).dual_roi_data
        roi1, roi2 = _image(data.roi1_data), _image(data.roi2_data)
        self._ledger.take_words(roi1, roi2)
        self._emit(ev.PictureSeen(time.time(), self._ledger.epoch, roi1, roi2))

    def _picture_interval(self) -> float:
        if self._picture_rate > 0:
            return 1 / self._picture_rate
        return RECHECK_INTERVAL if self._ledger.simulated else CHECK_INTERVAL

    def _ask_whether_simulated(self) -> None:
        """Let frames wait until a picture, or the word instead of it, says how they are made."""
        self._verdict.clear()
        self._pictures_due.set()


def _image(data: RoiData) -> ev.RoiImage:
    picture = data.picture
    return ev.RoiImage(picture.png, picture.word, data.gray_value, data.width, data.height)
