"""How things stand: what was told and still holds, for a file that begins in the middle."""

from __future__ import annotations

from typing import Final

from nhem_tui.stream import events as ev

_PARAMETERS: Final = "server's parameters"


class Standing:
    """Remembers of everything noted what no later entry has made untrue."""

    def __init__(self) -> None:
        self._entries: dict[str, ev.Event] = {}

    @property
    def entries(self) -> tuple[ev.Event, ...]:
        """What holds, in the order in which it was told."""
        return tuple(self._entries.values())

    @property
    def parameters(self) -> ev.Parameters | None:
        """Those that the server told last."""
        entry = self._entries.get(_PARAMETERS)
        return entry if isinstance(entry, ev.Parameters) else None

    def note(self, entry: ev.Event) -> None:
        """Take an entry in; samples, gaps, pictures, marks and single troubles do not last."""
        match entry:
            case ev.Connected():
                self._end("link", "retry", "try")
                self._begin("server", entry)
            case ev.ConnectionRestored():
                self._end("link", "retry", "try")
            case ev.ConnectionLost():
                self._begin("link", entry)
            case ev.Retrying():
                self._end("try")
                self._begin("retry", entry)
            case ev.Trying():
                self._begin("try", entry)
            case ev.Restarted() | ev.Renumbered():
                self._begin("epoch", entry)
            case ev.StatusSeen():
                self._begin("state", entry)
            case ev.Parameters():
                self._begin(_PARAMETERS, entry)
            case ev.Tuned():
                self._begin("client's parameters", entry)
            case ev.Notice(fact=fact) if fact:
                self._end(f"fact: {fact}") if entry.over else self._begin(f"fact: {fact}", entry)

    def _begin(self, what: str, entry: ev.Event) -> None:
        self._end(what)  # the newest comes last
        self._entries[what] = entry

    def _end(self, *whats: str) -> None:
        for what in whats:
            self._entries.pop(what, None)


def note_mark(marks: list[ev.Mark], mark: ev.Mark) -> None:
    """Put a mark onto the list of those that are there, or take the one that it removes away."""
    if not mark.removed:
        marks.append(mark)
        return
    for place in range(len(marks) - 1, -1, -1):
        if (marks[place].t, marks[place].text) == (mark.t, mark.text):
            del marks[place]
            return
