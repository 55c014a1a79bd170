"""Lines that come and go."""

from __future__ import annotations

from nhem_tui.tui.journal import Journal


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
