"""From the command to the first frame and the first sample, beside an empty Textual app.

``python -m benchmarks --only start``
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

from benchmarks.dashboard import environment
from benchmarks.terminal import SYNC_BEGIN, Terminal
from nhem_tui.cli.simulator_process import simulator

SIZE = (120, 40)
LIBRARIES = ("numpy", "msgspec")
"""Those that are loaded before the first frame."""

FLOORS = {
    f"the same with {', '.join(LIBRARIES)}": LIBRARIES,
    "the same with the modules of nhem-tui": (*LIBRARIES, "nhem_tui.cli.entry", "nhem_tui.tui.run"),
    f"the same with {', '.join(LIBRARIES)}, httpx": (*LIBRARIES, "httpx"),
}
"""What an empty app may load besides; httpx is needed for the first sample only."""


def spoke(seen: bytes) -> bool:
    """The program says what it does."""
    return b"opening" in seen


def painted(seen: bytes) -> bool:
    """A frame has come."""
    return SYNC_BEGIN in seen


def curved(seen: bytes) -> bool:
    """A curve has come: braille dots."""
    return any(0x2800 < ord(char) <= 0x28FF for char in seen.decode("utf-8", "ignore"))


def took(command: list[str], *moments: Callable[[bytes], bool]) -> list[float]:
    """Seconds from the start of a program until each moment."""
    terminal = Terminal(
        [sys.executable, *command], width=SIZE[0], height=SIZE[1], environ=environment()
    )
    seen, times = bytearray(), []
    for moment in moments:

        def holds(new: bytes, moment: Callable[[bytes], bool] = moment) -> bool:
            return moment(bytes(seen) + new)

        times.append(terminal.run_until(holds, 20))
    terminal.close(b"\x11")  # ctrl+q leaves both
    return times


def measured(runs: int = 9) -> list[str]:
    """Medians of so many runs, taken in turn."""
    empty: list[float] = []
    loaded: dict[str, list[float]] = {name: [] for name in FLOORS}
    word: list[float] = []
    first: list[float] = []
    data: list[float] = []
    with simulator("--running") as process:
        url = process.url()
        for _ in range(runs):
            empty += took(["-m", "benchmarks.peers.empty_app"], painted)
            for name, modules in FLOORS.items():
                loaded[name] += took(["-m", "benchmarks.peers.empty_app", *modules], painted)
            said, frame, curve = took(["-m", "nhem_tui", "--url", url], spoke, painted, curved)
            word.append(said)
            first.append(frame)
            data.append(curve)
    least, said, frame, curve = map(statistics.median, (empty, word, first, data))
    floors = {name: statistics.median(times) for name, times in loaded.items()}
    return [
        "| | seconds | ratio |",
        "|---|---:|---:|",
        f"| empty Textual app, first frame | {least:.2f} | 1.0 |",
        *(f"| {name} | {floor:.2f} | {floor / least:.2f} |" for name, floor in floors.items()),
        f"| nhem-tui, first words | {said:.2f} | {said / least:.2f} |",
        f"| nhem-tui, first frame | {frame:.2f} | {frame / least:.2f} |",
        f"| nhem-tui, first samples drawn | {curve:.2f} | {curve / least:.2f} |",
    ]
