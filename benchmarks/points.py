"""What many samples in view cost: the whole program without polling, and one drawing.

``python -m benchmarks --only points``
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from benchmarks.dashboard import environment
from benchmarks.terminal import Terminal
from nhem_tui.plot.model import Size
from nhem_tui.stream import events as ev
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui.curve import Curve, Overlay
from nhem_tui.tui.view import View

COUNTS = (1_000, 10_000, 100_000)
RATE, BATCH = 45.0, 4


def program(count: int, seconds: float) -> tuple[float, float]:
    """CPU of one core in per cent, and frames a second, with `count` samples in view."""
    command = [sys.executable, "-m", "benchmarks.peers.points_app", str(count)]
    terminal = Terminal(command, width=200, height=50, environ=environment())
    terminal.run_for(5.0)
    reading = terminal.measure(seconds)
    terminal.close(b"q")
    return reading.cpu_percent, reading.frame_rate


def drawing(count: int) -> float:
    """Seconds of one drawing of `count` samples after `BATCH` new ones came, the median."""
    buffer, random = SampleBuffer(100_000), np.random.default_rng(1)

    def append(start: int, stop: int) -> None:
        numbers = np.arange(start, stop) + 1
        values = 100 + 8 * np.sin(numbers / RATE / 3) + random.normal(0, 2.0, numbers.size)
        buffer.append(ev.Samples("main", 1, numbers, numbers / RATE, values, False, 0.0))

    append(0, count)
    curve, window, view, took = Curve(buffer, pause=0.5), count / RATE, View(), []
    for step in range(200):
        append(count + BATCH * step, count + BATCH * (step + 1))
        began = time.thread_time()
        curve.draw(view, window, Size(150, 28), Overlay(), buffer.newest or 0.0, now=float(step))
        took.append(time.thread_time() - began)
    return statistics.median(took)


def measured(seconds: float = 10.0) -> list[str]:
    """Every count, as a Markdown table."""
    rows = [
        "| samples in view | CPU of one core, no polling | frames/s | one drawing | ratio |",
        "|---:|---:|---:|---:|---:|",
    ]
    first = drawing(COUNTS[0])
    for count in COUNTS:
        cpu, frames = program(count, seconds)
        took = drawing(count)
        rows.append(
            f"| {count:,} | {cpu:.1f} % | {frames:.1f} | {1000 * took:.2f} ms "
            f"| {took / first:.1f} |"
        )
    return rows
