"""From overlapping windows to one numbered series: every sample once, gaps as gaps.

A window's labels can be wrong (the server reads frames and counter under two locks, contract
section 5), its numbers can belong to another server process, and a single reply can be damaged.
So a window is believed when it overlaps what is known with the same fingerprint (differences of
``t`` to the microsecond, and values); any other window is believed when a second look confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from nhem_tui.stream.events import FloatArray, IntArray

KEPT: Final = 1000
"""Samples remembered for overlaps: the largest buffer a server can have (contract section 9)."""

TICK: Final = 1e-6
"""Seconds: the server's clock has microseconds."""

SAME_STEP: Final = 3 * TICK
"""Seconds: two roundings of ``t`` to the microsecond."""

SURE_STEPS: Final = 4
"""Samples of a shifted overlap whose time steps make a fingerprint."""

COARSE_TICK: Final = 1e-3
"""Seconds: where all times are multiples of it, steps are no fingerprint and values must do."""

SURE_VALUES: Final = 8
"""Samples of an overlap that is believed by its values alone."""

SURE_SHARE: Final = 0.9
"""Share of such an overlap that has to agree."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A stretch of samples as a server labelled it.

    Attributes:
        first: number of the first sample.
        t: seconds since an arbitrary moment, non-decreasing, shape (n,), n >= 1.
        values: gray levels, finite, shape (n,).
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
        """Mean seconds between two samples, 0 for a single one."""
        return float(self.t[-1] - self.t[0]) / max(len(self.t) - 1, 1)

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


class Fresh(NamedTuple):
    """Samples told for the first time; `t` in session seconds."""

    numbers: IntArray
    t: FloatArray
    values: FloatArray


class Missing(NamedTuple):
    """Numbers that cannot be had any more, inclusive."""

    first: int
    last: int


class AnotherProcess(NamedTuple):
    """The window comes from another server process; it is told once another look confirms it."""


Outcome = Fresh | Missing | AnotherProcess


class Stitcher:
    """Joins the windows of one channel."""

    def __init__(self) -> None:
        self._known: Window | None = None
        self._heard_at = 0.0
        self._pending: Window | None = None
        self._restarted = False
        self._end: float | None = None

    @property
    def last(self) -> int | None:
        """Number of the newest sample told, None before the first and after `forget`."""
        return None if self._known is None else self._known.last

    @property
    def pending(self) -> bool:
        """A window waits to be confirmed: ask for another one at once."""
        return self._pending is not None

    def recent(self, count: int) -> FloatArray:
        """The newest values told, at most `count`, without a gap between them."""
        return np.empty(0) if self._known is None else self._known.values[-count:]

    def time_of(self, number: int) -> float | None:
        """Session seconds of a sample; by the usual step where it is not remembered."""
        known = self._known
        if known is None:
            return None
        index = number - known.first
        if 0 <= index < len(known.t):
            return float(known.t[index])
        nearest = min(max(index, 0), len(known.t) - 1)
        return float(known.t[nearest]) + (index - nearest) * known.step

    def leaves_gap(self, window: Window) -> bool:
        """Tell whether a window begins beyond the sample that comes next."""
        return self._known is not None and window.first > self._known.last + 1

    def contradicts(self, window: Window) -> bool:
        """Tell whether a window has samples under known numbers that are not the known ones."""
        known = self._known
        return known is not None and window.first <= known.last and self._place(window) is None

    def forget(self) -> None:
        """Expect another server process: its numbers begin again, session time goes on."""
        self._known = None
        self._pending = None
        self._restarted = True

    def feed(
        self,
        window: Window,
        heard_at: float,
        *,
        ends_at: float | None = None,
        trusted: bool = False,
    ) -> list[Outcome]:
        """Take a window in.

        Args:
            window: as labelled by the server.
            heard_at: monotonic seconds when it arrived.
            ends_at: session seconds of its last sample, where the caller knows better than the
                time of arrival.
            trusted: believe the labels (a server without windows: numbers are all there is).

        Returns:
            What is new, in order; nothing while the window waits for confirmation.
        """
        if trusted:
            return self._accept(window, heard_at, ends_at)
        first = self._place(window)
        if first is not None:
            self._pending = None
            return self._append(window.labelled(first), heard_at)
        waiting, self._pending = self._pending, None
        if waiting is None:
            self._pending = window
            return []
        shift = _matching_shift(waiting, window)
        if shift is not None:
            # The race only ever raises labels: the lower ones are right.
            first = min(window.first, waiting.first + shift)
            window = waiting.labelled(first - shift).joined(window.labelled(first))
            if self._shares_one(window):
                return self._append(window, heard_at)
            return self._accept(window, heard_at, ends_at)
        # The second look shows something else again: tell what was seen, look again.
        outcomes = self._accept(waiting, heard_at, None) if self._is_ahead(waiting, window) else []
        return outcomes + self.feed(window, heard_at, ends_at=ends_at)

    def _is_ahead(self, waiting: Window, window: Window) -> bool:
        """Tell whether `waiting` can come before `window` and after what is known."""
        after = self._known is None or waiting.first > self._known.last
        return after and waiting.last < window.first

    def _shares_one(self, window: Window) -> bool:
        """Tell whether the window begins with the newest sample: no step to compare, one value."""
        known = self._known
        return (
            known is not None
            and window.first == known.last
            and bool(window.values[0] == known.values[-1])
        )

    def _place(self, window: Window) -> int | None:
        """Number of the window's first sample by its overlap with what is known."""
        known = self._known
        if known is None:
            return None
        labelled = window.first - known.first
        overlap = known.last - window.first + 1
        # One sample has no time step, and many samples in a row have the same (held) value.
        if overlap >= 2 and _agreement(known, window, labelled) >= 0.5:
            return window.first
        shift = _matching_shift(known, window)
        if shift is not None:
            return known.first + shift
        if overlap < SURE_VALUES or not _is_coarse(window.t):
            return None
        by_values = _agreement(known, window, labelled, steps=False)
        return window.first if by_values >= SURE_SHARE else None

    def _append(self, window: Window, heard_at: float) -> list[Outcome]:
        """Add what a window that overlaps brings beyond what is known."""
        known = self._known
        assert known is not None  # noqa: S101 - only called with an overlap
        t, values = known.continued_by(window)
        return self._tell(known.last + 1, t, values, heard_at) if len(t) else []

    def _accept(self, window: Window, heard_at: float, ends_at: float | None) -> list[Outcome]:
        """Take a window that does not overlap: the first one, after a gap, or another process."""
        outcomes: list[Outcome] = []
        known = self._known
        if known is not None and window.first <= known.last:
            self.forget()
            self._pending = window
            return [AnotherProcess()]
        expected = known.last + 1 if known is not None else 1 if self._restarted else window.first
        if window.first > expected:
            outcomes.append(Missing(expected, window.first - 1))
        self._restarted = False
        t = self._session_times(window, heard_at, ends_at, window.first - expected)
        if window.first > expected:
            self._known = None
        return outcomes + self._tell(window.first, t, window.values, heard_at)

    def _session_times(
        self, window: Window, heard_at: float, ends_at: float | None, missing: int
    ) -> FloatArray:
        """Session seconds of a window that no overlap ties to the session."""
        t: FloatArray = window.t - window.t[-1]
        if self._end is None:
            end = -float(t[0]) if ends_at is None else ends_at
            return np.asarray(t + end)
        if ends_at is not None:  # never backwards
            return np.asarray(t + max(ends_at, self._end - float(t[0]) + TICK))
        # Room for what is missing, too.
        earliest = self._end + (window.step or 1e-3) * (min(missing, 1) + 1)
        end = self._end + max(heard_at - self._heard_at, 0.0)
        return np.asarray(t + max(end, earliest - float(t[0])))

    def _tell(
        self, first: int, t: FloatArray, values: FloatArray, heard_at: float
    ) -> list[Outcome]:
        known = self._known
        if known is None:
            self._known = Window(first, t, values)
        else:
            keep = max(0, KEPT - len(t))
            kept_t, kept_values = known.t[-keep:] if keep else t[:0], known.values[-keep:]
            kept_values = kept_values if keep else values[:0]
            self._known = Window(
                first - len(kept_t),
                np.concatenate((kept_t, t)),
                np.concatenate((kept_values, values)),
            )
        self._end = float(t[-1])
        self._heard_at = heard_at
        return [Fresh(np.arange(first, first + len(t)), t, values)]


