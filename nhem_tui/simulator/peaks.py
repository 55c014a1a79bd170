"""The window detector of the API's `with-peaks` endpoints (contract section 8 a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

_SIDE: Final = 5


class Peaks(NamedTuple):
    """Peaks as [start, end], 0-based and inclusive: green are stable, red are not."""

    green: list[list[int]]
    red: list[list[int]]


def window_peaks(
    values: Sequence[float], *, threshold: float, difference_threshold: float
) -> Peaks:
    """Find the peaks of a window of gray values as the server does."""
    kept: list[tuple[int, int]] = []  # cores, inclusive
    last = len(values) - 1
    for core in _cores(values, threshold):
        if kept and core[0] - 1 <= kept[-1][1] + 1:
            widened = values[max(0, kept[-1][0] - 1) : kept[-1][1] + 2]
            if max(values[core[0] : core[1] + 1]) <= max(widened):
                continue
            kept.pop()
        kept.append(core)
    peaks = Peaks([], [])
    for start, end in kept:
        before = values[max(0, start - _SIDE) : start] or [values[start]]
        after = values[end + 1 : end + 1 + _SIDE] or [values[end]]
        difference = sum(after) / len(after) - sum(before) / len(before)
        colour = peaks.green if difference > difference_threshold else peaks.red
        colour.append([max(0, start - 1), min(last, end + 1)])
    return peaks


def _cores(values: Sequence[float], threshold: float) -> list[tuple[int, int]]:
    """Return the maximal runs at or above the threshold."""
    cores = []
    start: int | None = None
    for i, value in enumerate(values):
        if value >= threshold:
            start = i if start is None else start
        elif start is not None:
            cores.append((start, i - 1))
            start = None
    if start is not None:
        cores.append((start, len(values) - 1))
    return cores
