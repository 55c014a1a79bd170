"""The numbers and times of both channels, from one server process to the next."""

from __future__ import annotations

import time
from collections.abc import Callable

from nhem_tui.stream import events as ev
from nhem_tui.stream.anchor import CLOCK_STEP, UtcAnchor
from nhem_tui.stream.simulated import FEWEST, sine_mask, words_mean_simulated
from nhem_tui.stream.stitch import (
    AnotherProcess,
    Fresh,
    Look,
    Missing,
    Outcome,
    Renumbered,
    Stitcher,
    runs,
)
from nhem_tui.stream.window import Window


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

    def take_main(self, window: Window, look: Look, unix: float) -> int:
        """Take in frames as ``/data/window-capture`` labels them.

        Args:
            window: as labelled by the server.
            look: when it was asked for and arrived.
            unix: the server's clock when it wrote the reply, NaN when its newest frame is old.

        Returns:
            How many new frames came without a value.
        """
        # What began before the first frame, in trouble, has set the time already.
        begun = self.main.time_at(look.heard) is not None
        ends_at = None if begun else self.roi.time_at(look.heard)
        outcomes = self.main.feed(window, look, ends_at=ends_at)
        for outcome in outcomes:
            if isinstance(outcome, Fresh):
                self._tell_frames(outcome, unix)
            else:
                self._note("main", outcome)
        return _blanks(outcomes)

    def take_numbered(self, window: Window, look: Look, unix: float) -> None:
        """Take in frames of a server without windows: believe their numbers."""
        for outcome in self.main.feed(window, look, trusted=True):
            match outcome:
                case Fresh():
                    self._tell_frames(outcome, unix)
                case Missing(first, last):
                    self._emit(ev.UsualGap("main", self.epoch, first, last))
                case _:
                    self._note("main", outcome)

    def take_roi(self, window: Window, look: Look, main_frame: int) -> int:
        """Take in ROI samples.

        Args:
            window: as labelled by the server.
            look: when it was asked for and arrived.
            main_frame: the newest frame when its last sample was taken; the sample feeds the
                next one (contract section 6).

        Returns:
            How many new samples came without a value.
        """
        outcomes = self.roi.feed(window, look, ends_at=self._taken_at(main_frame, look))
        for outcome in outcomes:
            if isinstance(outcome, Fresh):
                self._tell("roi", outcome, simulated=False)
            else:
                self._note("roi", outcome)
        return _blanks(outcomes)

    def _taken_at(self, main_frame: int, look: Look) -> float | None:
        """Session seconds of an ROI sample, None before the first frame.

        Args:
            main_frame: the newest frame when it was taken, as the server says.
            look: when it was heard of; nothing is taken later than that.
        """
        by_frame, now = self.main.time_of(main_frame + 1), self.main.time_at(look.heard)
        if by_frame is None or now is None:
            return None
        # By arrival alone the present is known only as well as replies are quick.
        return by_frame if by_frame <= now + CLOCK_STEP else now

    def take_words(self, *images: ev.RoiImage) -> None:
        """Take in what the server sent in place of pictures."""
        self.simulated = words_mean_simulated(*images)

    def restart(self) -> None:
        """The server is known to be another process."""
        self._begin_epoch(self.main, self.roi)

    def _note(self, channel: ev.Channel, outcome: Outcome) -> None:
        """Tell what a window brings besides samples."""
        match outcome:
            case AnotherProcess():
                self._begin_epoch(self.roi if channel == "main" else self.main)
            case Renumbered(shift):
                self.epoch += 1
                self._emit(ev.Renumbered(time.time(), self.epoch, channel, shift))
            case Missing(first, last):
                self._emit(ev.Gap(channel, self.epoch, first, last))

    def _begin_epoch(self, *unaware: Stitcher) -> None:
        """Begin another epoch; the channels that did not notice it themselves forget theirs."""
        for stitcher in unaware:
            stitcher.forget()
        self.epoch += 1
        self.simulated = False
        self._utc = UtcAnchor()
        self._emit(ev.Restarted(time.time(), self.epoch))
        self._restarted()

    def _tell_frames(self, fresh: Fresh, unix: float) -> None:
        """Tell frames in runs of those that are measured and those that are made up."""
        if fresh.numbers[-1] == self.main.last:
            self._utc.see(unix - float(fresh.t[-1]))
        count = len(fresh.values)
        recent = self.main.values_until(int(fresh.numbers[-1]), count + FEWEST - 1)
        made_up = sine_mask(recent)[-count:] | self.simulated
        for run in runs(made_up):
            part = Fresh(fresh.numbers[run], fresh.t[run], fresh.values[run])
            self._tell("main", part, simulated=bool(made_up[run.start]))

    def _tell(self, channel: ev.Channel, fresh: Fresh, *, simulated: bool) -> None:
        utc = self._utc.value
        self._emit(
            ev.Samples(channel, self.epoch, fresh.numbers, fresh.t, fresh.values, simulated, utc)
        )


def _blanks(outcomes: list[Outcome]) -> int:
    """How many samples came without a value."""
    return sum(o.last - o.first + 1 for o in outcomes if isinstance(o, Missing) and o.blank)
