"""The lines the user was told, newest last, for the event line and the log screen."""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

from msgspec import Struct

from nhem_tui.tui.messages import Severity

Source = Literal["user", "stream", "peak"]
"""What a line is about: something the user did, the link and the server, a peak that was found."""

OUTCOME: Final = 5.0
"""Seconds for which the outcome of what the user did is not covered by what comes by itself."""


class Entry(Struct, frozen=True):
    """One line.

    Attributes:
        at: Unix time.
        text: plain text.
        severity: how serious.
        source: what it is about.
        count: how many times in a row it was said.
        fleeting: how far something is; the next line takes its place.
    """

    at: float
    text: str
    severity: Severity
    source: Source = "user"
    count: int = 1
    fleeting: bool = False


class Journal:
    """A bounded list of entries; a line repeated in a row is counted, not repeated."""

    def __init__(self, limit: int = 1000) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self.version = 0

    def add(
        self,
        at: float,
        text: str,
        severity: Severity = "info",
        source: Source = "user",
        *,
        fleeting: bool = False,
    ) -> Entry:
        """Append a line (or count it onto the last one) and return its entry."""
        if self._entries and self._entries[-1].fleeting:
            self._entries.pop()
        count = 1
        if self._entries and self._entries[-1].text == text:
            count += self._entries.pop().count
        entry = Entry(at, text, severity, source, count, fleeting)
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

    def last_for(self, now: float, *, peaks: bool) -> Entry | None:
        """The line to show at Unix time `now`: the newest, but an outcome stays `OUTCOME` seconds.

        Args:
            now: Unix time.
            peaks: whether peaks are shown at all.
        """
        own = next((entry for entry in reversed(self._entries) if entry.source == "user"), None)
        if own is not None and now - own.at < OUTCOME:
            return own
        lines = reversed(self._entries)
        return next((entry for entry in lines if peaks or entry.source != "peak"), None)
