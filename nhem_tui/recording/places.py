"""Where things are in a recording: times, frames, gaps, peaks and marks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.analysis.tracker import PeakEvent, PeakTracker
from nhem_tui.recording.reader import Recording, cut
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import FloatArray, Gap

Landmark = Literal["gap", "peak", "mark"]
"""What one can jump to besides a time and a frame."""


class Cue(NamedTuple):
    """A moment to go on from: everything up to it has been told.

    Attributes:
        heard: microseconds since the recording began.
        t: session seconds of the newest sample of the main signal; others heard in the same piece
            come after it.
    """

    heard: int
    t: float


BEGINNING: Final = Cue(-1, -math.inf)
"""Before the first thing heard."""


class Places:
    """Finds moments of a recording. Samples of the main signal are counted by an ordinal from 0."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._rows = recording.indices["main"].rows
        self._until: NDArray[np.int64] = np.cumsum(self._rows["count"])

    def at_time(self, t: float) -> int:
        """The ordinal of the last sample not after session second `t`, -1 for none."""
        row = int(np.searchsorted(self._rows["t_first"], t, "right")) - 1
        if row < 0:
            return -1
        within = int(np.searchsorted(self._times(row), t, "right")) - 1
        return self._before(row) + within

    def from_time(self, t: float) -> int:
        """The ordinal of the first sample not before session second `t`."""
        ordinal = self.at_time(t)
        return ordinal if ordinal >= 0 and self.cue(ordinal).t == t else ordinal + 1

    def at_frame(self, number: int, epoch: int) -> int | None:
        """The ordinal of frame `number` of a server process, None if it was not recorded."""
        first = self._rows["first"]
        found = np.flatnonzero(
            (self._rows["epoch"] == epoch)
            & (first <= number)
            & (number < first + self._rows["count"])
        )
        if not found.size:
            return None
        row = int(found[0])
        return self._before(row) + number - int(first[row])

    def cue(self, ordinal: int) -> Cue:
        """The moment at which a sample had just been told; `BEGINNING` for -1."""
        if ordinal < 0 or not len(self._rows):
            return BEGINNING
        ordinal = min(ordinal, int(self._until[-1]) - 1)
        row = int(np.searchsorted(self._until, ordinal, "right"))
        (arrays,) = self._recording.arrays("main", self._rows[row : row + 1])
        within = ordinal - self._before(row)
        chunk = int(np.searchsorted(np.cumsum(arrays.chunks["count"]), within, "right"))
        after = int(arrays.chunks["after"][chunk])
        return Cue(int(self._rows["heard"][row]) + after, float(arrays.t[within]))

    def landmarks(
        self, kind: Landmark, *, threshold: float = math.inf, difference_threshold: float = 0.0
    ) -> FloatArray:
        """Session seconds of all landmarks of a kind, ascending.

        Args:
            kind: gaps are where the signal goes on, peaks are apexes on the ROI samples.
            threshold: gray level, for peaks.
            difference_threshold: gray levels, for peaks.
        """
        if kind == "gap":
            found = [self._end_of_gap(gap.what) for gap in self._recording.gaps()]
        elif kind == "mark":
            found = [mark.t for mark in self._recording.marks()]
        else:
            peaks = find_peaks(
                self._recording.slices("roi"),
                threshold=threshold,
                difference_threshold=difference_threshold,
            )
            found = [peak.t_apex for peak in peaks]
        return np.unique([t for t in found if t is not None])

    def _end_of_gap(self, gap: Gap) -> float | None:
        rows = self._recording.indices[gap.channel].rows
        after = rows[(rows["epoch"] == gap.epoch) & (rows["first"] > gap.last)]
        return float(after["t_first"][0]) if len(after) else None

    def _before(self, row: int) -> int:
        return int(self._until[row] - self._rows["count"][row])

    def _times(self, row: int) -> FloatArray:
        (arrays,) = self._recording.arrays("main", self._rows[row : row + 1])
        return arrays.t


def find_peaks(
    samples: Iterable[Slice], *, threshold: float, difference_threshold: float
) -> list[PeakEvent]:
    """The peaks on the samples of one channel, as the live display has them.

    Args:
        samples: oldest first.
        threshold: gray level.
        difference_threshold: gray levels above which a peak is green.
    """
    tracker = PeakTracker(threshold=threshold, difference_threshold=difference_threshold)
    found: list[PeakEvent] = []
    for part in samples:
        for run in consecutive(part):
            found += tracker.feed(int(run.epochs[0]), run.numbers, run.t, run.values)
    return [*found, *tracker.provisional]


def consecutive(samples: Slice) -> list[Slice]:
    """Divide samples where their numbers are not consecutive or another epoch begins."""
    breaks = np.flatnonzero(np.diff(samples.keys) != 1) + 1
    ends = [0, *breaks.tolist(), len(samples.t)]
    return [cut(samples, start, stop) for start, stop in pairwise(ends)]
