"""A number to type, beside the one in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label

from nhem_tui.backend.errors import InvalidValue

Read = Callable[[str], float]
"""Gives the number that was typed; raises `InvalidValue` with the reason."""


class NumberRow(Horizontal):
    """Label, field, and what is in force; a text that is no allowed number is red at once."""

    DEFAULT_CSS = """
    NumberRow {
        height: 1;
        & .label { width: 11; color: $muted; }
        & Input { width: 10; background: $panel; }
        & Input.-bad { color: $error; }
        & Input:focus { background: $accent 20%; }
        & Input:ansi { text-style: underline; }
        & .applied { width: 1fr; padding-left: 4; color: $muted; text-wrap: nowrap; }
        & .applied { text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "neighbour(-1)", "Field above", show=False),
        Binding("down", "neighbour(1)", "Field below", show=False),
    ]

    def __init__(self, label: str, read: Read, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._label = label
        self._read = read
        self._input = Input(compact=True)
        self._applied = Label("–", classes="applied", markup=False)

    def compose(self) -> ComposeResult:
        """The three of them."""
        yield Label(self._label, classes="label", markup=False)
        yield self._input
        yield self._applied

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    @text.setter
    def text(self, text: str) -> None:
        self._input.value = text
        self._input.set_class(self.problem is not None, "-bad")

    @property
    def problem(self) -> str | None:
        """Why the text cannot be taken, None when it can."""
        try:
            self._read(self.text)
        except InvalidValue as error:
            return error.text
        return None

    def show_applied(self, text: str) -> None:
        """Write what is in force."""
        self._applied.update(text)

    def on_input_changed(self) -> None:
        """Show whether it can be taken."""
        self._input.set_class(self.problem is not None, "-bad")

    def action_neighbour(self, direction: int) -> None:
        """Go to the field above or below."""
        go = self.screen.focus_next if direction > 0 else self.screen.focus_previous
        go("NumberRow Input")
