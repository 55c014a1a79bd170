"""A question with two answers, for what could cost a lab run."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.widgets.plain import Plain


class Confirm(Box[bool]):
    """Asks; dismisses with True for yes. The safe answer has the focus."""

    CSS_PATH = ["box.tcss", "confirm.tcss"]
    ASKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, detail: str, *, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._yes = yes
        self._no = no

    def compose_text(self) -> ComposeResult:
        """The question and what is to be known before."""
        yield Plain(self._question, id="question", classes="strong")
        yield Plain(self._detail, id="detail", classes="muted")

    def compose_foot(self) -> ComposeResult:
        """Two buttons; in a corner of a screen, a word."""
        yield Plain(f"{self._yes}? y/n", id="short", classes="short strong")
        with Horizontal(id="answers", classes="long"):
            yield Button(f"{self._no} (n)", id="no", compact=True)
            yield Button(f"{self._yes} (y)", id="yes", variant="warning", compact=True)

    def on_mount(self) -> None:
        """Focus the safe answer."""
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by the button."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer by the key."""
        self.dismiss(yes)
