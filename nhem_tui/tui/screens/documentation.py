"""The README, to read without leaving the program."""

from __future__ import annotations

from importlib import metadata
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Markdown

from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.widgets.plain import Plain

NOWHERE = "The README is in the repository of this program; this copy was installed without it."


class Documentation(Box[None]):
    """A long text to scroll."""

    CSS_PATH = ["box.tcss", "help.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Close")]

    def compose_text(self) -> ComposeResult:
        """The text as it was packed with the program."""
        yield Markdown(readme(), open_links=False)

    def compose_foot(self) -> ComposeResult:
        """How to go on."""
        yield Plain("esc closes · ↑ ↓ pageup pagedown scroll", classes="muted")

    def on_mount(self) -> None:
        """Title the box."""
        self.query_one("#box").border_title = "Documentation"


def readme() -> str:
    """The README without pictures and comments."""
    try:
        text = str(metadata.metadata("nhem-tui").get_payload())  # type: ignore[attr-defined]
    except metadata.PackageNotFoundError:
        return NOWHERE
    lines = [line for line in text.splitlines() if not line.startswith(("![", "<!--"))]
    return "\n".join(lines).strip() or NOWHERE
