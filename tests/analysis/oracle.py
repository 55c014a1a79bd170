"""The window detector as plain loops, one core after the other: slow, and easily believed."""

from __future__ import annotations

from typing import Any

SIDE = 5


def cores(levels: list[float], threshold: float) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, level in enumerate(levels):
        if level < threshold:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = found[-1][0], place
        else:
            found.append((place, place))
    return found


def detect(
    levels: list[float], *, threshold: float, difference_threshold: float
) -> list[tuple[Any, ...]]:
    """Start, end, apex, colour and difference of each peak."""
    newest = len(levels) - 1
    found: list[tuple[Any, ...]] = []
    best = float("-inf")
    for first, last in cores(levels, threshold):
        core = levels[first : last + 1]
        start, end = max(0, first - 1), min(newest, last + 1)
        if found and start <= found[-1][1]:
            if max(core) <= best:
                continue
            found.pop()
        difference = _mean(levels[last + 1 : last + 1 + SIDE] or [levels[last]]) - _mean(
            levels[max(0, first - SIDE) : first] or [levels[first]]
        )
        color = "green" if difference > difference_threshold else "red"
        found.append((start, end, first + core.index(max(core)), color, difference))
        best = max(core)
    return found


def _mean(levels: list[float]) -> float:
    total = 0.0
    for level in levels:  # one by one, as the server sums
        total += level
    return total / len(levels)
