"""The server's window detector, reproduced exactly (contract section 8 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

SIDE: Final = 5
"""Samples before and after a core whose means are compared."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A high-echo event in a window of samples.

    Attributes:
        start: first index, one before the core (inclusive).
        end: last index, one after the core (inclusive).
        apex: index of the first maximum of the core.
        color: green (stable: the level after is higher) or red (unstable).
        difference: mean level after the core less the mean before it, gray levels.
        provisional: too near the right edge for its extent and colour to be final.
    """

    start: int
    end: int
    apex: int
    color: Literal["green", "red"]
    difference: float
    provisional: bool


def detect_peaks(values: ArrayLike, *, threshold: float, difference_threshold: float) -> list[Peak]:
    """Find the high-echo events of a window as the server does.

    Cores are maximal runs at or above `threshold`, each widened by one sample. Of two that then
    touch, the one with the higher maximum stays; there is no merging.

    Args:
        values: gray levels, shape (n,); NaN is never at or above the threshold.
        threshold: gray level.
        difference_threshold: a peak whose `difference` is greater is green.
    """
    levels = np.asarray(values, dtype=np.float64)
    n = len(levels)
    edges = np.flatnonzero(np.diff(levels >= threshold, prepend=False, append=False))
    found: list[Peak] = []
    best = -np.inf
    plain = levels.tolist() if len(edges) else []
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        last = stop - 1
        core = plain[first:stop]
        top = max(core)
        start, end = max(0, first - 1), min(n - 1, last + 1)
        if found and start <= found[-1].end:
            # The widened rival is compared by its core's maximum with the widened maximum kept.
            if top <= best:
                continue
            found.pop()
        difference = _difference(plain, first, last)
        found.append(
            Peak(
                start,
                end,
                first + core.index(top),
                "green" if difference > difference_threshold else "red",
                difference,
                last + SIDE > n - 1,
            )
        )
        best = max(plain[start : end + 1])
    return found


def _difference(levels: Sequence[float], first: int, last: int) -> float:
    """Mean of up to `SIDE` samples after a core less that of those before it.

    Summed one by one like the server, so that borderline cases agree. At an edge the core's own
    outermost sample stands in for the missing side.
    """
    before = levels[max(0, first - SIDE) : first] or [levels[first]]
    after = levels[last + 1 : last + 1 + SIDE] or [levels[last]]
    return sum(after) / len(after) - sum(before) / len(before)
