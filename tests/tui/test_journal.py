"""Lines that come and go; which one is shown, and for how long."""

from __future__ import annotations

from nhem_tui.tui.journal import OUTCOME, Journal
from nhem_tui.tui.messages import Severity

GOOD: Severity = "good"


def test_how_far_something_is_gives_way_to_the_next_line() -> None:
    journal = Journal()
    journal.add(1.0, "begun")
    for share in ("10 %", "20 %", "20 %"):
        journal.add(2.0, share, fleeting=True)
    assert [entry.text for entry in journal.entries] == ["begun", "20 %"]
    version = journal.version
    journal.add(3.0, "begun")
    assert [(entry.text, entry.count) for entry in journal.entries] == [("begun", 2)]
    assert journal.version > version


def test_forgetting_is_a_change() -> None:
    journal = Journal()
    journal.add(1.0, "a")
    version = journal.version
    journal.clear()
    assert journal.entries == ()
    assert journal.last is None
    assert journal.version > version


def shown(journal: Journal, now: float, *, peaks: bool) -> str:
    entry = journal.last_for(now, peaks=peaks)
    return "" if entry is None else entry.text


def test_what_the_user_did_is_not_covered_for_some_seconds() -> None:
    journal = Journal()
    journal.add(100.0, "connected", GOOD, "stream")
    journal.add(101.0, "applied", GOOD)
    journal.add(102.0, "a peak", "unstable", "peak")
    journal.add(90.0, "a peak of the history", "stable", "peak")
    for peaks in (True, False):
        assert shown(journal, 101.0 + OUTCOME - 0.1, peaks=peaks) == "applied"
    assert shown(journal, 101.0 + OUTCOME, peaks=True) == "a peak of the history"
    assert shown(journal, 101.0 + OUTCOME, peaks=False) == "applied"
    journal.add(107.0, "lost", "error", "stream")
    assert shown(journal, 107.0, peaks=False) == "lost"
    journal.add(108.0, "failed", "error")
    assert shown(journal, 108.0, peaks=True) == "failed"


def test_peaks_alone_are_no_line_where_peaks_are_not_shown() -> None:
    journal = Journal()
    assert journal.last_for(0.0, peaks=True) is None
    journal.add(1.0, "a peak", "stable", "peak")
    assert journal.last_for(1.0, peaks=False) is None
    assert shown(journal, 1.0, peaks=True) == "a peak"
