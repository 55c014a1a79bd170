"""A live source on a simulated server over real sockets, whose frames follow a hand-set clock."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream.poller import LiveSource
from nhem_tui.stream.polling.roi import INTERVAL as ROI_INTERVAL
from tests.simulator.support import PASSWORD, Clock

E = TypeVar("E")

PATIENCE = 8.0
"""Seconds to wait for what must come."""

UNDISTURBED = {"Connected", "Parameters", "StatusSeen", "Samples", "PictureSeen"}
"""Kinds of events while nothing goes wrong."""

STATUS_INTERVAL = 0.02
"""Seconds between looks at the state."""

STEP = 0.05
"""Server seconds between two moments at which a test lets the source catch up."""


@dataclass
class Listener:
    """Reads a source and keeps what it tells."""

    source: LiveSource
    events: list[ev.Event] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _given: int = 0

    async def read(self) -> None:
        async with contextlib.aclosing(self.source.events()) as events:
            async for event in events:
                self.events.append(event)
                self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has become true because of what was told."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def next(self, kind: type[E]) -> E:
        """Wait for the next event of a kind after the one that this gave last."""
        found: list[E] = []

        def told() -> bool:
            while not found and self._given < len(self.events):
                event = self.events[self._given]
                self._given += 1
                if isinstance(event, kind):
                    found.append(event)
            return bool(found)

        await self.until(told)
        return found[0]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def samples(self, channel: ev.Channel = "main") -> list[ev.Samples]:
        return [event for event in self.all(ev.Samples) if event.channel == channel]

    def gaps(self, channel: ev.Channel = "main") -> list[tuple[int, int, int]]:
        """Epoch, first and last of each gap."""
        gaps = [gap for gap in self.all(ev.Gap) if gap.channel == channel]
        return [(gap.epoch, gap.first, gap.last) for gap in gaps]

    def newest(self, channel: ev.Channel = "main") -> tuple[int, int]:
        """Epoch and number of the newest sample told."""
        told = self.samples(channel)
        return (told[-1].epoch, int(told[-1].numbers[-1])) if told else (0, 0)

    def numbers(self, channel: ev.Channel = "main") -> list[tuple[int, int]]:
        """Epoch and number of each sample, in the order in which they were told."""
        return [(s.epoch, int(n)) for s in self.samples(channel) for n in s.numbers]

    def kinds(self) -> Counter[str]:
        return Counter(type(event).__name__ for event in self.events)


@dataclass
class Live:
    """A simulator, its clock, a client and the listener to a source on it.

    Attributes:
        requests: how often each endpoint was asked, by method and path.
        failed: likewise, those that brought an error.
    """

    simulator: Simulator
    clock: Clock
    client: BackendClient
    listener: Listener
    requests: Counter[str]
    failed: Counter[str]

    @property
    def source(self) -> LiveSource:
        return self.listener.source

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Read the source as long as the block lasts; a fault of it fails the test."""
        reading = asyncio.create_task(self.listener.read())
        yield
        if reading.done():
            reading.result()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    @property
    def frames(self) -> int:
        """How many frames the server process has made."""
        return self.simulator.backend.engine.frame_count

    def go_on(self, seconds: float) -> None:
        """Let the server make frames; nobody is given time to look."""
        self.clock.go_on(seconds)
        self.simulator.backend.engine.advance(self.clock())

    async def caught_up(self, epoch: int = 1) -> None:
        """Wait until the newest frame that the server has made is told."""
        frames = self.frames
        await self.listener.until(lambda: self.listener.newest() == (epoch, frames))

    async def roi_caught_up(self, epoch: int = 1) -> None:
        """Wait until the newest ROI sample that the server has taken is told."""
        samples = self.simulator.backend.engine.sample_count
        await self.listener.until(lambda: self.listener.newest("roi") == (epoch, samples))

    async def play(self, seconds: float, epoch: int = 1) -> None:
        """Let the server make frames and the source follow step by step."""
        for _ in range(round(seconds / STEP)):
            self.go_on(STEP)
            await self.caught_up(epoch)

    async def asked(self, endpoint: str, times: int = 1) -> None:
        """Wait until an endpoint was asked so many times more."""
        wanted = self.requests[endpoint] + times
        async with asyncio.timeout(PATIENCE):
            while self.requests[endpoint] < wanted:  # noqa: ASYNC110 - requests set no event
                await asyncio.sleep(0.002)

    async def idle(self) -> None:
        """Wait until a stopped server is asked for nothing but its state.

        Every other loop looks once more after the state has said so, in its own time.
        """
        await self.listener.until(lambda: self.listener.all(ev.StatusSeen)[-1].state == "stopped")
        rounds = math.ceil(ROI_INTERVAL / STATUS_INTERVAL) + 3
        others = -1
        async with asyncio.timeout(PATIENCE):
            while others != (others := self.requests.total() - self.requests["GET /status"]):
                await self.asked("GET /status", rounds)

    async def quiet(self) -> None:
        """Wait until nothing is asked any more."""
        asked = -1
        async with asyncio.timeout(PATIENCE):
            while asked != self.requests.total():
                asked = self.requests.total()
                await asyncio.sleep(0.1)

    def check_alignment(self) -> None:
        """Check that ROI samples stand at the time of the frame that first shows them."""
        frames = {
            (s.epoch, n): t
            for s in self.listener.samples()
            for n, t in zip(s.numbers, s.t, strict=True)
        }
        fed = {(s.process, s.number): s.main_frame + 1 for s in self.simulator.truth.samples}
        compared = 0
        for told in self.listener.samples("roi"):
            for number, t in zip(told.numbers, told.t, strict=True):
                frame = told.epoch, fed[told.epoch, number]
                if frame in frames:
                    assert t == pytest.approx(frames[frame], abs=1e-6)
                    compared += 1
        assert compared

    def check(self, wild: float | None = None) -> None:
        """Compare everything told with what the server really made.

        Args:
            wild: a value that may stand in place of a true one.
        """
        truth = self.simulator.truth
        main = {(f.process, f.number): (f.time, f.value) for f in truth.frames}
        roi = {(s.process, s.number): (s.time, s.gray) for s in truth.samples}
        self._check_channel("main", main, wild)
        self._check_channel("roi", roi, wild)

    def _check_channel(
        self,
        channel: ev.Channel,
        made: Mapping[tuple[int, int], tuple[int, float]],
        wild: float | None,
    ) -> None:
        told = self.listener.numbers(channel)
        assert len(told) == len(set(told)), "a sample was told twice"
        t = [float(s) for event in self.listener.samples(channel) for s in event.t]
        values = [float(v) for event in self.listener.samples(channel) for v in event.values]
        for key, value in zip(told, values, strict=True):
            assert value in (made[key][1], wild), f"sample {key} was not measured so"
        assert t == sorted(t), "time ran backwards"
        for (before, t0), (after, t1) in pairwise(zip(told, t, strict=True)):
            if after == (before[0], before[1] + 1):
                true = (made[after][0] - made[before][0]) / 1e6
                assert t1 - t0 == pytest.approx(true, abs=2e-6), "not the server's own spacing"
        lost = {
            (epoch, n)
            for epoch, first, last in self.listener.gaps(channel)
            for n in range(first, last + 1)
        }
        assert not lost & set(told), "a sample was told and called lost"
        begun = {event.epoch for event in self.listener.all(ev.Restarted)}
        for epoch in {key[0] for key in told}:
            numbers = [n for e, n in {*told, *lost} if e == epoch]
            assert len(numbers) == max(numbers) - min(numbers) + 1, "a silent gap"
            assert epoch not in begun or min(numbers) == 1, "a new process did something unseen"


