"""The headless model behind the screens: the session, the peaks found in it, the journal."""

from __future__ import annotations

from nhem_tui.analysis.tracker import PeakTracker
from nhem_tui.config.schema import Settings
from nhem_tui.plot.model import PeakMark
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Session
from nhem_tui.tui.journal import Journal
from nhem_tui.tui.panels import PeakTally
from nhem_tui.tui.words import event_words


class Monitor:
    """Applies events; knows no widget and no clock but the events' own."""

    def __init__(self, settings: Settings) -> None:
        size = settings.display.buffer_size
        self.session = Session(size, size)
        self.journal = Journal()
        self.tracker = PeakTracker(
            threshold=settings.peak_detection.peak_threshold,
            difference_threshold=settings.peak_detection.difference_threshold,
        )
        self.pictures: ev.PictureSeen | None = None

    def apply(self, event: ev.Event) -> bool:
        """Take one event in.

        Returns:
            True when it put a line into the journal.
        """
        self.session.apply(event)
        if isinstance(event, ev.Samples) and event.channel == "roi":
            self.tracker.feed(event)
        elif isinstance(event, ev.PictureSeen):
            self.pictures = event
        told = event_words(event)
        if told is None:
            return False
        at = event.at if not isinstance(event, ev.Gap) else self.session.snapshot.at
        self.journal.add(at, *told)
        return True

    def tally(self, newest: float) -> PeakTally:
        """Counts and the newest peak; `newest` is the session time of the newest sample."""
        last = self.tracker.newest
        if last is None:
            return PeakTally(self.tracker.green, self.tracker.red)
        return PeakTally(
            self.tracker.green,
            self.tracker.red,
            last.color == "green",
            max(0.0, newest - last.t_apex),
            last.provisional,
        )

    def marks(self, since: float) -> tuple[PeakMark, ...]:
        """Peaks whose end is not before `since`, for the charts."""
        return ()
