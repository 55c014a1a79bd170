"""The headless model behind the screens: the session, the peaks found in it, the journal."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from nhem_tui.analysis.tracker import PeakEvent, PeakTracker
from nhem_tui.config.schema import Settings
from nhem_tui.plot.model import PeakMark
from nhem_tui.recording.dataset import InForce
from nhem_tui.recording.following import chosen, followed
from nhem_tui.recording.peaks import mark_of
from nhem_tui.recording.schema import Noted
from nhem_tui.recording.standing import Standing, note_mark
from nhem_tui.stream import events as ev
from nhem_tui.stream.playhead import Playhead
from nhem_tui.stream.session import Session
from nhem_tui.tui import changes
from nhem_tui.tui.journal import OUTCOME, Journal
from nhem_tui.tui.panels import PeakTally
from nhem_tui.tui.words import event_words, grouped, signed, span

REMEMBERED: Final = 1000
"""Gaps, and changes of parameters, that are kept for exports."""


class Monitor:
    """Applies events; knows no widget.

    Attributes:
        moments: marked by the user, and in a replay those that were marked then.
        gaps: the newest ones.
        in_force: parameters, one after the other.
        standing: what a recording that begins now must begin with.
        connected_at: Unix time of the first answer, None before it.
        tuned_here: the user chose other parameters for peaks than a recording tells.
        own: names of the detector's parameters that are the user's choice and not the server's;
            None where none are the server's, as in a replay.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        monotonic: Callable[[], float],
        wall: Callable[[], float],
        follow: bool = True,
    ) -> None:
        """Begin empty.

        Args:
            settings: the configuration in force.
            monotonic: seconds, for ages.
            wall: Unix time, for lines about what carries no time of its own.
            follow: look for peaks by the server's parameters where the user chose none.
        """
        size = settings.display.buffer_size
        self.session = Session(size, size, monotonic)
        self.journal = Journal()
        self.playhead = Playhead()
        self._monotonic = monotonic
        self._wall = wall
        self.tracker = PeakTracker(
            threshold=settings.peak_detection.peak_threshold,
            difference_threshold=settings.peak_detection.difference_threshold,
        )
        self.pictures: ev.PictureSeen | None = None
        self.moments: list[ev.Mark] = []
        self.gaps: deque[ev.Gap] = deque(maxlen=REMEMBERED)
        self.in_force: deque[InForce] = deque(maxlen=REMEMBERED)
        self.standing = Standing()
        self.connected_at: float | None = None
        self.tuned_here = False
        self.own = chosen(settings.peak_detection) if follow else None
        self._own_moments: list[ev.Mark] = []
        self._changed_at = -math.inf
        self._note_detector()

    def apply(self, event: ev.Event) -> ev.Tuned | None:
        """Take one event in; what it is worth saying goes into the journal.

        Returns:
            How the detector is tuned because of it, to be recorded as well.
        """
        tuned: ev.Tuned | None = None
        self._tell_changes(event)
        self.session.apply(event)
        self.standing.note(event)
        match event:
            case ev.Samples(channel="roi"):
                told = self.tracker.feed(event.epoch, event.numbers, event.t, event.values)
                self._tell_peaks(told)
            case ev.Samples():
                self.playhead.heard(float(event.t[-1]), self._monotonic())
            case ev.PictureSeen():
                self.pictures = event
            case ev.Gap():
                self.gaps.append(event)
            case ev.Parameters():
                self._note(Noted.of(event))
                tuned = self.follow(event)
            case ev.Mark():
                note_mark(self.moments, event)
            case ev.Tuned() if not self.tuned_here:
                self._tune(event)
            case ev.Connected() if self.connected_at is None:
                self.connected_at = event.at
        told_words = event_words(event)
        if told_words is not None:
            self.journal.add(self._time_of(event), *told_words, "stream")
        return tuned

    def _tell_changes(self, event: ev.Event) -> None:
        """Say what is otherwise on the server than before, unless it comes from here."""
        told_words = None
        match event:
            case ev.StatusSeen(at=at, state=state):
                told_words = changes.of_state(self.session.snapshot.state, state)
            case ev.Parameters(at=at, values=values):
                before = self.standing.parameters
                told_words = changes.of_parameters(before.values if before else None, values)
        if told_words is not None and self._monotonic() - self._changed_at > OUTCOME:
            self.journal.add(at, *told_words, "stream")

    def note_change(self) -> None:
        """Something is changed on the server from here: what comes of it is told by others."""
        self._changed_at = self._monotonic()

    def _time_of(self, event: ev.Event) -> float:
        """Unix time of an event; that of a gap by the samples before it."""
        at: float | None = getattr(event, "at", None)
        if at is None and isinstance(event, ev.Gap):
            buffer = self.session.main if event.channel == "main" else self.session.roi
            return self._server_time(buffer.newest)
        return at or self._wall()

    def _server_time(self, t: float | None) -> float:
        """Unix time of session second `t` by the server's clock, or now while it is unknown."""
        utc = self.session.snapshot.utc
        return self._wall() if t is None or math.isnan(utc) else utc + t

    # --- marks ----------------------------------------------------------------------------------

    def mark(self, t: float) -> ev.Mark:
        """Mark session second `t`; the mark is to be recorded as well."""
        mark = ev.Mark(self._wall(), t, f"Mark {len(self._own_moments) + 1}")
        self._own_moments.append(mark)
        self.apply(mark)
        return mark

    def unmark(self) -> ev.Mark | None:
        """Take the mark put last away; what is told of that is to be recorded as well."""
        if not self._own_moments:
            return None
        removal = replace(self._own_moments.pop(), at=self._wall(), removed=True)
        self.apply(removal)
        return removal

    # --- parameters -----------------------------------------------------------------------------

    def retune(self, threshold: float, difference_threshold: float) -> ev.Tuned:
        """Look for peaks by parameters that the user chose; they are to be recorded as well."""
        self.tuned_here = True
        tuned = ev.Tuned(self._wall(), threshold, difference_threshold)
        self.standing.note(tuned)
        self._tune(tuned)
        return tuned

    def follow(self, told: ev.Parameters) -> ev.Tuned | None:
        """Look for peaks by the server's parameters, but for those the user chose."""
        if self.own is None:
            return None
        tracker = self.tracker
        now = ev.Tuned(told.at, tracker.threshold, tracker.difference_threshold)
        tuned = followed(now, told, self.own)
        if tuned is not None:
            self.standing.note(tuned)
            self._tune(tuned)
        return tuned

    def _tune(self, tuned: ev.Tuned) -> None:
        threshold, difference = tuned.threshold, tuned.difference_threshold
        self._tell_peaks(self.tracker.retune(threshold=threshold, difference_threshold=difference))
        self._note(Noted.of(tuned))

    def _note(self, noted: Noted) -> None:
        """Take in what is in force from now on."""
        newest = [t for t in (self.session.main.newest, self.session.roi.newest) if t is not None]
        since = max(newest, default=None)
        known = InForce(since, noted.at, noted.owner, noted.values)
        same = [one for one in self.in_force if (one.owner, one.t) == (known.owner, known.t)]
        for one in same:  # it never was in force for any sample
            self.in_force.remove(one)
        self.in_force.append(known)

    def _note_detector(self) -> None:
        """Take in how the detector is tuned from the start."""
        tracker = self.tracker
        tuned = ev.Tuned(self._wall(), tracker.threshold, tracker.difference_threshold)
        self._note(Noted.of(tuned))
        self.standing.note(tuned)

    def clear(self) -> None:
        """Forget samples, peaks and counts; connection and state stay known."""
        self.session.forget()
        self.tracker = self._fresh_tracker()
        self.playhead = Playhead()
        self.gaps.clear()
        self.moments.clear()
        self._own_moments.clear()

    def begin_again(self) -> None:
        """Forget what was told: a replay goes on from another moment, and tells it again."""
        self.session.clear()
        self.journal.clear()
        self.tracker = self._fresh_tracker()
        self.playhead = Playhead()
        self.pictures = None
        self.gaps.clear()
        self.in_force.clear()
        self.moments = [*self._own_moments]
        self._note_detector()

    def _fresh_tracker(self) -> PeakTracker:
        """One without peaks, with the parameters that are in force."""
        before = self.tracker
        return PeakTracker(
            threshold=before.threshold, difference_threshold=before.difference_threshold
        )

    def _tell_peaks(self, settled: list[PeakEvent]) -> None:
        for peak in settled:
            stable = peak.color == "green"
            self.journal.add(
                self._server_time(peak.t_apex),
                f"Peak {'▲' if stable else '▽'} {signed(peak.difference, 1)} over "
                f"{span(peak.duration)}, top {peak.value:.1f} (ROI sample {grouped(peak.apex)})",
                "stable" if stable else "unstable",
                "peak",
            )

    def tally(self, now: float) -> PeakTally:
        """Counts and the newest peak; `now` is session seconds."""
        last = self.tracker.newest
        if last is None:
            return PeakTally(self.tracker.green, self.tracker.red)
        return PeakTally(
            self.tracker.green,
            self.tracker.red,
            last.color == "green",
            max(0.0, now - last.t_apex),
            last.provisional,
        )

    def marks(self, since: float) -> tuple[PeakMark, ...]:
        """Peaks whose end is not before `since`, for the charts."""
        return tuple(mark_of(peak) for peak in self.tracker.since(since))
