"""Does a minute of watching lose or repeat a frame? ``python -m benchmarks.zero_loss``.

A simulated server runs as a process of its own at 45 frames a second and is watched through the
same `LiveSource` as the dashboard uses. Frames and ROI samples are counted by their numbers. When a
frame was made is known to within the shortest delay of the run (contract section 5).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
import time
from collections import Counter

from nhem_tui.backend.client import BackendClient
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.stream import events as ev
from nhem_tui.stream.poller import LiveSource

SETTLED = 45
"""Frames left out of the delays: the first were made before anybody looked."""


class Tally:
    """Counts what a source tells."""

    def __init__(self) -> None:
        self.numbers: dict[str, Counter[tuple[int, int]]] = {"main": Counter(), "roi": Counter()}
        self.ages: list[float] = []
        self.latencies: list[float] = []
        self.others: Counter[str] = Counter()

    def take(self, event: ev.Event) -> None:
        match event:
            case ev.Samples():
                self.numbers[event.channel].update((event.epoch, int(n)) for n in event.numbers)
                if event.channel == "main":
                    now = time.time()
                    self.ages += [now - event.utc - float(t) for t in event.t]
            case ev.StatusSeen():
                self.latencies.append(event.latency)
            case ev.Connected() | ev.PictureSeen() | ev.Parameters():
                pass
            case _:
                self.others[type(event).__name__] += 1

    def missing(self, channel: str) -> int:
        """Numbers between the first and the last that were never told."""
        numbers = [number for _, number in self.numbers[channel]]
        return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0

    def repeated(self, channel: str) -> int:
        told = self.numbers[channel]
        return told.total() - len(told)

    def lines(self, seconds: float) -> list[str]:
        """One line for each figure."""
        rows = []
        for channel, told in self.numbers.items():
            rows.append(
                f"{channel:5} {told.total():6} received ({told.total() / seconds:.1f}/s), "
                f"{self.repeated(channel)} repeated, {self.missing(channel)} missing"
            )
        rows.append(f"frame made to frame told {_milliseconds(self.ages[SETTLED:])}")
        rows.append(f"/status {_milliseconds(self.latencies)}")
        rows.append(f"other events {dict(self.others) or 'none'}")
        return rows


def _milliseconds(seconds: list[float]) -> str:
    if not seconds:
        return "unknown"
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return (
        f"median {1e3 * statistics.median(ordered):.1f} ms, 95 % within {1e3 * p95:.1f} ms, "
        f"longest {1e3 * ordered[-1]:.1f} ms"
    )


async def watch(url: str, seconds: float, interval: float) -> Tally:
    tally = Tally()
    async with BackendClient(url, "") as client:
        source = LiveSource(client, interval=interval)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), contextlib.aclosing(source.events()) as events:
                async for event in events:
                    tally.take(event)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="zero_loss", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to watch")
    parser.add_argument("--interval", type=float, default=0.05, help="seconds between polls")
    args = parser.parse_args()
    with simulator("--fps", "45") as server:
        used = time.process_time()
        tally = asyncio.run(watch(server.url(), args.seconds, args.interval))
        used = time.process_time() - used
    print(f"{args.seconds:g} s at 45 frames a second, a poll every {1e3 * args.interval:g} ms")
    for line in tally.lines(args.seconds):
        print(line)
    print(f"processor time {100 * used / args.seconds:.1f} % of one core")
    flaws = sum(tally.missing(channel) + tally.repeated(channel) for channel in tally.numbers)
    return 0 if tally.ages and not flaws and not tally.others else 1


if __name__ == "__main__":
    sys.exit(main())
