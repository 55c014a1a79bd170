"""How soon the program is back after each fault: ``python -m benchmarks --only faults``.

The rows are those of the tests (`tests.faults.matrix`): what is seen is asserted there, sample by
sample against what the server made. Here the server runs by the clock, each fault lasts two
seconds, nobody presses ``r``, and the time counts from its end to the next frame.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

from nhem_tui.backend.client import BackendClient
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream.poller import LiveSource
from tests.faults.matrix import FAULTS, MACHINE, Fault

LASTS = 2.0
PATIENCE = 20.0
TIMEOUT = 1.0
"""Seconds for a request; 5 as shipped."""


class Watched:
    """A source on a simulator that runs by the clock; stands in for `tests.stream.live.Live`."""

    def __init__(self, simulator: Simulator, client: BackendClient) -> None:
        self.simulator = simulator
        self.client = client
        self.listener = self
        self.events: list[ev.Event] = []
        self.healed = 0.0
        self.frames: list[float] = []
        clear = simulator.faults.clear

        def heal(name: str | None = None) -> None:
            clear(name)
            self.healed = time.monotonic()

        simulator.faults.clear = heal  # type: ignore[method-assign]
        self.source = LiveSource(client, interval=0.1)

    async def read(self) -> None:
        async for event in self.source.events():
            self.events.append(event)
            if isinstance(event, ev.Samples) and event.channel == "main":
                self.frames.append(time.monotonic())

    def go_on(self, seconds: float) -> None:
        """The clock does."""

    async def play(self, seconds: float, epoch: int = 1) -> None:
        await asyncio.sleep(seconds)

    async def next(self, kind: type[ev.Event]) -> None:
        """Wait for an event of a kind."""
        while not any(isinstance(e, kind) for e in self.events):  # noqa: ASYNC110 - a measurement
            await asyncio.sleep(0.01)

    async def idle(self) -> None:
        await asyncio.sleep(1.0)


async def recovery(row: Fault) -> float:
    """Seconds from the end of a fault to the next frame."""
    options = SimulatorOptions(port=0, running=True)
    async with Simulator(options) as simulator, BackendClient(
        simulator.url, options.password, timeout=TIMEOUT
    ) as client:  # fmt: skip
        bench = Watched(simulator, client)
        reading = asyncio.create_task(bench.read())
        await asyncio.sleep(1.0)
        with contextlib.suppress(Exception):
            await row.begin(bench)  # type: ignore[arg-type]
        await asyncio.sleep(LASTS)
        if row.end.__name__ in ("back_again", "over", "stay"):
            simulator.faults.clear()
        else:
            bench.healed = time.monotonic()
            await row.end(bench)  # type: ignore[arg-type]
        async with asyncio.timeout(PATIENCE):
            while bench.frames[-1] <= bench.healed:  # noqa: ASYNC110 - a measurement
                await asyncio.sleep(0.005)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return next(at for at in bench.frames if at > bench.healed) - bench.healed


def measured() -> list[str]:
    """Every row, as a Markdown table."""
    rows = ["| Fault | What is seen | What is kept | Back after |", "|---|---|---|---:|"]
    rows.append("| **The server** | | | |")
    for row in FAULTS:
        took = asyncio.run(recovery(row))
        rows.append(f"| {row.name} | {', '.join(row.seen)} | {row.kept} | {took:.1f} s |")
    rows.append("| **This side** | | | |")
    rows += [f"| {row.name} | {row.seen} | {row.kept} | |" for row in MACHINE]
    return rows
