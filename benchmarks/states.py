"""What the program takes where little or nothing has to be painted.

``python -m benchmarks --only states``
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.dashboard import Contestant, environment, server
from benchmarks.terminal import Reading, Terminal


@dataclass(frozen=True, slots=True)
class State:
    """How to get the program there.

    Attributes:
        name: of the row.
        keys: pressed one after the other, a second apart.
    """

    name: str
    keys: tuple[bytes, ...]


STATES = (
    State("running", ()),
    State("running, one line (`z`, 29×3)", ()),
    State("running, another screen on top", (b"l",)),
    State("running, display frozen", (b" ",)),
    State("detection stopped", (b"x", b"y")),
)
SMALL = (29, 3)


def look(url: str, state: State, seconds: float) -> Reading:
    """Bring the program there and measure it."""
    width, height = SMALL if "29×3" in state.name else (200, 50)
    contestant = Contestant("", "nhem_tui", ("--fps", "20", "--url", "{url}"))
    terminal = Terminal(contestant.command(url), width=width, height=height, environ=environment())
    terminal.run_for(4.0)
    for key in state.keys:
        terminal.send(key)
        terminal.run_for(1.0)
    terminal.run_for(4.0)
    reading = terminal.measure(seconds)
    terminal.close(b"q" if b"l" not in state.keys else b"\x1bq")
    return reading


def measured(seconds: float = 10.0) -> list[str]:
    """Every state, as a Markdown table."""
    rows = ["| 200×50, 20 frames/s | CPU of one core | frames/s | kB/s |", "|---|---:|---:|---:|"]
    with server() as url:
        for state in STATES:
            reading = look(url, state, seconds)
            rows.append(
                f"| {state.name} | {reading.cpu_percent:.1f} % | {reading.frame_rate:.1f} "
                f"| {reading.bytes_per_second / 1000:.1f} |"
            )
    return rows
