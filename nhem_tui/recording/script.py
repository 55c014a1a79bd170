"""What a recording heard, in order: the very events that its recorder was told."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Final, get_args

import numpy as np

from nhem_tui.recording import rows
from nhem_tui.recording.batch import pieces
from nhem_tui.recording.opening import translated
from nhem_tui.recording.peaks import tuned
from nhem_tui.recording.reader import Heard, Recording
from nhem_tui.stream import events as ev

_EVENT: Final = "SELECT heard, kind, body FROM event WHERE "
_STATE: Final = (
    "SELECT heard, at, epoch, state, frame_count, value, baseline, peak_signal, buffered, latency"
    " FROM state WHERE "
)
_PICTURE: Final = (
    "SELECT heard, at, epoch, png1, word1, gray1, width1, height1,"
    " png2, word2, gray2, width2, height2 FROM picture WHERE "
)
_BETWEEN: Final = "heard >= ? AND heard < ? ORDER BY heard"
_NEWEST: Final = "heard < ? ORDER BY heard DESC LIMIT 1"


class Script:
    """The events of a recording by when they were heard, in microseconds since it began."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def between(self, start: int, stop: int) -> Iterator[Heard]:
        """Everything heard from `start` to `stop` (exclusive), in order.

        Raises:
            DamagedError: some of it cannot be read.
        """
        return heapq.merge(
            self.history(start, stop, whole=False),
            self._states(_STATE + _BETWEEN, start, stop),
            self._pictures(_PICTURE + _BETWEEN, start, stop),
            key=itemgetter(0),
        )

    def history(self, start: int, stop: int, *, whole: bool = True) -> Iterator[Heard]:
        """Everything but states and pictures, of which only the newest count afterwards.

        Args:
            start: microseconds.
            stop: microseconds, exclusive.
            whole: samples in long pieces, each heard with its last, not in those they came in.

        Raises:
            DamagedError: some of it cannot be read.
        """
        samples = [
            self._samples(channel, start, stop, whole=whole) for channel in get_args(ev.Channel)
        ]
        return heapq.merge(*samples, self.happenings(start, stop), key=itemgetter(0))

    def happenings(self, start: int, stop: int) -> Iterator[Heard]:
        """Everything but samples, states and pictures; little over a whole night."""
        recording = self._recording
        return heapq.merge(
            recording.gaps(start, stop),
            recording.mark_events(start, stop),
            self._parameters(start, stop),
            tuned(recording, start, stop),
            self._events(start, stop),
            key=itemgetter(0),
        )

    def state_before(self, stop: int, *, pictures: bool = True) -> list[Heard]:
        """The newest reply of ``/status`` heard before `stop`, and the newest `pictures`."""
        return [
            *self._states(_STATE + _NEWEST, stop),
            *(self._pictures(_PICTURE + _NEWEST, stop) if pictures else ()),
        ]

    def _samples(
        self, channel: ev.Channel, start: int, stop: int, *, whole: bool
    ) -> Iterator[Heard]:
        index = self._recording.indices[channel].rows
        first, last = np.searchsorted(index["heard"], (start, stop))
        index = index[max(int(first) - 1, 0) : int(last)]  # the one before may reach in
        if not len(index):
            return
        for row, arrays in zip(index, self._recording.arrays(channel, index), strict=True):
            heard = int(row["heard"])
            complete = heard + int(arrays.chunks["after"][-1]) < stop
            told = pieces(
                heard,
                arrays.joined() if whole and complete else arrays,
                channel=channel,
                epoch=int(row["epoch"]),
                first=int(row["first"]),
                simulated=bool(row["simulated"]),
                utc=float(row["utc"]),
            )
            yield from (Heard(at, piece) for at, piece in told if start <= at < stop)

    def _events(self, start: int, stop: int) -> Iterator[Heard]:
        for heard, event in self._told(rows.event, _EVENT + _BETWEEN, start, stop):
            if event is not None:
                yield Heard(heard, event)

    def _parameters(self, start: int, stop: int) -> Iterator[Heard]:
        for heard, noted in self._recording.parameters(start, stop):
            if noted.owner == "server":
                yield Heard(heard, ev.Parameters(noted.at, noted.values))

    def _states(self, query: str, *values: int) -> Iterator[Heard]:
        return self._told(rows.state, query, *values)

    def _pictures(self, query: str, *values: int) -> Iterator[Heard]:
        return self._told(rows.picture, query, *values)

    def _told(
        self, of: Callable[[rows.Values], object], query: str, *values: int
    ) -> Iterator[Heard]:
        found = self._recording.query(query, *values)
        with translated(self._recording.path):
            for heard, *row in found:
                yield Heard(heard, of(row))
