"""What the peak detector takes, beside the server's own loops written out in Python.

``python -m benchmarks --only detector``
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nhem_tui.analysis.peaks import detect_peaks
from tests.analysis import oracle

COUNT, THRESHOLD, DIFFERENCE = 1000, 104.0, 1.1


def curves() -> dict[str, NDArray[np.float64]]:
    """Gray levels by what they are, shape (1000,)."""
    random = np.random.default_rng(1)
    noise = 98 + random.normal(0, 0.5, COUNT)
    usual = noise + np.where(np.arange(COUNT) % 100 < 8, 30.0, 0.0)
    dense = np.where(np.arange(COUNT) % 2, 90.0, 110.0 + random.normal(size=COUNT))
    return {"10 peaks": usual, "a core at every other sample": dense}


def _seconds(run: Callable[[], object]) -> float:
    """Of the quickest of some runs: the machine is shared."""
    return min(timeit.repeat(run, number=5, repeat=20)) / 5


def measured() -> list[str]:
    """Every curve, as a Markdown table."""
    rows = [f"| {COUNT:,} samples | detector | loops | ratio |", "|---|---:|---:|---:|"]
    numbers = {"threshold": THRESHOLD, "difference_threshold": DIFFERENCE}
    for name, values in curves().items():
        own = _seconds(partial(detect_peaks, values, **numbers))
        loops = _seconds(partial(oracle.detect, values.tolist(), **numbers))
        rows.append(f"| {name} | {1e3 * own:.2f} ms | {1e3 * loops:.2f} ms | {loops / own:.1f} |")
    return rows
