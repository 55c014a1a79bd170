"""The window detector run live: each peak told once, when it can no longer change."""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.analysis.peaks import SIDE, FloatArray, Peak, apexes, cores_of, detect_peaks

REMEMBERED: Final = 1000
"""Settled peaks kept for display."""

LONG: Final = 2000
"""Samples of open cores above which their insides are forgotten: a level that stays above the
threshold all night must not fill the memory."""

IntArray = NDArray[np.int64]


class PeakEvent(Struct, frozen=True):
    """A peak by the samples' own numbers and times.

    Attributes:
        epoch: server process.
        first: number of its first sample (widened).
        last: number of its last sample (widened).
        apex: number of the sample with the highest value.
        t_start: session seconds of `first`.
        t_end: session seconds of `last`.
        t_apex: session seconds of `apex`.
        value: gray level at the apex.
        color: green (stable) or red (unstable).
        difference: level after less level before, gray levels.
        provisional: more samples may change it.
    """

    epoch: int
    first: int
    last: int
    apex: int
    t_start: float
    t_end: float
    t_apex: float
    value: float
    color: Literal["green", "red"]
    difference: float
    provisional: bool

    @property
    def duration(self) -> float:
        """Seconds from the first to the last sample."""
        return self.t_end - self.t_start


class PeakTracker:
    """Feeds on samples of one channel; a gap or a restart ends the curve and settles its peaks.

    A peak settles when it is no longer provisional: then neither its extent, nor its colour, nor a
    rival core one sample away can change it. What was settled stays as it was told, also after
    `retune`.
    """

    def __init__(self, *, threshold: float, difference_threshold: float) -> None:
        self.threshold = threshold
        self.difference_threshold = difference_threshold
        self.green = 0
        self.red = 0
        self.settled: deque[PeakEvent] = deque(maxlen=REMEMBERED)
        self.provisional: tuple[PeakEvent, ...] = ()
        self._epoch = 0
        self._numbers: IntArray = np.empty(0, np.int64)
        self._t: FloatArray = np.empty(0)
        self._values: FloatArray = np.empty(0)
        self._settled_until = -1

    @property
    def newest(self) -> PeakEvent | None:
        """The newest peak, settled or not."""
        if self.provisional:
            return self.provisional[-1]
        return self.settled[-1] if self.settled else None

    def since(self, t: float) -> list[PeakEvent]:
        """Peaks that end at or after session second `t`, oldest first."""
        events = []
        for event in reversed(self.settled):
            if event.t_end < t:
                break
            events.append(event)
        events.reverse()
        return events + [event for event in self.provisional if event.t_end >= t]

    def retune(self, *, threshold: float, difference_threshold: float) -> list[PeakEvent]:
        """Look for peaks that are not settled yet with other parameters.

        Returns:
            Those that are settled by these.
        """
        forgotten = np.flatnonzero(np.diff(self._numbers) != 1)
        if len(forgotten):  # by other parameters its inside would count
            self._keep(slice(int(forgotten[-1]) + 1, None))
        self.threshold, self.difference_threshold = threshold, difference_threshold
        return self._look(final=False)

    def feed(
        self, epoch: int, numbers: IntArray, t: FloatArray, values: FloatArray
    ) -> list[PeakEvent]:
        """Take consecutive samples in, arrays of shape (n,).

        Returns:
            The peaks that settled by them.
        """
        if len(numbers) == 0:
            return []
        told: list[PeakEvent] = []
        joined = len(self._numbers) and epoch == self._epoch
        if not joined or numbers[0] != self._numbers[-1] + 1:
            told = self._look(final=True)
            self._epoch, self._settled_until = epoch, -1
            self._numbers, self._t, self._values = numbers[:0], t[:0], values[:0]
        self._numbers = np.concatenate((self._numbers, numbers))
        self._t = np.concatenate((self._t, t))
        self._values = np.concatenate((self._values, values))
        return told + self._look(final=False)

    def _look(self, *, final: bool) -> list[PeakEvent]:
        """Detect on what is kept; settle what cannot change, forget what is not needed again."""
        told: list[PeakEvent] = []
        waiting: list[PeakEvent] = []
        for peak in detect_peaks(
            self._values,
            threshold=self.threshold,
            difference_threshold=self.difference_threshold,
        ):
            if int(self._numbers[peak.end]) <= self._settled_until:
                continue
            open_still = peak.provisional and not final
            (waiting if open_still else told).append(self._event(peak, provisional=open_still))
        for event in told:
            self.settled.append(event)
            if event.color == "green":
                self.green += 1
            else:
                self.red += 1
        self.provisional = tuple(waiting)
        self._forget(told)
        return told

    def _forget(self, told: list[PeakEvent]) -> None:
        """Keep the samples from a little before the oldest open cores; what is told is settled.

        Cores one sample apart are rivals: which of them stays is found from the first one on.
        """
        count = len(self._values)
        high = np.flatnonzero(self._values >= self.threshold)
        apart = np.diff(high) > 2
        starts = high[np.r_[True, apart]] if len(high) else high
        ends = high[np.r_[apart, True]] if len(high) else high
        closed = int(np.count_nonzero(ends + SIDE < count))
        settled = [event.last for event in told[-1:]]
        if closed:  # a loser among them must not be found again without its winner
            settled.append(int(self._numbers[ends[closed - 1]]) + 1)
        self._settled_until = max(self._settled_until, *settled, -1)
        keep = max(0, (int(starts[closed]) if closed < len(starts) else count) - SIDE - 1)
        self._keep(slice(keep, None))
        if len(self._values) > LONG:
            self._keep(~self._insides())

    def _keep(self, part: slice | NDArray[np.bool_]) -> None:
        self._numbers, self._t = self._numbers[part], self._t[part]
        self._values = self._values[part]

    def _insides(self) -> NDArray[np.bool_]:
        """What no peak depends on: the cores but for their ends and their apexes."""
        inside = np.zeros(len(self._values), np.bool_)
        cores = cores_of(self._values, self.threshold)
        for first, last in zip(cores.first.tolist(), cores.last.tolist(), strict=True):
            inside[first + SIDE : max(last + 1 - SIDE, first + SIDE)] = True
        inside[apexes(self._values, cores)] = False
        return inside

    def _event(self, peak: Peak, *, provisional: bool) -> PeakEvent:
        numbers, t = self._numbers, self._t
        return PeakEvent(
            self._epoch,
            int(numbers[peak.start]),
            int(numbers[peak.end]),
            int(numbers[peak.apex]),
            float(t[peak.start]),
            float(t[peak.end]),
            float(t[peak.apex]),
            float(self._values[peak.apex]),
            peak.color,
            peak.difference,
            provisional,
        )
