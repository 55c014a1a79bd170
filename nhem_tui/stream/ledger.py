"""The numbers and times of both channels, from one server process to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nhem_tui.stream import events as ev
from nhem_tui.stream.anchor import UtcAnchor
from nhem_tui.stream.simulated import FEWEST, sine_mask, words_mean_simulated
from nhem_tui.stream.stitch import AnotherProcess, Fresh, Missing, Stitcher, Window


class Ledger:
    """Takes in windows and tells what is new in them, every sample once and under its number.

    It never waits, so that what one window brings is told under one epoch and in order.

    Attributes:
        epoch: server process, from 1.
        main: the main signal so far.
        roi: the ROI samples so far.
        simulated: the server last sent words that mean it makes its signal up.
    """

    def __init__(self, emit: ev.Emit, restarted: Callable[[], None]) -> None:
        """Begin with nothing known.

        Args:
            emit: told of every event.
            restarted: called when the server turns out to be another process.
        """
        self._emit = emit
        self._restarted = restarted
        self._utc = UtcAnchor()
        self.epoch = 1
        self.main = Stitcher()
        self.roi = Stitcher()
        self.simulated = False

    def take_main(
        self, window: Window, heard_at: float, unix: float, *, trusted: bool = False
    ) -> None:
        """Take in frames.

        Args:
            window: as labelled by the server.
            heard_at: monotonic seconds when it arrived.
            unix: the server's clock when it wrote the reply, NaN when its newest frame is old.
            trusted: believe the labels.
        """
        for outcome in self.main.feed(window, heard_at, trusted=trusted):
            match outcome:
                case AnotherProcess():
                    self._begin_epoch(self.roi)
                case Missing(first, last):
                    self._emit(ev.Gap("main", self.epoch, first, last))
                case Fresh():
                    self._utc.see(unix - float(outcome.t[-1]))
                    self._tell_frames(outcome)

    def take_roi(self, window: Window, heard_at: float, main_frame: int) -> None:
        """Take in ROI samples.

        Args:
            window: as labelled by the server.
            heard_at: monotonic seconds when it arrived.
            main_frame: the newest frame when its last sample was taken; the sample feeds the
                next one (contract section 6).
        """
        ends_at = self.main.time_of(main_frame + 1)
        for outcome in self.roi.feed(window, heard_at, ends_at=ends_at):
            match outcome:
                case AnotherProcess():
                    self._begin_epoch(self.main)
                case Missing(first, last):
                    self._emit(ev.Gap("roi", self.epoch, first, last))
                case Fresh():
                    self._tell("roi", outcome, simulated=False)

    def take_words(self, *images: ev.RoiImage) -> None:
        """Take in what the server sent in place of pictures."""
        self.simulated = words_mean_simulated(*images)

    def restart(self) -> None:
        """The server is known to be another process."""
        self._begin_epoch(self.main, self.roi)

    def _begin_epoch(self, *unaware: Stitcher) -> None:
        """Begin another epoch; the channels that did not notice it themselves forget theirs."""
        for stitcher in unaware:
            stitcher.forget()
        self.epoch += 1
        self.simulated = False
        self._utc = UtcAnchor()
        self._emit(ev.Restarted(time.time(), self.epoch))
        self._restarted()

    def _tell_frames(self, fresh: Fresh) -> None:
        """Tell frames in runs of those that are measured and those that are made up."""
        count = len(fresh.values)
        made_up = sine_mask(self.main.recent(count + FEWEST - 1))[-count:] | self.simulated
        for run in _runs(made_up):
            part = Fresh(fresh.numbers[run], fresh.t[run], fresh.values[run])
            self._tell("main", part, simulated=bool(made_up[run.start]))

    def _tell(self, channel: ev.Channel, fresh: Fresh, *, simulated: bool) -> None:
        utc = self._utc.value
        self._emit(
            ev.Samples(channel, self.epoch, fresh.numbers, fresh.t, fresh.values, simulated, utc)
        )


def _runs(flags: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield the stretches of equal flags."""
    edges = [0, *(np.flatnonzero(np.diff(flags)) + 1).tolist(), len(flags)]
    for start, stop in pairwise(edges):
        yield slice(start, stop)
