"""What the program says it takes from the machine."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from nhem_tui.tui import process
from nhem_tui.tui.context import Clock
from nhem_tui.tui.process import CpuMeter, Usage, read_usage, tidy


def test_usage_is_that_of_this_process() -> None:
    before = read_usage()
    total = 0
    while read_usage().cpu == before.cpu:
        total += 1
    ballast = bytearray(os.urandom(1 << 20)) * 40
    after = read_usage()
    assert after.cpu > before.cpu
    assert after.peak >= before.peak
    if sys.platform == "linux":
        assert before.memory is not None
        assert after.memory is not None
        assert after.memory - before.memory > len(ballast) / 2
        assert after.peak >= after.memory


class Ring:
    """Refers to itself, so that only a search finds it."""

    def __init__(self) -> None:
        self.itself = self


def test_tidying_looks_for_garbage() -> None:
    gc.disable()
    try:
        there = weakref.ref(Ring())
        assert there() is not None
        tidy()
        assert there() is None
    finally:
        gc.enable()


@pytest.mark.skipif(process._trim is None, reason="no allocator that keeps freed memory")
def test_freed_memory_is_given_back_although_something_lives_on_beside_it() -> None:
    blocks = [bytes(20_000) for _ in range(2_000)]
    kept = blocks[::50]
    before = read_usage().memory
    del blocks
    tidy()
    after = read_usage().memory
    assert before is not None
    assert after is not None
    assert before - after > len(kept) * 20_000 * 40


ARRAYS = """
import sys
import numpy as np
from nhem_tui.tui.process import fill_array_cache, read_usage
if sys.argv[1] == "filled":
    fill_array_cache()
sizes = np.random.default_rng(1).integers(1, 1024, 20_000).tolist()
before = read_usage().memory
for size in sizes:
    held = [np.empty(size, np.uint8) for _ in range(7)]
print(read_usage().memory - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells the memory of now")
def test_arrays_of_any_size_take_no_more_memory_once_what_numpy_keeps_is_taken() -> None:
    grown = {
        how: int(subprocess.run([sys.executable, "-c", ARRAYS, how], check=True, stdout=-1).stdout)
        for how in ("filled", "not")
    }
    assert grown["filled"] < 300_000
    assert grown["not"] > 2_000_000, "NumPy keeps nothing any more: there is nothing to fill"


HEAPS = """
import ctypes, sys, threading
from nhem_tui.tui.process import LARGE, keep_heap_dense
if sys.argv[1] == "dense":
    keep_heap_dense()
c = ctypes.CDLL(None)
c.fopen.restype = c.malloc.restype = ctypes.c_void_p
c.malloc.argtypes = c.free.argtypes = [ctypes.c_size_t]
threads = [threading.Thread(target=c.malloc, args=(50_000,)) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
c.free(c.malloc(10 * LARGE))
c.malloc(2 * LARGE)
file = c.fopen(sys.argv[2].encode(), b"w")
c.malloc_info(0, ctypes.c_void_p(file))
c.fclose(ctypes.c_void_p(file))
"""


@pytest.mark.skipif(process._option is None, reason="no allocator with a heap for each thread")
def test_threads_share_a_heap_and_large_blocks_stay_out_of_it(tmp_path: Path) -> None:
    heaps, outside = {}, {}
    for how in ("dense", "as it is"):
        told = tmp_path / how
        subprocess.run([sys.executable, "-c", HEAPS, how, str(told)], check=True)
        heaps[how] = told.read_text().count("<heap nr=")
        (outside[how],) = map(int, re.findall(r'type="mmap" count="(\d+)"', told.read_text()))
    assert heaps["dense"] == 1 < heaps["as it is"]
    assert outside["dense"] > outside["as it is"]


def test_the_peak_is_never_below_what_is_resident_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_resident", lambda: 1 << 50)
    assert read_usage().peak == 1 << 50


def test_the_share_of_a_core_is_over_the_time_between_two_looks() -> None:
    now, cpu = 100.0, 7.0
    meter = CpuMeter(Clock(monotonic=lambda: now), lambda: Usage(cpu, None, 1))
    assert meter.look()[1] is None
    now, cpu = 102.0, 7.5
    assert meter.look()[1] == pytest.approx(0.25)
    now, cpu = 102.1, 7.6  # too soon to say: what was known stays
    usage, share = meter.look()
    assert usage.cpu == 7.6
    assert share == pytest.approx(0.25)
    now, cpu = 103.0, 8.5
    assert meter.look()[1] == pytest.approx(1.0)
