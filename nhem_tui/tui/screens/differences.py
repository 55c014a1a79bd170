"""What an exchange of the server's configuration would change, to read before it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from nhem_tui.backend.config_tree import Change, is_secret
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.notation.mask import MASK
from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.widgets.plain import Plain


class Differences(Box[bool]):
    """A list to scroll; dismisses with True to go on."""

    CSS_PATH = ["box.tcss", "differences.tcss"]
    ASKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "Go on"),
        Binding("escape,n", "answer(False)", "Leave"),
    ]

    def __init__(self, title: str, changes: Sequence[Change]) -> None:
        """Prepare; `title` is markup."""
        super().__init__()
        self._heading = title
        self._changes = changes

    def compose_text(self) -> ComposeResult:
        """A path a line, below it what is there and what would be."""
        yield Static(Content("\n").join(_lines(change) for change in self._changes), id="list")

    def compose_foot(self) -> ComposeResult:
        """What there is to choose."""
        yield Plain("enter goes on · esc leaves it as it is", classes="muted")

    def on_mount(self) -> None:
        """Title the box."""
        self.query_one("#box").border_title = self._heading

    def action_answer(self, go_on: bool) -> None:
        """Go on, or leave."""
        self.dismiss(go_on)


def value_text(path: tuple[str, ...], value: object) -> str:
    """A value as it is shown: passwords masked, no control characters, one line."""
    if value is None:
        return "–"
    if is_secret(path):
        return MASK
    return clean_text(json.dumps(value, ensure_ascii=False))


def _lines(change: Change) -> Content:
    before, after = (value_text(change.path, value) for value in (change.before, change.after))
    return Content.assemble(
        (clean_text(".".join(change.path)), "bold"),
        "\n  ",
        (f"− {before}", "$error"),
        "\n  ",
        (f"+ {after}", "$success"),
    )
