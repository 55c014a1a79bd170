"""The server's window detector, reproduced exactly (contract section 8 a)."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIDE: Final = 5
"""Samples before and after a core whose means are compared."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


class Peak(NamedTuple):
    """A high-echo event in a window of samples.

    Attributes:
        start: first index, one before the core (inclusive).
        end: last index, one after the core (inclusive).
        apex: index of the first maximum of the core.
        color: green (stable: the level after is higher) or red (unstable).
        difference: mean level after the core less the mean before it, gray levels.
        provisional: samples that follow the window can change or remove it: fewer than `SIDE` of
            them follow its core yet, or a rival core one sample later still lasts.
    """

    start: int
    end: int
    apex: int
    color: Literal["green", "red"]
    difference: float
    provisional: bool


class Cores(NamedTuple):
    """Maximal runs at or above the threshold.

    Attributes:
        first: index of the first sample of each, shape (k,).
        last: index of the last sample of each, shape (k,).
        top: highest gray level of each, shape (k,).
    """

    first: IntArray
    last: IntArray
    top: FloatArray


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
    cores = cores_of(levels, threshold)
    if not len(cores.first):
        return []
    touches = cores.first[1:] - cores.last[:-1] <= 2
    kept = _without_rivals(touches, cores.top)
    first, last = cores.first[kept], cores.last[kept]
    newest = len(levels) - 1
    with np.errstate(over="ignore", invalid="ignore"):  # wild values: infinite or NaN
        difference = _after(levels, last) - _before(levels, first)
    colors: list[Literal["green", "red"]] = [
        "green" if stable else "red" for stable in (difference > difference_threshold).tolist()
    ]
    provisional = last + SIDE > newest
    if len(touches) and touches[-1] and cores.last[-1] == newest:
        provisional |= kept == len(touches) - 1  # the newest core may still outgrow this one
    rows = zip(
        np.maximum(first - 1, 0).tolist(),
        np.minimum(last + 1, newest).tolist(),
        apexes(levels, cores)[kept].tolist(),
        colors,
        difference.tolist(),
        provisional.tolist(),
        strict=True,
    )
    return list(map(Peak._make, rows))


def cores_of(levels: FloatArray, threshold: float) -> Cores:
    """The maximal runs of `levels` (shape (n,)) at or above `threshold`."""
    edges = np.flatnonzero(np.diff(levels >= threshold, prepend=False, append=False))
    if not len(edges):
        return Cores(edges, edges, levels[:0])
    # Every second stretch between two edges is a core; the last one may reach the end.
    bounds = edges if edges[-1] < len(levels) else edges[:-1]
    return Cores(edges[::2], edges[1::2] - 1, np.maximum.reduceat(levels, bounds)[::2])


def _without_rivals(touches: NDArray[np.bool_], top: FloatArray) -> IntArray:
    """Which cores stay, ascending; of two that touch a later one must be higher to win."""
    kept = [0]
    tops = top.tolist()
    for core, close in enumerate(touches.tolist(), start=1):
        if close and kept[-1] == core - 1:
            if tops[core] <= tops[core - 1]:
                continue
            kept.pop()
        kept.append(core)
    return np.array(kept)


def apexes(levels: FloatArray, cores: Cores) -> IntArray:
    """Index of the first maximum of each core."""
    lengths = cores.last - cores.first + 1
    begins = np.cumsum(lengths) - lengths
    inside = np.arange(lengths.sum()) + np.repeat(cores.first - begins, lengths)
    highest = levels[inside] == np.repeat(cores.top, lengths)
    apexes: IntArray = np.minimum.reduceat(np.where(highest, inside, len(levels)), begins)
    return apexes


def _before(levels: FloatArray, first: IntArray) -> FloatArray:
    """Mean of up to `SIDE` samples before each core; of its own first one where there is none."""
    return _mean(levels, np.maximum(first - SIDE, 0), first, instead=first)


def _after(levels: FloatArray, last: IntArray) -> FloatArray:
    """Mean of up to `SIDE` samples after each core; of its own last one where there is none."""
    return _mean(levels, last + 1, np.minimum(last + 1 + SIDE, len(levels)), instead=last)


def _mean(levels: FloatArray, start: IntArray, stop: IntArray, *, instead: IntArray) -> FloatArray:
    """Mean of the samples from `start` to `stop` (exclusive), of sample `instead` if none.

    Summed one after the other like the server, so that borderline cases agree.
    """
    alone = start == stop
    start, stop = np.where(alone, instead, start), np.where(alone, instead + 1, stop)
    total = np.zeros(len(start))
    for step in range(SIDE):
        place = start + step
        total += np.where(place < stop, levels[np.minimum(place, len(levels) - 1)], 0.0)
    return total / (stop - start)