def _agreement(known: Window, window: Window, shift: int, *, steps: bool = True) -> float:
    """Share of the overlap whose samples are the same ones, 0 without an overlap.

    Args:
        known: samples so far.
        window: samples to place.
        shift: index in `known` of the window's first sample; negative: it begins earlier.
        steps: also compare the time steps before each sample.
    """
    start, skip = max(shift, 0), max(-shift, 0)
    length = min(len(known.t) - start, len(window.t) - skip)
    if length <= 0:
        return 0.0
    same = known.values[start : start + length] == window.values[skip : skip + length]
    if steps and length > 1:
        ours, theirs = known.t[start : start + length], window.t[skip : skip + length]
        same = same[1:] & (np.abs(np.diff(ours) - np.diff(theirs)) <= SAME_STEP)
    return float(np.count_nonzero(same)) / len(same)


def _is_coarse(t: FloatArray) -> bool:
    """Tell whether the times are rounded so much that their steps say nothing."""
    return bool(np.all(np.abs(t - COARSE_TICK * np.round(t / COARSE_TICK)) <= SAME_STEP))


def _matching_shift(known: Window, window: Window) -> int | None:
    """The one shift at which the window surely shows the same samples, None if there is none."""
    fewest = min(SURE_STEPS, len(known.t), len(window.t))
    labelled = window.first - known.first
    shifts = range(fewest - len(window.t), len(known.t) - fewest + 1)
    sure = [
        shift
        for shift in sorted(shifts, key=lambda shift: abs(shift - labelled))
        if _agreement(known, window, shift) >= SURE_SHARE
    ]
    if labelled in sure:
        return labelled
    return sure[0] if len(sure) == 1 else None
