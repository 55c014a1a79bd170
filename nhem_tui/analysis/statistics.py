"""Figures about a stretch of samples, and about latencies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Statistics(Struct, frozen=True):
    """What a stretch of samples amounts to; NaN where there is nothing to count.

    Attributes:
        count: finite samples.
        minimum: gray level.
        maximum: gray level.
        mean: gray level.
        std: gray level, of the population.
        median: gray level.
        duration: seconds from the first to the last sample.
        rate: samples a second.
    """

    count: int
    minimum: float
    maximum: float
    mean: float
    std: float
    median: float
    duration: float
    rate: float


def describe(values: FloatArray, t: FloatArray) -> Statistics:
    """Describe gray levels `values` at seconds `t`, both of shape (n,); NaN values do not count."""
    finite = values[np.isfinite(values)]
    duration = float(t[-1] - t[0]) if len(t) > 1 else 0.0
    rate = (len(t) - 1) / duration if duration > 0 else float("nan")
    if len(finite) == 0:
        nan = float("nan")
        return Statistics(0, nan, nan, nan, nan, nan, duration, rate)
    return Statistics(
        len(finite),
        float(finite.min()),
        float(finite.max()),
        float(finite.mean()),
        float(finite.std()),
        float(np.median(finite)),
        duration,
        rate,
    )


PAUSE_STEPS: Final = 5.0
"""A step so many times the usual one is a pause, not a slow sample."""


def usual_rate(seconds: FloatArray, counts: FloatArray | IntArray | None = None) -> float | None:
    """Samples a second without the pauses, None while that is not known.

    Args:
        seconds: that passed at each step, shape (n,).
        counts: samples that each step brought, 1 each if None, same shape.
    """
    counts = np.ones(len(seconds)) if counts is None else counts
    steps = seconds / counts
    usual = steps <= PAUSE_STEPS * np.median(steps) if steps.size else np.zeros(0, np.bool_)
    spent = float(seconds[usual].sum())
    return float(counts[usual].sum()) / spent if spent > 0 else None


def shortest_pause(t: FloatArray) -> float:
    """Seconds from which on nothing was measured between two samples; `t` as of shape (n,)."""
    steps = np.diff(t)
    return max(PAUSE_STEPS * float(np.median(steps)), 1e-3) if steps.size else math.inf


def percentiles(latencies: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 of some seconds; NaN when there are none."""
    if not latencies:
        return float("nan"), float("nan"), float("nan")
    p50, p95, p99 = np.percentile(np.asarray(latencies), (50, 95, 99))
    return float(p50), float(p95), float(p99)


BASELINE_FRAMES: Final = 45
"""Frames of the server's baseline: as many as it makes in a second as shipped."""


def baseline(values: FloatArray, count: int = BASELINE_FRAMES) -> float:
    """Mean of the newest `count` values, as the server computes it (contract section 5)."""
    newest = values[-count:]
    return float(newest.mean()) if len(newest) else float("nan")
