"""What this program itself takes from the machine."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct

from nhem_tui.tui.context import Clock

SHORTEST: Final = 0.5
"""Seconds over which a share of the CPU says something."""

KEPT: Final = 7
"""Freed blocks of one size that NumPy keeps."""

SMALL: Final = 1024
"""Bytes from which on it keeps none."""

_C: Final = ctypes.CDLL(None)
_trim: Final = getattr(_C, "malloc_trim", None)
_option: Final = getattr(_C, "mallopt", None)
_ARENA_MAX: Final = -8
_MMAP_THRESHOLD: Final = -3
"""``M_ARENA_MAX`` and ``M_MMAP_THRESHOLD`` of glibc's ``malloc.h``."""

LARGE: Final = 64 * 1024
"""Bytes from which on a block is taken from the system, and given back as soon as it is freed."""


class Usage(Struct, frozen=True):
    """What the process has taken so far.

    Attributes:
        cpu: seconds of CPU time.
        memory: bytes resident now, None where the system does not tell.
        peak: bytes resident at most so far.
    """

    cpu: float
    memory: int | None
    peak: int


def read_usage() -> Usage:
    """Ask the system; Linux tells all of it, others not the memory of now."""
    taken = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    memory = _resident()
    # The two are counted in different ways, and the peak a little late.
    peak = max(taken.ru_maxrss * unit, memory or 0)
    return Usage(taken.ru_utime + taken.ru_stime, memory, peak)


def _resident() -> int | None:
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def keep_heap_dense() -> None:
    """Have one heap of small blocks for all threads (glibc), before there are any.

    Each thread would have one of its own and keep there what it has freed; they wait for each
    other anyway, as Python lets only one of them run. Large blocks, which are replies and
    pictures, lie outside: glibc would move them in as they come and go, and in their holes settles
    what lives on.
    """
    if _option is not None:
        _option(_ARENA_MAX, 1)
        _option(_MMAP_THRESHOLD, LARGE)


def fill_array_cache() -> None:
    """Take at once what NumPy would take over weeks, 3.7 MB.

    It keeps up to seven freed blocks of each size below a kilobyte (NumPy's ``alloc.c``). Charts
    make arrays of any size, so for days the memory would grow by some megabytes a day, which
    nobody could tell from a leak. Takes ten milliseconds.
    """
    for size in range(1, SMALL):
        _ = [np.empty(size, np.uint8) for _ in range(KEPT)]


def tidy() -> None:
    """Look for garbage, and give what is free back to the system where that keeps it (glibc).

    What comes and goes lies among what lives on. Left to itself, Python looks for it so seldom
    that the memory grows around it for hours, by some megabytes. Takes about ten milliseconds.
    """
    gc.collect()
    if _trim is not None:
        _trim(0)


class CpuMeter:
    """The share of one core over the time between two looks."""

    def __init__(self, clock: Clock, read: Callable[[], Usage] = read_usage) -> None:
        self._clock = clock
        self._read = read
        self._before = clock.monotonic(), read().cpu
        self._share: float | None = None

    def look(self) -> tuple[Usage, float | None]:
        """What was taken so far, and the share since the last look.

        Returns:
            Usage, and 1.0 for one core fully used; None until enough time has passed.
        """
        now, usage = self._clock.monotonic(), self._read()
        then, cpu = self._before
        if now - then >= SHORTEST:
            self._share = (usage.cpu - cpu) / (now - then)
            self._before = now, usage.cpu
        return usage, self._share
