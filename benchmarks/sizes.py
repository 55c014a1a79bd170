"""Bytes a second by size and mode, as they are and through ``ssh -C``.

``python -m benchmarks --only bytes``

zlib with a flush after each frame stands in for the compression of SSH.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass

from benchmarks.dashboard import Contestant, environment, server
from benchmarks.terminal import SYNC_BEGIN, Terminal

SIZES = ((200, 50), (120, 40), (80, 24), (50, 15))
MODES = (("rolling", b""), ("sweep", b"m"))
LEVEL = 6
"""What OpenSSH compresses with."""


@dataclass(frozen=True, slots=True)
class Output:
    """What was written in a second.

    Attributes:
        frames: synchronised updates.
        plain: bytes.
        packed: bytes, compressed.
    """

    frames: float
    plain: float
    packed: float


def look(url: str, size: tuple[int, int], keys: bytes, theme: str, seconds: float) -> Output:
    """Run the dashboard in one mode and size."""
    contestant = Contestant("", "nhem_tui", ("--fps", "20", "--url", "{url}"))
    terminal = Terminal(
        contestant.command(url),
        width=size[0],
        height=size[1],
        environ=environment() | {"NHEM_THEME": theme},
    )
    terminal.run_for(3.0)
    if keys:
        terminal.send(keys)
        terminal.run_for(1.0)
    seen = bytearray()
    frames = terminal.frames
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        seen += terminal.read(0.02)
    frames = terminal.frames - frames
    terminal.close(b"q")
    packer = zlib.compressobj(LEVEL)
    packed = 0
    for frame in bytes(seen).split(SYNC_BEGIN):
        packed += len(packer.compress(SYNC_BEGIN + frame)) + len(packer.flush(zlib.Z_SYNC_FLUSH))
    return Output(frames / seconds, len(seen) / seconds, packed / seconds)


def measured(seconds: float = 8.0) -> list[str]:
    """Every size and mode, as a Markdown table."""
    rows = [
        "| | kB/frame | kB/s | with `ssh -C` | 16 colours | 16 colours with `ssh -C` |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    with server() as url:
        for width, height in SIZES:
            for mode, keys in MODES:
                full = look(url, (width, height), keys, "dark", seconds)
                basic = look(url, (width, height), keys, "ansi", seconds)
                rows.append(
                    f"| {width}×{height}, {mode} | {full.plain / max(full.frames, 1) / 1000:.1f} "
                    f"| {full.plain / 1000:.1f} | {full.packed / 1000:.1f} "
                    f"| {basic.plain / 1000:.1f} | {basic.packed / 1000:.1f} |"
                )
    return rows
