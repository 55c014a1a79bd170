"""A stretch of samples, and where another one lies on it.

A server's labels can be raised (it reads frames and counter under two locks, contract section 5),
so windows are joined by what they show: values, and time steps as exactly as the server writes
them. To the microsecond steps are a fingerprint; rounded to milliseconds they say little, and the
labels decide unless the values contradict.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from nhem_tui.stream.events import FloatArray

RACE: Final = 8
"""Frames at most by which the race raises a label: what a server makes between two statements."""

SAME: Final = 0.5
"""Share of an overlap that has to agree under the labels as they are."""

SURE: Final = 0.9
"""Share of an overlap that has to agree where the labels are not believed."""

SURE_STEPS: Final = 4
"""Samples of an overlap whose time steps make a fingerprint."""

SURE_VALUES: Final = 8
"""Samples of an overlap that is known by its values alone."""

_FINEST: Final = 1e-6
_COARSER: Final = (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0)
_COARSE: Final = 1e-3


class Window(Struct, frozen=True, eq=False):
    """A stretch of samples as a server labelled it.

    Attributes:
        first: number of the first sample.
        t: seconds since an arbitrary moment, finite, non-decreasing, shape (n,), n >= 1.
        values: gray levels, NaN where the server gave none, shape (n,).
    """

    first: int
    t: FloatArray
    values: FloatArray

    @property
    def last(self) -> int:
        """Number of the last sample."""
        return self.first + len(self.t) - 1

    @property
    def step(self) -> float:
        """The usual seconds between two samples, 0 for a single one."""
        return float(np.median(np.diff(self.t))) if len(self.t) > 1 else 0.0

    def continued_by(self, window: Window) -> tuple[FloatArray, FloatArray]:
        """Times, as this window has them, and values that an overlapping one adds at the end."""
        new = max(window.last - self.last, 0)
        joint = len(window.t) - new - 1
        t = self.t[-1] + (window.t[joint + 1 :] - window.t[joint])
        return t, window.values[joint + 1 :]

    def joined(self, window: Window) -> Window:
        """Join an overlapping window; what one alone has at the beginning stays."""
        if window.first <= self.first:
            return window
        t, values = self.continued_by(window)
        return Window(
            self.first, np.concatenate((self.t, t)), np.concatenate((self.values, values))
        )

    def labelled(self, first: int) -> Window:
        """The same samples under other numbers."""
        return Window(first, self.t, self.values)

    def until(self, number: int) -> Window:
        """The samples up to `number`, which is one of them."""
        stop = number + 1 - self.first
        return Window(self.first, self.t[:stop], self.values[:stop])

    def after(self, number: int) -> Window | None:
        """The samples that come after `number`, None when there are none."""
        skip = max(number + 1 - self.first, 0)
        if skip >= len(self.t):
            return None
        return Window(self.first + skip, self.t[skip:], self.values[skip:])


def mended(t: FloatArray, like: Window, longest: float = np.inf) -> FloatArray:
    """Times without the steps of a clock that was set meanwhile.

    Args:
        t: seconds, shape (n,).
        like: samples whose usual step stands in for one whose true length nobody knows.
        longest: seconds that can have passed between two of the samples.

    Returns:
        Likewise, non-decreasing, shape (n,).
    """
    steps, usual = np.diff(t), np.diff(like.t)
    wrong = (steps < 0) | (steps > longest)
    if not wrong.any():
        return t
    usual = usual[(usual >= 0) & (usual <= longest)]  # of few samples most may be wrong, too
    step = float(np.median(usual)) if len(usual) else 0.0
    return np.asarray(t[0] + np.cumsum(np.append(0.0, np.where(wrong, step, steps))))


def place(known: Window, window: Window) -> int | None:
    """Number of the window's first sample by what it shows, None where that tells nothing.

    Args:
        known: samples so far.
        window: samples to place; its labels are tried first, then those that the race can have
            raised, then everything: that has to be the one place where it fits.
    """
    tick = _tick(np.diff(window.t))
    labelled = window.first - known.first

    def share(shift: int) -> float:
        return _agreement(known, window, shift, 2.5 * tick)

    as_labelled = share(labelled) if window.first < known.last else 0.0
    if as_labelled == 1.0:
        return window.first
    fewest = SURE_STEPS if tick < _COARSE else SURE_VALUES
    fewest = min(fewest, len(known.t), len(window.t))
    lowest, highest = fewest - len(window.t), len(known.t) - fewest
    if as_labelled >= SAME:
        raised = range(labelled - 1, max(labelled - RACE, lowest) - 1, -1)
        better = [shift for shift in raised if shift <= highest and share(shift) >= SURE]
        best = max(better, key=share, default=labelled)
        return known.first + (best if share(best) > as_labelled else labelled)
    fits = [shift for shift in range(lowest, highest + 1) if share(shift) >= SURE]
    return known.first + fits[0] if len(fits) == 1 else None


def _agreement(known: Window, window: Window, shift: int, tolerance: float) -> float:
    """Share of the overlap whose samples are the same ones, 0 without an overlap.

    Args:
        known: samples so far.
        window: samples to place.
        shift: index in `known` of the window's first sample; negative: it begins earlier.
        tolerance: seconds by which the steps before the same sample may differ.
    """
    start, skip = max(shift, 0), max(-shift, 0)
    length = min(len(known.t) - start, len(window.t) - skip)
    if length <= 0:
        return 0.0
    ours, theirs = known.values[start : start + length], window.values[skip : skip + length]
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if length > 1:
        steps = np.diff(known.t[start : start + length]) - np.diff(window.t[skip : skip + length])
        same = same[1:] & (np.abs(steps) <= tolerance)
    return float(np.count_nonzero(same)) / len(same)


def _tick(steps: FloatArray) -> float:
    """Seconds of which the steps are multiples: how exactly the server writes its times."""
    finer = _FINEST
    for tick in _COARSER:
        multiples = np.abs(steps / tick - np.round(steps / tick)) < 1e-3
        if np.count_nonzero(multiples) < SURE * len(steps):
            break
        finer = tick
    return finer
