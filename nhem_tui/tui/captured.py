"""A window of samples taken for a closer look: its peaks, its figures, its curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nhem_tui.analysis.statistics import Statistics, describe
from nhem_tui.backend import limits
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import Series
from nhem_tui.recording.dataset import InForce, Peaks
from nhem_tui.recording.schema import DIFFERENCE, THRESHOLD
from nhem_tui.stream.buffer import SampleBuffer, Slice
from nhem_tui.stream.events import Channel, PictureSeen
from nhem_tui.stream.session import Session, Snapshot
from nhem_tui.tui import words
from nhem_tui.tui.curve import PAUSES
from nhem_tui.tui.preview import Preview, preview

MOST: Final = int(limits.ROI_WINDOW_COUNT.high)
STEP: Final = 50
"""Samples of a window, as of the server's own, and by how many it grows."""

Held = Mapping[Channel, Slice]
"""Samples of both channels that stand still, so that a window can be made longer or another."""


class Wanted(Struct, frozen=True):
    """What is taken and how it is looked at.

    Attributes:
        channel: which series.
        count: samples, 50 to 500.
        threshold: gray level at which a peak begins, 50 to 200.
        difference: rise above which a peak is stable, 0.1 to 10 gray levels.
    """

    channel: Channel = "roi"
    count: int = 100
    threshold: float = 105.0
    difference: float = 1.1

    def in_force(self, at: float) -> InForce:
        """The parameters as exports have them; `at` is Unix time."""
        return InForce(None, at, "client", {THRESHOLD: self.threshold, DIFFERENCE: self.difference})

    def more(self, steps: int) -> Wanted:
        """Another count."""
        return replace(self, count=int(limits.ROI_WINDOW_COUNT.nearest(self.count + steps * STEP)))

    def higher(self, steps: int) -> Wanted:
        """Another threshold."""
        return replace(self, threshold=limits.THRESHOLD.nearest(self.threshold + steps))

    def steeper(self, steps: int) -> Wanted:
        """Another difference threshold."""
        value = round(self.difference + 0.1 * steps, 1)
        return replace(self, difference=limits.DIFFERENCE_THRESHOLD.nearest(value))


class Captured(Struct, frozen=True, eq=False):
    """The window.

    Attributes:
        channel: which series.
        samples: copied, so that the session may go on.
    """

    channel: Channel
    samples: Slice

    @property
    def gaps(self) -> int:
        """How often neighbours are not consecutive."""
        return int(np.count_nonzero(~self._consecutive))

    @property
    def pauses(self) -> int:
        """How often nothing was measured between two consecutive samples."""
        return int(np.count_nonzero(self._consecutive & ~self._steady))

    @property
    def rate(self) -> float:
        """Samples a second while they were measured, NaN while that is not known."""
        steps = np.diff(self.samples.t)[self._consecutive & self._steady]
        return len(steps) / float(steps.sum()) if steps.any() else math.nan

    @property
    def _consecutive(self) -> NDArray[np.bool_]:
        return np.equal(np.diff(self.samples.keys), 1)

    @property
    def _steady(self) -> NDArray[np.bool_]:
        return np.diff(self.samples.t) <= PAUSES[self.channel]

    @property
    def numbers(self) -> str:
        """The first number and the last one; across a restart with the epoch of each."""
        samples = self.samples
        ends = [(int(samples.numbers[i]), int(samples.epochs[i])) for i in (0, -1)]
        restarted = ends[0][1] != ends[1][1]
        return "–".join(
            f"{words.grouped(number)}{f' e{epoch}' if restarted else ''}" for number, epoch in ends
        )

    @property
    def simulated(self) -> int:
        """How many samples the server made up."""
        return int(np.count_nonzero(self.samples.simulated))

    @property
    def series(self) -> Series:
        """The curve, broken where samples are missing or nothing was measured."""
        samples = self.samples
        return with_gaps(samples.t, samples.values, samples.keys, PAUSES[self.channel])

    def peaks(self, wanted: Wanted) -> Preview:
        """What the window detector finds."""
        return preview(
            self.samples,
            threshold=wanted.threshold,
            difference_threshold=wanted.difference,
        )

    def exported_peaks(self, wanted: Wanted) -> Peaks:
        """The same for an export."""
        return Peaks(self.channel, self.peaks(wanted).peaks)

    def statistics(self) -> Statistics:
        """Figures of the window."""
        return describe(self.samples.values, self.samples.t)


def why_empty(
    snapshot: Snapshot,
    pictures: PictureSeen | None,
    key_of: Callable[[str], str],
    *,
    replay: bool,
) -> str:
    """Say why there are no samples, and by which key of the dashboard that can be changed."""
    if replay:
        return "none have been played so far"
    if snapshot.link != "up":
        return "there is no connection to the server"
    if snapshot.state != "running":
        key = key_of("detection.start")
        return f"detection is stopped on the server, and kept none ({key} on the dashboard starts)"
    told = () if pictures is None else (pictures.roi1.word, pictures.roi2.word)
    if snapshot.simulated or "roi_not_configured" in told:
        return f"the server captures no region ({key_of('roi.open')} on the dashboard sets one)"
    return "the server sends none; does it have that endpoint? (nhem-tui check)"


def take(session: Session) -> Held:
    """Copy as many of the newest samples of both channels as a window can hold."""
    buffers: Mapping[Channel, SampleBuffer] = {"main": session.main, "roi": session.roi}
    return {channel: buffer.last(MOST).copy() for channel, buffer in buffers.items()}


def window(held: Held, wanted: Wanted) -> Captured | None:
    """The newest of the samples held, at most `wanted.count`; None when there are none."""
    samples = held.get(wanted.channel)
    if samples is None or not len(samples.t):
        return None
    count = len(samples.t)
    return Captured(wanted.channel, samples.cut(max(count - wanted.count, 0), count))
