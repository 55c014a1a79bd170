"""Where things are in a recording: times, frames, gaps, peaks and marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording.peaks import Tuning, find_peaks
from nhem_tui.recording.reader import Recording
from nhem_tui.stream.events import FloatArray

Landmark = Literal["gap", "peak", "mark"]
"""What one can jump to besides a time and a frame."""


class Cue(NamedTuple):
    """A moment to go on from: everything up to it has been told.

    Attributes:
        heard: microseconds since the recording began.
        t: seconds of the newest sample of the main signal; others heard in the same piece
            come after it.
        ordinal: of that sample, from 0; -1 for none.
    """

    heard: int
    t: float
    ordinal: int


BEGINNING: Final = Cue(-1, -math.inf, -1)
"""Before the first thing heard."""


class Places:
    """Finds moments of a recording. Samples of the main signal are counted by an ordinal from 0."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._rows = recording.indices["main"].rows
        self._until: NDArray[np.int64] = np.cumsum(self._rows["count"])

    def at_time(self, t: float) -> int:
        """The ordinal of the last sample not after second `t`, -1 for none."""
        row = int(np.searchsorted(self._rows["t_first"], t, "right")) - 1
        if row < 0:
            return -1
        within = int(np.searchsorted(self._times(row), t, "right")) - 1
        return self._before(row) + within

    def from_time(self, t: float) -> int:
        """The ordinal of the first sample not before second `t`."""
        ordinal = self.at_time(t)
        return ordinal if ordinal >= 0 and self.cue(ordinal).t == t else ordinal + 1

    def at_frame(self, number: int, epoch: int | None) -> int | None:
        """The ordinal of frame `number`, None if it was not recorded.

        Args:
            number: as the server counted.
            epoch: its process; None for the first one that has such a frame.
        """
        first = self._rows["first"]
        held = (first <= number) & (number < first + self._rows["count"])
        found = np.flatnonzero(held if epoch is None else held & (self._rows["epoch"] == epoch))
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
        return Cue(int(self._rows["heard"][row]) + after, float(arrays.t[within]), ordinal)

    def landmarks(self, kind: Landmark, by: Sequence[Tuning] = ()) -> FloatArray:
        """Seconds of all landmarks of a kind, ascending.

        Args:
            kind: gaps are where the signal goes on, peaks are apexes on the ROI samples.
            by: how the detector is tuned, for peaks.
        """
        if kind == "gap":
            return self._ends_of_gaps()
        if kind == "mark":
            found = [mark.t for mark in self._recording.marks()]
        else:
            found = [peak.t_apex for peak in find_peaks(self._recording.slices("roi"), by)]
        return np.unique(found)

    def _ends_of_gaps(self) -> FloatArray:
        gaps = [heard.what for heard in self._recording.gaps()]
        found = [
            index.around([gap for gap in gaps if gap.channel == channel])[1]
            for channel, index in self._recording.indices.items()
        ]
        ends = np.unique(np.concatenate(found))
        return ends[np.isfinite(ends)]

    def _before(self, row: int) -> int:
        return int(self._until[row] - self._rows["count"][row])

    def _times(self, row: int) -> FloatArray:
        (arrays,) = self._recording.arrays("main", self._rows[row : row + 1])
        return arrays.t
