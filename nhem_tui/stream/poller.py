"""The live source: a connection that is up, lost, tried again, restored."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.stream import events as ev
from nhem_tui.stream.backoff import Backoff
from nhem_tui.stream.loops import Loops
from nhem_tui.stream.waiting import wait_at_most

QUEUED: Final = 256
"""Events that may wait for a slow reader; then polling waits too, so that nothing is dropped."""

STABLE: Final = 2.0
"""Seconds a connection must last before the next loss is retried as quickly as the first."""


class LiveSource:
    """Polls a server and yields its events; implements `Source`."""

    def __init__(
        self,
        client: BackendClient,
        *,
        interval: float = 0.05,
        status_interval: float = 0.5,
        rng: random.Random | None = None,
    ) -> None:
        """Prepare; nothing is sent before `events` is iterated.

        Args:
            client: of the server; closed by whoever opened it.
            interval: seconds between looks at the main signal while detection runs.
            status_interval: seconds between looks at the state.
            rng: for the jitter of retries.
        """
        self._client = client
        self._queue: asyncio.Queue[ev.Event | Exception] = asyncio.Queue()
        self._room = asyncio.Event()
        self._room.set()
        self._loops = Loops(
            client, self._emit, self._room, interval=interval, status_interval=status_interval
        )
        self._backoff = Backoff(rng or random.Random())  # noqa: S311 - jitter, no secret
        self._try_now = asyncio.Event()

    @property
    def label(self) -> str:
        """The server's address without scheme and credentials."""
        return self._client.url.partition("://")[2]

    def retry_now(self) -> None:
        """Try the server now instead of waiting; look at its state now when it is up."""
        self._try_now.set()
        self._loops.look_now()

    def look_every(self, seconds: float) -> None:
        """Look at the main signal at another interval from now on."""
        self._loops.look_every(seconds)

    def want_pictures(self, rate: float) -> None:
        """Ask for ROI pictures at `rate` per second; 0 for none."""
        self._loops.want_pictures(rate)

    async def events(self) -> AsyncGenerator[ev.Event, None]:
        """Yield events until closed.

        Raises:
            Exception: a fault of this program inside the polling, never one of the server.
        """
        task = asyncio.create_task(self._run(), name="live source")
        try:
            while True:
                event = await self._queue.get()
                if self._queue.qsize() < QUEUED:
                    self._room.set()
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _emit(self, event: ev.Event | Exception) -> None:
        """Queue an event; whoever is about to poll waits for `_room` first."""
        self._queue.put_nowait(event)
        if self._queue.qsize() >= QUEUED:
            self._room.clear()

    async def _run(self) -> None:
        try:
            await self._keep_connected()
        except Exception as error:  # noqa: BLE001 - handed to the reader, who raises it
            self._emit(error)

    async def _keep_connected(self) -> None:
        known = False
        lost_at: float | None = None
        while True:
            await self._room.wait()
            try:
                await self._client.status(lenient=True)
            except BackendError as error:
                if lost_at is None:
                    lost_at = self._lose(error, reached=known)
                await self._wait(error)
                continue
            if not known:
                known = True
                self._emit(await self._greeting())
            elif lost_at is not None:
                self._emit(ev.ConnectionRestored(time.time(), time.monotonic() - lost_at))
            began = time.monotonic()
            fatal = await self._loops.run()
            self._try_now.clear()  # it was not for this loss
            if time.monotonic() - began > STABLE:
                self._backoff.reset()
            lost_at = self._lose(fatal, reached=True)
            await self._wait(fatal)

    async def _greeting(self) -> ev.Connected:
        """The first event; a server without a version is greeted all the same."""
        version = ""
        with suppress(BackendError):
            version = (await self._client.health()).version
        return ev.Connected(time.time(), self._client.url, version)

    def _lose(self, error: BackendError, *, reached: bool) -> float:
        """Announce a loss; return its monotonic time."""
        fault = ev.Fault(error.kind, error.text)
        self._emit(ev.ConnectionLost(time.time(), fault, reached))
        return time.monotonic()

    async def _wait(self, error: BackendError) -> None:
        """Announce the next try and wait for it, or for `retry_now` since the last one began."""
        delay = self._backoff.next()
        attempt = self._backoff.attempt
        fault = ev.Fault(error.kind, error.text)
        self._emit(ev.Retrying(time.time(), attempt, delay, fault))
        await wait_at_most(self._try_now, delay)
        self._try_now.clear()
        self._emit(ev.Trying(time.time(), attempt))
