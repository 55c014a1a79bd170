"""Does it stay as it is for weeks? ``python -m benchmarks --only soak``.

The first part runs the dashboard with a recording in a pseudo-terminal, on a server that is killed
and started anew a few times, and looks at it every few seconds. The program remembers the last
thousand peaks and lines, which take hours to come; there the threshold lies in the noise, so that
they have come, and the outages have been, before the slope is measured. Beside it runs the floor:
Textual with ready-made lines and the same polling. The second part feeds model, peaks and charts
with simulated days as fast as they go.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.dashboard import FLOOR, environment, sample_often
from benchmarks.terminal import Terminal
from nhem_tui.cli.simulator_process import SimulatorProcess, simulator
from nhem_tui.config.schema import Settings
from nhem_tui.plot.model import Size
from nhem_tui.recording.reader import Recording
from nhem_tui.stream import events as ev
from nhem_tui.tui.curve import Curve, Overlay
from nhem_tui.tui.monitor import Monitor
from nhem_tui.tui.process import read_usage
from nhem_tui.tui.view import View

LOOK = 5.0
"""Seconds between two looks."""

WARM = 3600.0
"""Seconds left out of the slope: what is bounded fills, and the outages pass."""

THRESHOLD = "95"
"""A gray level in the noise of the ROI samples: a peak about every other second."""

EVERY = 600.0
"""Seconds between two memories that are told."""

OUTAGES, OUTAGE, BETWEEN = 4, 20.0, 480.0
"""How often the server is gone, for how many seconds, and from one outage to the next."""

DAY = 86_400.0


@dataclass(slots=True)
class Looks:
    """What was seen of a process.

    Attributes:
        at: seconds since the start.
        memory: bytes resident.
        anonymous: those of them that are no part of a file (libraries, the recording's index).
        descriptors: open files.
        threads: how many.
    """

    at: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    anonymous: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def take(self, terminal: Terminal, at: float) -> None:
        """Look once."""
        process = Path(f"/proc/{terminal.pid}")
        self.at.append(at)
        self.memory.append(terminal.rss())
        self.anonymous.append(terminal.anonymous())
        self.descriptors.append(sum(1 for _ in (process / "fd").iterdir()))
        self.threads.append(sum(1 for _ in (process / "task").iterdir()))

    def steps(self, sizes: list[int]) -> str:
        """The memory every `EVERY` seconds, MB."""
        taken = zip(self.at, sizes, strict=True)
        by_step = {int(at // EVERY): size for at, size in reversed([*taken])}
        return ", ".join(f"{size / 1e6:.2f}" for _, size in sorted(by_step.items()))

    def slope(self, sizes: list[int]) -> float:
        """Bytes a day by which the memory grows, after the first minutes."""
        settled = [(t, size) for t, size in zip(self.at, sizes, strict=True) if t > WARM]
        if len(settled) < 3:
            return float("nan")
        t, size = np.array(settled, dtype=float).T
        return float(np.polyfit(t, size, 1)[0]) * DAY

    def told(self, name: str) -> list[str]:
        """The lines of the table: the memory, and by how much it grows."""
        after, lines = f"its slope after {WARM / 60:.0f} min", []
        for what, sizes in ((name, self.memory), ("of it not of files", self.anonymous)):
            lines += [
                f"| {what}, every {EVERY / 60:.0f} min, MB | {self.steps(sizes)} |",
                f"| {after} | {self.slope(sizes) / 1e6:+.2f} MB a day |",
            ]
        return lines


def real(minutes: float) -> list[str]:
    """Watch the program for so long."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server, url = _server(port, seed=1)
    looks, restarts = Looks(), 0
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(
            [sys.executable, "-m", "nhem_tui", "--url", url],
            width=120,
            height=40,
            environ=environment()
            | {"NHEM_EXPORT_DIRECTORY": folder, "HOME": folder}
            | {"NHEM_PEAK_DETECTION_PEAK_THRESHOLD": THRESHOLD},
        )
        terminal.run_for(5.0)
        terminal.send(b"R")
        began, cpu = time.monotonic(), terminal.cpu()
        floor, over = Looks(), threading.Event()
        beside = threading.Thread(target=_watch_floor, args=(floor, over), daemon=True)
        beside.start()
        while (at := time.monotonic() - began) < 60 * minutes:
            terminal.run_for(LOOK)
            looks.take(terminal, at)
            if restarts < OUTAGES and at > (restarts + 1) * BETWEEN:
                restarts += 1
                server.close()
                terminal.run_for(OUTAGE)
                server, _ = _server(port, seed=restarts + 1)
        lasted = time.monotonic() - began
        cpu = terminal.cpu() - cpu
        over.set()
        beside.join()
        terminal.send(b"q")
        terminal.run_for(0.5)
        code, _ = terminal.close(b"y", timeout=10)
        server.close()
        (path,) = Path(folder).glob("*.nhem")
        frames, missing, epochs = _recorded(path)
        size = path.stat().st_size
    return [
        "| | |",
        "|---|---:|",
        f"| watched, with a recording | {lasted / 60:.0f} min |",
        f"| server killed and started anew | {restarts} times, {OUTAGE:g} s each, "
        f"all in the first {restarts * BETWEEN / 60 + 1:.0f} min |",
        f"| frames recorded, of server processes | {frames:,}, {epochs} |",
        f"| frames missing between those recorded | {missing} |",
        f"| recording | {size / 1e6:.1f} MB |",
        f"| CPU of one core | {100 * cpu / lasted:.1f} % |",
        *looks.told("memory"),
        *floor.told(f"{FLOOR.name}, memory"),
        f"| open files, threads | {_spread(looks.descriptors)}, {_spread(looks.threads)} |",
        f"| exit code | {code} |",
    ]


def _watch_floor(looks: Looks, over: threading.Event) -> None:
    """Run the floor on a server of its own, which stays, until it is `over`."""
    with simulator("--running") as process:
        command = FLOOR.command(process.url())
        terminal = Terminal(command, width=120, height=40, environ=environment())
        began = time.monotonic()
        while not over.is_set():
            terminal.run_for(LOOK)
            looks.take(terminal, time.monotonic() - began)
        terminal.close(b"\x11")


def _server(port: str, *, seed: int) -> tuple[SimulatorProcess, str]:
    """A server that samples its ROI often, and its address."""
    server = SimulatorProcess("--port", port, "--seed", str(seed))
    url = server.url()
    asyncio.run(sample_often(url))
    return server, url


def _spread(counts: list[int]) -> str:
    settled = counts[len(counts) // 10 :]
    return f"{min(settled)}–{max(settled)}"


def _recorded(path: Path) -> tuple[int, int, int]:
    """Frames in the file, frames missing inside each server process, processes."""
    with Recording(path) as recording:
        frames = missing = 0
        epochs: dict[int, list[int]] = {}
        for part in recording.slices("main", -1e12, 1e12):
            for epoch in np.unique(part.epochs):
                numbers = part.numbers[part.epochs == epoch]
                seen = epochs.setdefault(int(epoch), [int(numbers[0]), int(numbers[-1]), 0])
                seen[0] = min(seen[0], int(numbers[0]))
                seen[1] = max(seen[1], int(numbers[-1]))
                seen[2] += len(numbers)
        for first, last, count in epochs.values():
            frames += count
            missing += last - first + 1 - count
    return frames, missing, len(epochs)


def accelerated(days: float) -> list[str]:
    """Feed so many simulated days; the memory after each."""
    clock, random = [0.0], np.random.default_rng(3)
    monitor = Monitor(Settings(), monotonic=lambda: clock[0], wall=lambda: 1.79e9 + clock[0])
    curves = Curve(monitor.session.main, pause=0.5), Curve(monitor.session.roi, pause=3.0)
    monitor.apply(ev.Connected(1.79e9, "http://localhost:8421", "1.0.0"))
    frame = sample = 1
    epoch, memory = 1, []
    began = time.monotonic()
    for second in range(round(days * DAY)):
        clock[0] = float(second)
        if second % 40_000 == 39_999:
            fault = ev.Fault("refused", "nothing listens")  # type: ignore[arg-type]
            monitor.apply(ev.ConnectionLost(clock[0], fault))
            monitor.apply(ev.ConnectionRestored(clock[0], 5.0))
            epoch, frame, sample = epoch + 1, 1, 1
            monitor.apply(ev.Restarted(clock[0], epoch))
        if second % 5000 == 4999:
            monitor.apply(ev.Gap("main", epoch, frame, frame + 9))
            frame += 10
        frame = _tell(monitor, "main", epoch, frame, second, 45, random)
        sample = _tell(monitor, "roi", epoch, sample, second, 2, random)
        monitor.apply(
            ev.StatusSeen(clock[0], epoch, "running", frame - 1, 100.0, 100.0, False, 100, 0.003)
        )
        if second % 30 == 0:
            for curve, window in zip(curves, (10.0, 50.0), strict=True):
                overlay = Overlay(peaks=monitor.marks)
                curve.draw(View(), window, Size(120, 20), overlay, float(second), clock[0])
        if second % round(DAY) == round(DAY) - 1:
            gc.collect()
            memory.append(read_usage().memory or 0)
    growth = (memory[-1] - memory[0]) / max(1, len(memory) - 1)
    return [
        "| simulated days | 1 | "
        + " | ".join(f"{day + 2}" for day in range(len(memory) - 1))
        + " |",
        "|---|" + "---:|" * len(memory),
        "| memory, MB | " + " | ".join(f"{size / 1e6:.1f}" for size in memory) + " |",
        "",
        f"{growth / 1e6:+.2f} MB a day; {frame + 40_000 * 45 * (epoch - 1):,} frames in "
        f"{time.monotonic() - began:.0f} s, {monitor.tracker.green + monitor.tracker.red:,} peaks.",
    ]


def _tell(
    monitor: Monitor,
    channel: ev.Channel,
    epoch: int,
    first: int,
    second: int,
    rate: int,
    random: np.random.Generator,
) -> int:
    """One second of a channel; the number of the next sample."""
    numbers = np.arange(first, first + rate)
    t = second + np.arange(rate) / rate
    height = 30.0 if second % 20 in (7, 8) else 0.0
    values = 98 + height + random.normal(0, 0.5, rate)
    monitor.apply(ev.Samples(channel, epoch, numbers, t, values, False, 1.79e9))
    return first + rate
