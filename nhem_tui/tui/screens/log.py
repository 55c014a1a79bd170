"""The log: everything the user was told, filtered by severity and text."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Input, RichLog

from nhem_tui.tui import words
from nhem_tui.tui.journal import Entry
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.screens.tool import ToolScreen

LEVELS: Final[tuple[tuple[str, frozenset[Severity]], ...]] = (
    ("everything", frozenset({"info", "good", "warning", "error"})),
    ("warnings and errors", frozenset({"warning", "error"})),
    ("errors", frozenset({"error"})),
)
_COLOURS: Final[dict[Severity, str]] = {
    "info": "",
    "good": "success",
    "warning": "warning",
    "error": "error",
}


class LogScreen(ToolScreen):
    """Follows the newest line until the user scrolls up."""

    CSS_PATH = "log.tcss"
    TITLE_WORDS = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "level", "Severity", id="log.level"),
        Binding("f", "follow", "Follow", id="log.follow"),
        Binding("slash", "search", "Find", id="log.search"),
    ]
    AUTO_FOCUS = "#lines"

    level: reactive[int] = reactive(0)
    follow: reactive[bool] = reactive(True)

    def __init__(self) -> None:
        super().__init__()
        self._wanted = ""
        self._written = -1

    def compose_body(self) -> ComposeResult:
        """The lines, and a field to filter them."""
        yield RichLog(id="lines", max_lines=1000, wrap=True, auto_scroll=False)
        yield Input(id="find", placeholder="only lines with this text", compact=True)

    def refresh_body(self) -> None:
        """Write the lines again when there are new ones."""
        version = self.app.monitor.journal.version
        if version != self._written:
            self._write(version)

    def watch_level(self) -> None:
        """Show other severities."""
        self._written = -1
        if self.is_mounted:
            self.refresh_body()

    def watch_follow(self) -> None:
        """Go to the newest line."""
        if self.is_mounted and self.follow:
            self.query_one("#lines", RichLog).scroll_end(animate=False)

    @on(Input.Changed, "#find")
    def _filter(self, event: Input.Changed) -> None:
        self._wanted = event.value.casefold()
        self._written = -1
        self.refresh_body()

    @on(Input.Submitted, "#find")
    def _found(self) -> None:
        self.query_one("#lines").focus()

    def action_level(self) -> None:
        """Next severity."""
        self.level = (self.level + 1) % len(LEVELS)

    def action_follow(self) -> None:
        """Follow the newest line, or stand still."""
        self.follow = not self.follow

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one("#find").focus()

    def _write(self, version: int) -> None:
        self._written = version
        name, severities = LEVELS[self.level]
        shown = [
            entry
            for entry in self.app.monitor.journal.entries
            if entry.severity in severities and self._wanted in entry.text.casefold()
        ]
        pane = self.query_one("#lines", RichLog)
        place = pane.scroll_offset
        pane.clear()
        for entry in shown:
            pane.write(self._line(entry))
        state = "following" if self.follow else "standing still"
        self.query_one("#body").border_title = f" {self.TITLE_WORDS} · {name} · {state} "
        if self.follow:
            pane.scroll_end(animate=False)
        else:
            pane.scroll_to(place.x, place.y, animate=False)

    def _line(self, entry: Entry) -> Text:
        colours = self.app.theme_variables
        line = Text(f"{words.clock_time(entry.at)}  ", style=colours["muted"])
        style = colours.get(_COLOURS[entry.severity], "")
        line.append(entry.text, style=style)
        if entry.count > 1:
            line.append(f"  ×{entry.count}", style=colours["muted"])
        return line


SCREEN = LogScreen
