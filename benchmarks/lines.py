"""How soon a key is answered on a slow line, beside other terminal charts.

``python -m benchmarks --only lines``

Every contestant runs in a pseudo-terminal behind a line that takes everything at once, as SSH
does, and hands it on at so many bytes a second. ``space`` is pressed now and then; the time counts
until the word FROZEN is seen. What waits in the line is what the screen is behind.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from benchmarks.dashboard import CONTESTANTS, Contestant, environment, server
from benchmarks.slow import Line, SlowTerminal

LINES = (
    ("100 kB/s", Line(100e3, 0.0)),
    ("100 kB/s, 200 ms", Line(100e3, 0.2)),
    ("30 kB/s", Line(30e3, 0.0)),
    ("30 kB/s, 200 ms", Line(30e3, 0.2)),
)
COMPARED = ("nhem-tui, braille", "nhem-tui, braille, sweep", "textual-plot", "textual-plotext")
PATIENCE = 20.0
"""Seconds until a key counts as never answered."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one contestant did on one line.

    Attributes:
        latencies: seconds from each key to its answer.
        frame_rate: frames shown a second.
        behind: seconds of output in the line, at most.
    """

    latencies: list[float]
    frame_rate: float
    behind: float

    @property
    def median(self) -> float:
        """Seconds, infinite when no key was answered in time."""
        return statistics.median(self.latencies) if self.latencies else float("inf")


def run(contestant: Contestant, url: str, line: Line, size: tuple[int, int], keys: int) -> Result:
    """Press ``space`` so many times."""
    environ = environment() | {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
    command = [word for word in contestant.command(url) if word not in ("--fps", "20")]
    terminal = SlowTerminal(command, line, width=size[0], height=size[1], environ=environ)
    try:
        terminal.run_for(8.0)
        if contestant.keys:
            terminal.type(contestant.keys)
        frames, behind, latencies = 0, 0, []
        for _ in range(keys):
            frames -= terminal.frames
            for _ in range(20):
                terminal.run_for(0.1)
                behind = max(behind, terminal.waiting)
            frames += terminal.frames
            terminal.type(b" ")
            try:
                latencies.append(terminal.wait_for(b"FROZEN", PATIENCE))
            except TimeoutError:
                break
            terminal.type(b" ")
        return Result(latencies, frames / (2.0 * max(1, keys)), behind / line.rate)
    finally:
        terminal.close(b"q")


def measured(size: tuple[int, int] = (200, 50), keys: int = 15) -> list[str]:
    """All contestants on all lines, as a Markdown table."""
    rows = ["| | " + " | ".join(name for name, _ in LINES) + " |", "|---|" + "---:|" * len(LINES)]
    with server() as url:
        for contestant in CONTESTANTS:
            if contestant.name in COMPARED:
                cells = [_cell(run(contestant, url, line, size, keys)) for _, line in LINES]
                rows.append(f"| {contestant.name} | " + " | ".join(cells) + " |")
    return rows


def _cell(result: Result) -> str:
    if not result.latencies:
        return f"over {PATIENCE:g} s"
    return f"{result.median:.2f} s, {result.behind:.1f} s behind"
