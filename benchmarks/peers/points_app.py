"""The dashboard on a source that has so many samples at once and then goes on live.

``python -m benchmarks.peers.points_app SAMPLES``: all of them are in view.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator

import msgspec
import numpy as np

from nhem_tui.config.schema import Settings
from nhem_tui.stream import events as ev
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Context

RATE = 45.0
STEP = 0.1
"""Seconds between two events, as between two polls."""


class ManySamples:
    """Tells a noisy curve of `count` samples, then goes on with the clock."""

    label = "many samples"

    def __init__(self, count: int) -> None:
        self._count = count
        self._random = np.random.default_rng(1)

    async def events(self) -> AsyncGenerator[ev.Event, None]:
        """Everything so far, then what is new."""
        now = time.time()
        yield ev.Connected(now, "http://localhost:8421", "1.0.0")
        yield ev.StatusSeen(now, 1, "running", self._count, 100.0, 100.0, False, 100, 0.002)
        began, told = time.monotonic() - self._count / RATE, 0
        while True:
            due = int((time.monotonic() - began) * RATE)
            for channel in ("main", "roi"):
                yield self._samples(channel, told, due)
            told = due
            await asyncio.sleep(STEP)

    def _samples(self, channel: ev.Channel, start: int, stop: int) -> ev.Samples:
        numbers = np.arange(start, stop) + 1
        t = numbers / RATE
        values = 100 + 8 * np.sin(t / 3) + self._random.normal(0, 2.0, numbers.size)
        return ev.Samples(channel, 1, numbers, t, values, False, 0.0)

    def retry_now(self) -> None:
        """Nothing to retry."""

    def want_pictures(self, rate: float) -> None:
        """There are none."""


def main() -> None:
    """Run it."""
    count = int(sys.argv[1])
    display = msgspec.structs.replace(
        Settings().display, buffer_size=100_000, window=max(1.0, min(count / RATE, 2400.0))
    )
    settings = msgspec.structs.replace(Settings(), display=display)
    NhemApp(Context(source=ManySamples(count), client=None, settings=settings)).run()


if __name__ == "__main__":
    main()
