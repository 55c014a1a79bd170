"""From overlapping windows to one numbered series: every sample once, gaps as gaps.

A window's labels can be wrong, its numbers can belong to another server process, and a single
reply can be damaged. So a window is believed when it overlaps what is known and shows the same;
any other window is believed when a second look confirms it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.stream.anchor import CLOCK_STEP
from nhem_tui.stream.events import FloatArray, IntArray
from nhem_tui.stream.window import RACE, SURE_STEPS, Window, mended, place

KEPT: Final = 1000
"""Samples remembered for overlaps: the largest buffer a server can have (contract section 9)."""

SURE_LOOKS: Final = 5
"""Looks in a row that must agree before samples get other numbers."""

_TICK: Final = 1e-6  # seconds; no two samples have the same time


class Look(NamedTuple):
    """When a window was asked for and when it arrived, monotonic seconds."""

    asked: float
    heard: float


class _Waiting(NamedTuple):
    """A window that waits to be confirmed, with what `Stitcher.feed` was told of it."""

    window: Window
    look: Look
    ends_at: float | None = None


class Fresh(NamedTuple):
    """Samples told for the first time; `t` in session seconds."""

    numbers: IntArray
    t: FloatArray
    values: FloatArray


class Missing(NamedTuple):
    """Numbers that cannot be had any more, inclusive; `blank`: they came without a value."""

    first: int
    last: int
    blank: bool = False


class AnotherProcess(NamedTuple):
    """The window comes from another server process; it is told once another look confirms it."""


class Renumbered(NamedTuple):
    """The numbers told were too high: from here on they are lower by `shift`."""

    shift: int


Outcome = Fresh | Missing | AnotherProcess | Renumbered


class Stitcher:
    """Joins the windows of one channel."""

    def __init__(self) -> None:
        self._known: Window | None = None
        self._pending: _Waiting | None = None
        self._restarted = False
        self._end: float | None = None  # session seconds of the newest sample
        self._heard_at = 0.0  # when it arrived
        self._made_after = -math.inf  # it was made after this moment
        self._looked_at = -math.inf  # when the newest window believed was asked for
        self._shift = 0  # by which its contents stand above the labels of the newest window
        self._shifted_looks = 0

    @property
    def last(self) -> int | None:
        """Number of the newest sample told, None before the first and after `forget`."""
        return None if self._known is None else self._known.last

    @property
    def pending(self) -> bool:
        """A window waits to be confirmed: ask for another one at once."""
        return self._pending is not None or self._shifted_looks > 0

    def values_until(self, last: int, count: int) -> FloatArray:
        """At most `count` values up to number `last`, without a gap between them."""
        known = self._known
        if known is None:
            return np.empty(0)
        stop = last - known.first + 1
        return known.values[max(stop - count, 0) : stop]

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

    def time_at(self, moment: float) -> float | None:
        """Session seconds at a monotonic moment, None before the first sample."""
        return None if self._end is None else self._end + max(moment - self._heard_at, 0.0)

    def leaves_gap(self, window: Window) -> bool:
        """Tell whether a window begins beyond the sample that comes next."""
        return self._known is not None and window.first > self._known.last + 1

    def contradicts(self, window: Window) -> bool:
        """Tell whether a window has samples under known numbers that are not the known ones."""
        known = self._known
        return known is not None and window.first <= known.last and place(known, window) is None

    def is_older(self, window: Window) -> bool:
        """Tell whether a window fits what is known and ends before it, by more than a race.

        One process cannot show that; another one can, where signal and times are always the same.
        """
        known = self._known
        if known is None or window.last >= known.last:
            return False
        first = place(known, window)
        return first is not None and first + len(window.t) - 1 < known.last - RACE

    def adopt(self, window: Window) -> None:
        """Believe that a window shows the samples known so far only by their numbers."""
        known = self._known
        if known is not None and window.first <= known.last <= window.last:
            t = window.t - window.t[known.last - window.first] + known.t[-1]
            self._known = Window(window.first, t, window.values).until(known.last)

    def forget(self) -> None:
        """Expect another server process: its numbers begin again, session time goes on."""
        self._known = None
        self._pending = None
        self._restarted = True
        self._shifted_looks = 0

    def feed(
        self,
        window: Window,
        look: Look,
        *,
        ends_at: float | None = None,
        trusted: bool = False,
    ) -> list[Outcome]:
        """Take a window in.

        Args:
            window: as labelled by the server.
            look: when it was asked for and arrived.
            ends_at: session seconds of its last sample, where the caller knows better than the
                time of arrival.
            trusted: believe the labels (a server without windows: numbers are all there is).

        Returns:
            What is new, in order; nothing while the window waits for confirmation.
        """
        if trusted:
            return self._accept(window, look, ends_at)
        first = None if self._known is None else place(self._known, window)
        if first is not None:
            self._pending = None
            return self._follow(window, first - window.first, look)
        self._shifted_looks = 0
        waiting, self._pending = self._pending, None
        if waiting is None:
            self._pending = _Waiting(window, look, ends_at)
            return []
        seen = waiting.window
        first = place(seen, window)
        if first is not None:
            # The race only ever raises labels: the lower ones are right.
            shift = first - seen.first
            first = min(window.first, first)
            window = seen.labelled(first - shift).joined(window.labelled(first))
            if self._shares_end(window):
                return self._append(window, look)
            return self._accept(window, look, ends_at)
        # The second look shows something else again: tell what was seen, look again.
        outcomes = self._accept(*waiting) if self._is_ahead(seen, window) else []
        return outcomes + self.feed(window, look, ends_at=ends_at)

    def _is_ahead(self, waiting: Window, window: Window) -> bool:
        """Tell whether `waiting` can come before `window` and after what is known."""
        after = self._known is None or waiting.first > self._known.last
        return after and waiting.last < window.first

    def _shares_end(self, window: Window) -> bool:
        """Tell whether the window begins with the newest samples, too few for a fingerprint."""
        known = self._known
        if known is None:
            return False
        shared = known.last - window.first + 1
        return 0 < shared < SURE_STEPS and np.array_equal(
            known.values[-shared:], window.values[:shared], equal_nan=True
        )

    def _follow(self, window: Window, shift: int, look: Look) -> list[Outcome]:
        """Take in a window whose samples, as known, have numbers `shift` above its labels.

        The race raises labels by a few frames, and what is known decides. Labels that lie lower or
        far higher are wrong for once, or it is the numbers told that are wrong: then the server's
        count, if it stays so.
        """
        if -RACE <= shift <= 0:
            self._shifted_looks = 0
            return self._append(window.labelled(window.first + shift), look)
        self._shifted_looks = self._shifted_looks + 1 if shift == self._shift else 1
        self._shift = shift
        if self._shifted_looks < SURE_LOOKS:
            return []
        self._shifted_looks = 0
        return [self._renumber(shift), *self._append(window, look)]

    def _renumber(self, shift: int) -> Outcome:
        """Give what is known numbers that are lower by `shift`, or higher where it is negative."""
        known = self._known
        assert known is not None  # noqa: S101 - only called with an overlap
        self._known = known.labelled(known.first - shift)
        return Renumbered(shift) if shift > 0 else Missing(known.last + 1, known.last - shift)

    def _append(self, window: Window, look: Look) -> list[Outcome]:
        """Add what a window that overlaps brings beyond what is known."""
        known = self._known
        assert known is not None  # noqa: S101 - only called with an overlap
        t, values = known.continued_by(window)
        told: list[Outcome] = []
        if len(t):
            like = known if len(known.t) > 1 else window
            t = mended(np.append(known.t[-1], t), like, self._longest(look))[1:]
            told = self._tell(Window(known.last + 1, t, values), look)
        self._looked_at = look.asked
        return told

    def _accept(self, window: Window, look: Look, ends_at: float | None) -> list[Outcome]:
        """Take a window that does not overlap: the first one, after a gap, or another process."""
        outcomes: list[Outcome] = []
        known = self._known
        if known is not None and window.first <= known.last:
            self.forget()
            self._pending = _Waiting(window, look)
            return [AnotherProcess()]
        expected = known.last + 1 if known is not None else 1 if self._restarted else window.first
        if window.first > expected:
            outcomes.append(Missing(expected, window.first - 1))
        self._restarted = False
        t = self._session_times(window, look, ends_at, window.first - expected)
        if window.first > expected:
            self._known = None
        outcomes += self._tell(Window(window.first, t, window.values), look)
        self._looked_at = look.asked
        return outcomes

    def _longest(self, look: Look) -> float:
        """Seconds that can lie between two samples of which the second is new.

        Both were made after the window before was asked for. Where the server's clock says more,
        it was set.
        """
        return look.heard - self._made_after + CLOCK_STEP

    def _session_times(
        self, window: Window, look: Look, ends_at: float | None, missing: int
    ) -> FloatArray:
        """Session seconds of a window that no overlap ties to the session."""
        t = mended(window.t, window, self._longest(look))
        t = t - t[-1]
        if self._end is None:
            end = -float(t[0]) if ends_at is None else ends_at
            return np.asarray(t + end)
        if ends_at is not None:  # never backwards
            return np.asarray(t + max(ends_at, self._end - float(t[0]) + _TICK))
        # Room for what is missing, too.
        earliest = self._end + (window.step or 1e-3) * (min(missing, 1) + 1)
        end = self._end + max(look.heard - self._heard_at, 0.0)
        return np.asarray(t + max(end, earliest - float(t[0])))

    def _tell(self, new: Window, look: Look) -> list[Outcome]:
        """Remember and tell samples that follow the newest one; `t` in session seconds."""
        known = self._known
        if known is None:
            self._known = new
        else:
            t, values = np.append(known.t, new.t), np.append(known.values, new.values)
            # All that is told now stays until the next window, however much a server sends.
            kept = max(KEPT, 2 * len(new.t))
            self._known = Window(known.first, t, values).after(new.last - kept)
        self._end = float(new.t[-1])
        self._heard_at = look.heard
        self._made_after = self._looked_at
        return list(_outcomes(new))


def _outcomes(new: Window) -> Iterator[Outcome]:
    """Yield samples with a value as fresh, stretches without one as missing."""
    blank = np.isnan(new.values)
    for run in runs(blank):
        first, last = new.first + run.start, new.first + run.stop - 1
        if blank[run.start]:
            yield Missing(first, last, blank=True)
        else:
            yield Fresh(np.arange(first, last + 1), new.t[run], new.values[run])


def runs(flags: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield the stretches of equal flags."""
    edges = [0, *(np.flatnonzero(np.diff(flags)) + 1).tolist(), len(flags)]
    for start, stop in pairwise(edges):
        yield slice(start, stop)
