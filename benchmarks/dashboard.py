"""What a live dashboard costs, beside other terminal charts in the same run.

``python -m benchmarks --only costs``

One simulated server with 100 frames and about 20 ROI samples a second feeds every contestant in
turn, so that both charts hold 1,000 points: 10 s of the main signal, 50 s of ROI gray values.
Processor time counts the whole program: polling, decoding, drawing, writing. A key is answered
when the word FROZEN has come.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.terminal import SYNC_BEGIN, Reading, Terminal
from nhem_tui.backend.client import BackendClient
from nhem_tui.cli.simulator_process import simulator

FRAMES, ROI_RATE = "100", 20
FILLED = 28.0
"""Seconds until a chart of 50 s is full: a server hands out 500 ROI samples at once."""

KEYS, PATIENCE = 5, 5.0
"""Keys that are timed, and seconds that each is waited for."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program to run on the server's address, and the keys typed before it is measured."""

    name: str
    module: str
    arguments: tuple[str, ...]
    keys: bytes = b""

    def command(self, url: str) -> list[str]:
        """What to run."""
        return [
            sys.executable, "-m", self.module, *(word.format(url=url) for word in self.arguments),
        ]  # fmt: skip


FLOOR = Contestant("floor: 45 lines of Textual", "benchmarks.peers.floor_app", ("{url}",))

CONTESTANTS = (
    Contestant("nhem-tui, braille", "nhem_tui", ("--fps", "20", "--url", "{url}")),
    Contestant("nhem-tui, braille, sweep", "nhem_tui", ("--fps", "20", "--url", "{url}"), b"m"),
    Contestant("nhem-tui, braille, 60/s", "nhem_tui", ("--fps", "60", "--url", "{url}")),
    Contestant("nhem-tui, plotext", "nhem_tui", ("--fps", "20", "--url", "{url}"), b"v"),
    Contestant("textual-plot", "benchmarks.peers.plot_app", ("{url}",)),
    Contestant("textual-plotext", "benchmarks.peers.plotext_app", ("{url}",)),
    FLOOR,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one contestant needed."""

    name: str
    reading: Reading
    first_frame: float
    key: float
    quit_after: float
    exit_code: int | None


def run(contestant: Contestant, url: str, size: tuple[int, int], seconds: float) -> Result:
    """Run one contestant, wait until its charts are full, measure it, leave it."""
    terminal = Terminal(
        contestant.command(url), width=size[0], height=size[1], environ=environment()
    )
    first_frame = terminal.run_until(lambda seen: SYNC_BEGIN in seen, 20)
    terminal.run_for(2.0)
    if contestant.keys:
        terminal.send(contestant.keys)
    terminal.run_for(FILLED)
    reading = terminal.measure(seconds)
    key = statistics.median(_answer(terminal) for _ in range(KEYS))
    code, quit_after = terminal.close()
    return Result(contestant.name, reading, first_frame, key, quit_after, code)


def _answer(terminal: Terminal) -> float:
    """Seconds from a key to its answer."""
    began, seen = time.perf_counter(), b""
    terminal.send(b" ")
    while b"FROZEN" not in seen and time.perf_counter() - began < PATIENCE:
        seen += terminal.read(0.002)
    took = time.perf_counter() - began
    terminal.run_for(0.5)
    terminal.send(b" ")
    terminal.run_for(0.5)
    return took


def environment() -> dict[str, str]:
    """That of a terminal with all colours, not through SSH."""
    foreign = ("NO_COLOR", "SSH_CONNECTION", "TMUX", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@contextmanager
def server() -> Iterator[str]:
    """A simulated server that samples its ROI fast enough."""
    with simulator("--fps", FRAMES) as process:
        url = process.url()
        asyncio.run(sample_often(url))
        time.sleep(FILLED)  # the first contestant finds as long a history as the last
        yield url


async def sample_often(url: str) -> None:
    """Have a simulated server look at its ROI `ROI_RATE` times a second."""
    async with BackendClient(url, "31415") as client:
        await client.set_roi_frame_rate(ROI_RATE)


def table(results: list[Result]) -> list[str]:
    """The results as a Markdown table; ratios are to the first row."""
    first = results[0].reading
    lines = [
        "| | CPU of one core | ratio | frames/s | kB/frame | kB/s | a key | first frame | memory "
        "| quits after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        reading = result.reading
        lines.append(
            f"| {result.name} | {reading.cpu_percent:.1f} % "
            f"| {reading.cpu_percent / first.cpu_percent:.1f} | {reading.frame_rate:.1f} "
            f"| {reading.bytes_per_frame / 1000:.1f} | {reading.bytes_per_second / 1000:.0f} "
            f"| {1000 * result.key:.0f} ms | {result.first_frame:.2f} s "
            f"| {reading.rss / 1e6:.0f} MB | {result.quit_after:.2f} s |"
        )
    return lines


def measured(size: tuple[int, int] = (200, 50), seconds: float = 10.0, only: str = "") -> list[str]:
    """Run the contestants whose name holds `only`; the table."""
    chosen = [contestant for contestant in CONTESTANTS if only in contestant.name]
    with server() as url:
        return table([run(contestant, url, size, seconds) for contestant in chosen])
