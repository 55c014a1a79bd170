"""Peaks in a recording: by the parameters that were in force, wherever it is cut."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nhem_tui.analysis.peaks import SIDE
from nhem_tui.analysis.tracker import PeakEvent, PeakTracker
from nhem_tui.plot.model import PeakMark
from nhem_tui.recording.reader import EVER, Heard, Recording
from nhem_tui.stream.buffer import Slice


class Tuning(NamedTuple):
    """The detector's parameters for the ROI samples after second `since`.

    Attributes:
        since: seconds, -inf for the first ones.
        threshold: gray level.
        difference_threshold: gray levels above which a peak is green.
    """

    since: float
    threshold: float
    difference_threshold: float


def tuned(recording: Recording, start: int = 0, stop: int = EVER) -> list[Heard]:
    """`Tuned` for each time it was noted from `start` to `stop` (exclusive), microseconds.

    A file that does not say how the client's own detector was tuned says how the server's was.
    """
    noted = recording.parameters()
    own = [heard for heard in noted if heard.what.owner == "client"]
    return [
        Heard(heard, one.tuned)
        for heard, one in own or noted
        if one.tuned is not None and start <= heard < stop
    ]


def tunings(recording: Recording) -> list[Tuning]:
    """How the detector was tuned over the whole recording; empty if that is not known."""
    found: list[Tuning] = []
    for heard, event in tuned(recording):
        since = recording.newest_before(heard, "roi")
        before = -math.inf if since is None else since
        found.append(Tuning(before, event.threshold, event.difference_threshold))
    return found


def find_peaks(samples: Iterable[Slice], by: Sequence[Tuning]) -> list[PeakEvent]:
    """The peaks on the samples of one channel, as the live display has them.

    Args:
        samples: oldest first.
        by: how the detector is tuned, oldest first; without any there are no peaks.
    """
    if not by:
        return []
    _, threshold, difference = by[0]
    tracker = PeakTracker(threshold=threshold, difference_threshold=difference)
    to_come = deque(by[1:])
    found: list[PeakEvent] = []
    for part in samples:
        for run in consecutive(part):
            rest = run
            while to_come and rest.t[-1] > to_come[0].since:
                since, threshold, difference = to_come.popleft()
                place = int(np.searchsorted(rest.t, since, "right"))
                found += _feed(tracker, rest.cut(0, place))
                found += tracker.retune(threshold=threshold, difference_threshold=difference)
                rest = rest.cut(place, len(rest.t))
            found += _feed(tracker, rest)
    for _, threshold, difference in to_come:
        found += tracker.retune(threshold=threshold, difference_threshold=difference)
    return [*found, *tracker.provisional]


def _feed(tracker: PeakTracker, run: Slice) -> list[PeakEvent]:
    epoch = int(run.epochs[0]) if len(run.t) else 0
    return tracker.feed(epoch, run.numbers, run.t, run.values)


def peaks_between(recording: Recording, t0: float, t1: float) -> list[PeakEvent]:
    """The peaks that reach into seconds `t0` to `t1`, as they are in the whole recording.

    Raises:
        DamagedError: some samples cannot be read.
    """
    by = tunings(recording)
    wide = _widened(recording, t0, t1, min((one.threshold for one in by), default=math.inf))
    found = find_peaks(recording.slices("roi", *wide), by)
    return [peak for peak in found if peak.t_end >= t0 and peak.t_start <= t1]


def _widened(recording: Recording, t0: float, t1: float, threshold: float) -> tuple[float, float]:
    """A window that no peak of the narrower one depends on the outside of.

    It reaches to a row on each side that stays below `threshold` and is long enough for the means
    beside a core.
    """
    index = recording.indices["roi"]
    rows, window = index.rows, index.between(t0, t1)
    quiet = (rows["high"] < threshold) & (rows["count"] > SIDE)
    before = np.flatnonzero(quiet[: window.start])
    after = np.flatnonzero(quiet[window.stop :])
    start = float(rows["t_first"][before[-1]]) if before.size else -math.inf
    stop = float(rows["t_last"][window.stop + after[0]]) if after.size else math.inf
    return start, stop


def mark_of(peak: PeakEvent) -> PeakMark:
    """A peak as charts draw it."""
    return PeakMark(
        peak.t_start,
        peak.t_end,
        peak.t_apex,
        peak.value,
        peak.color == "green",
        peak.provisional,
    )


def consecutive(samples: Slice) -> list[Slice]:
    """Divide samples where their numbers are not consecutive or another epoch begins."""
    breaks = np.flatnonzero(np.diff(samples.keys) != 1) + 1
    ends = [0, *breaks.tolist(), len(samples.t)]
    return [samples.cut(start, stop) for start, stop in pairwise(ends)]
