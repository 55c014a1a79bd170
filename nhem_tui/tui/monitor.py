"""The headless model behind the screens: the session, the peaks found in it, the journal."""

from __future__ import annotations

from collections.abc import Callable

from nhem_tui.analysis.tracker import PeakEvent, PeakTracker
from nhem_tui.config.schema import Settings
from nhem_tui.plot.model import PeakMark
from nhem_tui.stream import events as ev
from nhem_tui.stream.playhead import Playhead
from nhem_tui.stream.session import Session
from nhem_tui.tui.journal import Journal
from nhem_tui.tui.panels import PeakTally
from nhem_tui.tui.words import event_words, grouped, signed, span


class Monitor:
    """Applies events; knows no widget."""

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float], wall: Callable[[], float]
    ) -> None:
        """Begin empty.

        Args:
            settings: the configuration in force.
            monotonic: seconds, for ages.
            wall: Unix time, for lines about what carries no time of its own.
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
        self.user_marks: list[float] = []
        self._known: dict[type[ev.Event], ev.Event] = {}

    def apply(self, event: ev.Event) -> bool:
        """Take one event in.

        Returns:
            True when it put a line into the journal.
        """
        self.session.apply(event)
        if isinstance(event, ev.Connected | ev.StatusSeen | ev.Parameters):
            self._known[type(event)] = event
        if isinstance(event, ev.Samples) and event.channel == "roi":
            self._tell_peaks(self.tracker.feed(event.epoch, event.numbers, event.t, event.values))
        elif isinstance(event, ev.Samples):
            self.playhead.heard(float(event.t[-1]), self._monotonic())
        elif isinstance(event, ev.PictureSeen):
            self.pictures = event
        told = event_words(event)
        if told is None:
            return False
        self.journal.add(getattr(event, "at", None) or self._wall(), *told, "stream")
        return True

    def clear(self) -> None:
        """Forget the samples and peaks; connection and state stay known."""
        self.session.main.clear()
        self.session.roi.clear()
        self.tracker = self._fresh_tracker()
        self.playhead = Playhead()
        self.user_marks.clear()

    def begin_again(self) -> None:
        """Forget what was measured: a replay goes on from another moment."""
        self.session.clear()
        self.tracker = self._fresh_tracker()
        self.playhead = Playhead()
        self.pictures = None

    def _fresh_tracker(self) -> PeakTracker:
        """One without peaks, with the parameters that are in force."""
        before = self.tracker
        return PeakTracker(
            threshold=before.threshold, difference_threshold=before.difference_threshold
        )

    @property
    def known(self) -> tuple[ev.Event, ...]:
        """The events that say how things stand: a recording that begins now begins with them."""
        return tuple(self._known.values())

    def _tell_peaks(self, settled: list[PeakEvent]) -> None:
        for peak in settled:
            stable = peak.color == "green"
            self.journal.add(
                self._wall(),
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
        return tuple(
            PeakMark(
                peak.t_start,
                peak.t_end,
                peak.t_apex,
                peak.value,
                peak.color == "green",
                peak.provisional,
            )
            for peak in self.tracker.since(since)
        )