@contextlib.asynccontextmanager
async def live(
    *,
    running: bool = True,
    roi: bool = True,
    seed: int = 1,
    buffer_size: int = 100,
    timeout: float = 5.0,  # noqa: ASYNC109 - of the client
    listen: bool = True,
) -> AsyncIterator[Live]:
    """Run a simulator and a source on it."""
    clock = Clock()
    options = SimulatorOptions(
        port=0, running=running, roi_configured=roi, seed=seed, buffer_size=buffer_size
    )
    async with Simulator(options, clock=clock) as simulator:
        requests: Counter[str] = Counter()
        failed: Counter[str] = Counter()

        def count(endpoint: str, seconds: float, error: BackendError | None) -> None:
            requests[endpoint] += 1
            failed[endpoint] += error is not None

        async with BackendClient(simulator.url, PASSWORD, timeout=timeout, observe=count) as client:
            source = LiveSource(
                client, interval=0.005, status_interval=STATUS_INTERVAL, rng=random.Random(1)
            )
            listener = Listener(source)
            bench = Live(simulator, clock, client, listener, requests, failed)
            async with bench.listening() if listen else contextlib.nullcontext():
                yield bench


async def lost(bench: Live) -> ev.ConnectionLost:
    """Wait until the source waits for its next try."""
    loss = await bench.listener.next(ev.ConnectionLost)
    await bench.listener.next(ev.Retrying)
    return loss


async def back(bench: Live, epoch: int = 1) -> None:
    """Let the source try now and wait until it is connected and up to date."""
    bench.source.retry_now()
    await bench.listener.next(ev.ConnectionRestored)
    await bench.caught_up(epoch)
