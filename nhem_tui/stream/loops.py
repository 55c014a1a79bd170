"""The polling loops of a connection that is up: state, main signal, ROI samples, pictures.

Each loop has at most one request in flight and sleeps in between; none waits for another. A loop
ends by raising the error that makes the connection count as lost.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import numpy as np

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, LinkError, NoData, RouteMissing, ServerFault
from nhem_tui.backend.types import RoiData
from nhem_tui.stream import events as ev
from nhem_tui.stream.anchor import UtcAnchor
from nhem_tui.stream.simulated import FEWEST, is_server_sine, words_mean_simulated
from nhem_tui.stream.stitch import AnotherProcess, Fresh, Missing, Stitcher, Window
from nhem_tui.stream.windows import main_window, realtime_window, roi_window

Emit = Callable[[ev.Event], Awaitable[None]]

TOLERATED: Final = 3
"""So many unusable replies in a row from one endpoint end the connection."""

TROUBLE_INTERVAL: Final = 2.0
"""Seconds between reports of the same trouble: a storm must not flood."""

WINDOW_FEWEST, WINDOW_MOST = 50, 200
ROI_FEWEST, ROI_MOST = 50, 500
"""Counts that the window endpoints take (contract section 3)."""

FASTEST: Final = 130.0
"""Frames a second at most: the server takes up to 120 (contract section 3, row 14)."""

CHECK_INTERVAL: Final = 5.0
"""Seconds between looks whether the signal is simulated, while no pictures are wanted."""

LOOKS: Final = 3
"""Windows asked for in a row to confirm one that does not fit."""


class Loops:
    """Polls one server and emits what is new; keeps numbers and time over lost connections."""

    def __init__(
        self, client: BackendClient, emit: Emit, *, interval: float, status_interval: float
    ) -> None:
        self._client = client
        self._emit = emit
        self._interval = interval
        self._status_interval = status_interval
        self.epoch = 1
        self.nudge = asyncio.Event()
        self.picture_rate = 0.0
        self._main, self._roi = Stitcher(), Stitcher()
        self._utc = UtcAnchor()
        self._status_frames: int | None = None
        self._running = False
        self._moved = asyncio.Event()
        self._main_ready = asyncio.Event()
        self._words_say_simulated = False
        self._look_at_pictures = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._reported: dict[tuple[str, str], float] = {}

    async def run(self) -> BackendError:
        """Poll until the connection is lost.

        Returns:
            Why it counts as lost.
        """
        self._failures.clear()
        self._moved.set()
        self._look_at_pictures.set()
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

    # --- state ------------------------------------------------------------------------------

    async def _poll_status(self) -> None:
        while True:
            began = time.monotonic()
            try:
                status = await self._client.status()
            except BackendError as error:
                await self._suffer("GET /status", error)
            else:
                self._failures.pop("GET /status", None)
                latency = time.monotonic() - began
                before = self._status_frames
                self._status_frames = status.frame_count
                if before is not None and status.frame_count < before:
                    await self._restart(self._main, self._roi)
                if status.state == "running" and not self._running:
                    self._look_at_pictures.set()
                self._running = status.state == "running"
                if self._running or status.frame_count != (self._main.last or 0):
                    self._moved.set()
                await self._emit(
                    ev.StatusSeen(
                        time.time(), self.epoch, status.state, status.frame_count,
                        status.current_value, status.baseline, status.peak, status.buffer_size,
                        latency,
                    )
                )  # fmt: skip
            await self._sleep(self._status_interval, began)

    async def _restart(self, *unaware: Stitcher) -> None:
        """Begin another epoch; those channels that did not notice it themselves start again."""
        self.epoch += 1
        self._status_frames = None
        for stitcher in unaware:
            stitcher.forget()
        self._utc = UtcAnchor()
        self._words_say_simulated = False
        self._look_at_pictures.set()
        await self._emit(ev.Restarted(time.time(), self.epoch))

    # --- main signal ------------------------------------------------------------------------

    async def _poll_main(self) -> None:
        endpoint = "GET /data/window-capture"
        heard: float | None = None
        while True:
            await self._moved.wait()
            began = time.monotonic()
            missed = WINDOW_MOST if heard is None else math.ceil((began - heard) * FASTEST) + 16
            try:
                got = await self._look_at_main(min(max(missed, WINDOW_FEWEST), WINDOW_MOST))
                self._failures.pop(endpoint, None)
                heard = began if got else heard
            except NoData:
                await asyncio.sleep(self._status_interval)
            except RouteMissing:
                await self._emit(
                    ev.Notice(
                        time.time(),
                        "This server has no window capture: only the newest frames are seen, "
                        "the ones between are lost",
                    )
                )
                await self._poll_realtime()
            except BackendError as error:
                await self._suffer(endpoint, error)
            if not self._running:
                self._moved.clear()
            await self._sleep(self._interval, began)

    async def _look_at_main(self, count: int) -> bool:
        """Ask for windows until one fits; True when the last one did."""
        for look in range(1 + LOOKS):
            reply = await self._client.window(count)
            heard_at = time.monotonic()
            window = main_window(reply)
            if window is None:
                return False
            outcomes = self._main.feed(window, heard_at)
            await self._tell("main", outcomes, reply.unix)
            if not self._main.pending:
                return True
            if look == 0:
                count = WINDOW_MOST
        return False

    async def _poll_realtime(self) -> None:
        """Poll a server without window capture by the difference of its counter."""
        endpoint = "GET /data/realtime"
        while True:
            await self._moved.wait()
            began = time.monotonic()
            try:
                reply = await self._client.realtime(100)
                window = realtime_window(reply, self._main.last)
                if window is not None:
                    outcomes = self._main.feed(window, time.monotonic(), trusted=True)
                    await self._tell("main", outcomes, reply.unix)
                self._failures.pop(endpoint, None)
            except ServerFault:
                self._moved.clear()  # not running (contract section 3, row 3); /status confirms
            except BackendError as error:
                await self._suffer(endpoint, error)
            await self._sleep(self._interval, began)

    # --- ROI samples ------------------------------------------------------------------------

    async def _poll_roi(self) -> None:
        endpoint = "GET /data/roi-window-capture"
        heard: float | None = None
        step = 0.5
        while True:
            await self._moved.wait()
            await self._main_ready.wait()
            began = time.monotonic()
            missed = ROI_MOST if heard is None else math.ceil((began - heard) / step * 1.5) + 8
            wait = min(max(step / 2, 0.1), 1.0)
            try:
                window = await self._look_at_roi(min(max(missed, ROI_FEWEST), ROI_MOST))
                self._failures.pop(endpoint, None)
                if window is not None:
                    heard = began
                    if len(window.t) > 1:
                        step = max(float(np.median(np.diff(window.t[-9:]))), 0.02)
            except NoData:
                wait = 1.0
            except RouteMissing:
                await asyncio.Event().wait()
            except BackendError as error:
                await self._suffer(endpoint, error)
            await self._sleep(wait, began)

    async def _look_at_roi(self, count: int) -> Window | None:
        window = None
        for _ in range(1 + LOOKS):
            reply = await self._client.roi_window(count)
            window = roi_window(reply)
            if window is None:
                return None
            # The sample taken at frame k feeds frame k + 1 (contract section 6).
            newest = reply.main_frame_range[1]
            ends_at = self._main.time_of(newest + 1) or self._main.time_of(newest)
            outcomes = self._roi.feed(window, time.monotonic(), ends_at=ends_at)
            await self._tell("roi", outcomes, math.nan)
            if not self._roi.pending:
                break
        return window

    # --- pictures ---------------------------------------------------------------------------

    async def _poll_pictures(self) -> None:
        """Fetch pictures at the rate wanted, and now and then to see whether they are real."""
        endpoint = "GET /data/dual-realtime"
        while True:
            wait = 1 / self.picture_rate if self.picture_rate > 0 else CHECK_INTERVAL
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._look_at_pictures.wait()
            self._look_at_pictures.clear()
            if not self._running:
                continue
            try:
                reply = await self._client.dual_realtime(1)
            except RouteMissing:
                await asyncio.Event().wait()
            except ServerFault:
                continue  # not running any more (contract section 12, point 3); /status tells
            except BackendError as error:
                await self._suffer(endpoint, error)
            else:
                self._failures.pop(endpoint, None)
                roi1 = _image(reply.dual_roi_data.roi1_data)
                roi2 = _image(reply.dual_roi_data.roi2_data)
                self._words_say_simulated = words_mean_simulated(roi1, roi2)
                await self._emit(ev.PictureSeen(time.time(), self.epoch, roi1, roi2))

    def want_pictures(self, rate: float) -> None:
        """Fetch pictures at `rate` per second from now on."""
        faster = rate > self.picture_rate
        self.picture_rate = rate
        if faster:
            self._look_at_pictures.set()

    # --- shared -----------------------------------------------------------------------------

    async def _tell(
        self, channel: ev.Channel, outcomes: list[Fresh | Missing | AnotherProcess], unix: float
    ) -> None:
        """Emit what a window brought."""
        stitcher = self._main if channel == "main" else self._roi
        for outcome in outcomes:
            match outcome:
                case AnotherProcess():
                    await self._restart(self._roi if channel == "main" else self._main)
                case Missing(first, last):
                    await self._emit(ev.Gap(channel, self.epoch, first, last))
                case Fresh(numbers, t, values):
                    simulated = self._words_say_simulated
                    if channel == "main":
                        self._main_ready.set()
                        recent = stitcher.recent(max(FEWEST + 4, min(len(values), 90)))
                        simulated = simulated or is_server_sine(recent)
                        if self._running:
                            self._utc.see(unix - float(t[-1]))
                    else:
                        simulated = False
                    await self._emit(
                        ev.Samples(
                            channel, self.epoch, numbers, t, values, simulated, self._utc.value
                        )
                    )

    async def _suffer(self, endpoint: str, error: BackendError) -> None:
        """Count an unusable reply; raise the error when it is one too many."""
        if isinstance(error, LinkError):
            raise error
        self._failures[endpoint] = self._failures.get(endpoint, 0) + 1
        now = time.monotonic()
        key = endpoint, error.kind
        if now - self._reported.get(key, -math.inf) >= TROUBLE_INTERVAL:
            self._reported[key] = now
            fault = ev.Fault(error.kind, error.text)
            await self._emit(ev.Trouble(time.time(), endpoint, fault))
        if self._failures[endpoint] >= TOLERATED:
            raise error

    async def _sleep(self, interval: float, began: float) -> None:
        """Sleep out the rest of an interval, or less when somebody wants news at once."""
        left = began + interval - time.monotonic()
        if left <= 0:
            await asyncio.sleep(0)
        elif left < 0.2:
            await asyncio.sleep(left)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.nudge.wait()
            self.nudge.clear()


def _image(data: RoiData) -> ev.RoiImage:
    picture = data.picture
    return ev.RoiImage(picture.png, picture.word, data.gray_value, data.width, data.height)
