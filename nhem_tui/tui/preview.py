"""Which peaks the window detector would find with other parameters."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from nhem_tui.analysis.peaks import detect_peaks
from nhem_tui.backend import limits
from nhem_tui.plot.model import PeakMark
from nhem_tui.recording.peaks import consecutive
from nhem_tui.stream.buffer import Slice

SAMPLES: Final = int(limits.ROI_WINDOW_COUNT.high)
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
    if not len(samples.t):
        return Preview((), 0, 0.0)
    runs = consecutive(samples)
    for run in runs:
        found.extend(
            PeakMark(
                float(run.t[peak.start]),
                float(run.t[peak.end]),
                float(run.t[peak.apex]),
                float(run.values[peak.apex]),
                peak.color == "green",
                peak.provisional and run is runs[-1],
            )
            for peak in detect_peaks(
                run.values, threshold=threshold, difference_threshold=difference_threshold
            )
        )
    return Preview(tuple(found), len(samples.t), float(samples.t[-1] - samples.t[0]))
