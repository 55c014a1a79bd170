"""Lines of the journal as rows of text."""

from __future__ import annotations

from nhem_tui.tui.cells import TextRow, paragraph
from nhem_tui.tui.journal import Entry
from nhem_tui.tui.words import clock_time


def entry_rows(entry: Entry, width: int, most: int | None = None) -> list[TextRow]:
    """When and what, over `most` lines at most."""
    times = f" ×{entry.count}" if entry.count > 1 else ""
    role = "text" if entry.severity == "info" else entry.severity
    lead = f"{clock_time(entry.at)}  ", "muted"
    return paragraph(f"{entry.text}{times}", role, width, most=most, lead=lead)
