"""Which peaks the window detector would find with other parameters."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from nhem_tui.analysis.peaks import detect_peaks
from nhem_tui.plot.model import PeakMark
from nhem_tui.stream.buffer import Slice

SAMPLES: Final = 500
"""ROI samples looked at: as many as the server's own detector sees at most (contract §8)."""


class Preview(Struct, frozen=True, eq=False):
    """What the detector finds in a stretch of ROI samples.

    Attributes:
        peaks: by session seconds, oldest first.
        samples: how many were looked at.
        seconds: from the first to the last of them.
    """

    peaks: tuple[PeakMark, ...]
    samples: int
    seconds: float

    @property
    def stable(self) -> int:
        """How many peaks are green."""
        return sum(peak.stable for peak in self.peaks)

    @property
    def unstable(self) -> int:
        """How many peaks are red."""
        return len(self.peaks) - self.stable

    def since(self, t: float) -> tuple[PeakMark, ...]:
        """Peaks whose end is not before session second `t`."""
        return tuple(peak for peak in self.peaks if peak.end >= t)


def preview(samples: Slice, *, threshold: float, difference_threshold: float) -> Preview:
    """Run the detector over `samples`, each stretch without a gap by itself."""
    found: list[PeakMark] = []
    count = len(samples.numbers)
    gaps = np.flatnonzero(np.diff(samples.keys) != 1) + 1
    for first, stop in zip((0, *gaps.tolist()), (*gaps.tolist(), count), strict=True):
        t, values = samples.t[first:stop], samples.values[first:stop]
        found.extend(
            PeakMark(
                float(t[peak.start]),
                float(t[peak.end]),
                float(t[peak.apex]),
                float(values[peak.apex]),
                peak.color == "green",
                peak.provisional and stop == count,
            )
            for peak in detect_peaks(
                values, threshold=threshold, difference_threshold=difference_threshold
            )
        )
    seconds = float(samples.t[-1] - samples.t[0]) if count else 0.0
    return Preview(tuple(found), count, seconds)
