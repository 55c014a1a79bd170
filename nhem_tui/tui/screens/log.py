"""The log: everything the user was told, filtered by severity and text."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Input

from nhem_tui.tui.cells import line
from nhem_tui.tui.entry_rows import entry_rows
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.textpane import TextPane

PEAKS: Final[frozenset[Severity]] = frozenset({"stable", "unstable"})
SERIOUS: Final[frozenset[Severity]] = frozenset({"warning", "error"})
LEVELS: Final[tuple[tuple[str, frozenset[Severity]], ...]] = (
    ("everything", SERIOUS | PEAKS | {"info", "good"}),
    ("all but peaks", SERIOUS | {"info", "good"}),
    ("warnings and errors", SERIOUS),
    ("errors", frozenset({"error"})),
    ("peaks", PEAKS),
)


KNOWN: Final = 1024
"""Lines whose rows are remembered: a few more than the journal keeps."""


class Lines(VerticalScroll):
    """Tells when it is scrolled."""

    at_end: reactive[bool] = reactive(True, init=False)

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Notice whether the newest line is in sight."""
        super().watch_scroll_y(old, new)
        self.at_end = new >= self.max_scroll_y


class LogScreen(ToolScreen):
    """Follows the newest line until the user scrolls up, or says so."""

    CSS_PATH = "log.tcss"
    TITLE_WORDS = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "v",
            "level",
            "Severity",
            id="log.level",
            tooltip="Everything, without peaks, warnings and errors, errors, peaks.",
        ),
        Binding(
            "f",
            "follow",
            "Follow",
            id="log.follow",
            tooltip="Follow the newest line, or stand still.",
        ),
        Binding(
            "slash",
            "search",
            "Find",
            id="log.search",
            tooltip="Only lines with a text; esc goes back to the lines.",
        ),
    ]
    AUTO_FOCUS = "#lines"

    level: reactive[int] = reactive(0, init=False)
    follow: reactive[bool] = reactive(True, init=False)

    def __init__(self) -> None:
        super().__init__()
        self._typed = self._wanted = ""
        self._written: object = None
        self._rows_of = lru_cache(KNOWN)(entry_rows)

    def compose_body(self) -> ComposeResult:
        """The lines, and a field to filter them."""
        with Lines(id="lines"):
            yield TextPane(id="entries")
        yield Input(id="find", placeholder="only lines with this text", compact=True)

    def on_mount(self) -> None:
        """Stand still when the user scrolls up, follow again at the end."""
        self.watch(self.query_one(Lines), "at_end", self._scrolled, init=False)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.update_body)

    def refresh_body(self) -> None:
        """Write the lines again when something is different."""
        pane = self.query_one("#entries", TextPane)
        width, journal = pane.content_size.width, self.app.monitor.journal
        asked = journal.version, self.level, self._wanted, width
        if asked == self._written or width <= 0:
            return
        self._written = asked
        _, severities = LEVELS[self.level]
        rows = [
            row
            for entry in journal.entries
            if entry.severity in severities and self._wanted in entry.text.casefold()
            for row in self._rows_of(entry, width)
        ]
        pane.show(rows or [line([(self._why_empty(), "muted")], width)])
        self._title()
        if self.follow:
            self._go_to_end()

    def _why_empty(self) -> str:
        if self._wanted:
            return f"No line contains ‘{self._typed}’."
        return "Nothing so far." if self.level == 0 else "No line of this severity."

    def _title(self) -> None:
        state = "following" if self.follow else "standing still"
        found = [f"‘{self._typed}’"] if self._wanted else []
        self.title_body(" · ".join((LEVELS[self.level][0], *found, state)))

    def _go_to_end(self) -> None:
        self.call_after_refresh(self.query_one(Lines).scroll_end, animate=False)

    def _scrolled(self, at_end: bool) -> None:
        self.follow = at_end

    def watch_level(self) -> None:
        """Show other severities."""
        self.update_body()

    def watch_follow(self) -> None:
        """Say so, and go to the newest line."""
        if self.is_open:
            self._title()
            if self.follow:
                self._go_to_end()

    @on(Input.Changed, "#find")
    def _filter(self, event: Input.Changed) -> None:
        self._typed, self._wanted = event.value, event.value.casefold()
        self.update_body()

    @on(Input.Submitted, "#find")
    def _found(self) -> None:
        self.query_one(Lines).focus()

    def action_level(self) -> None:
        """Next severity."""
        self.level = (self.level + 1) % len(LEVELS)

    def action_follow(self) -> None:
        """Follow the newest line, or stand still."""
        self.follow = not self.follow

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one("#find").focus()

    def action_back(self) -> None:
        """Out of the field to the lines, from there back to the dashboard."""
        if isinstance(self.focused, Input):
            self.query_one(Lines).focus()
        else:
            super().action_back()


SCREEN = LogScreen
