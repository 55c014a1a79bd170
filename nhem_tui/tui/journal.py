"""The lines the user was told, newest last, for the event line and the log screen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from nhem_tui.tui.messages import Severity


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        at: Unix time.
        text: plain text.
        severity: how serious.
        count: how many times in a row it was said.
        fleeting: how far something is; the next line takes its place.
    """

    at: float
    text: str
    severity: Severity
    count: int = 1
    fleeting: bool = False


class Journal:
    """A bounded list of entries; a line repeated in a row is counted, not repeated."""

    def __init__(self, limit: int = 1000) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self.version = 0

    def add(
        self, at: float, text: str, severity: Severity = "info", *, fleeting: bool = False
    ) -> Entry:
        """Append a line (or count it onto the last one) and return its entry."""
        if self._entries and self._entries[-1].fleeting:
            self._entries.pop()
        count = 1
        if self._entries and self._entries[-1].text == text:
            count += self._entries.pop().count
        entry = Entry(at, text, severity, count, fleeting)
        self._entries.append(entry)
        self.version += 1
        return entry

    def clear(self) -> None:
        """Forget all lines."""
        self._entries.clear()
        self.version += 1

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    @property
    def last(self) -> Entry | None:
        """The newest entry."""
        return self._entries[-1] if self._entries else None
