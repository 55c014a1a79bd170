"""A whole number to type or to step through, beside the value that is in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.validation import ValidationResult, Validator
from textual.widgets import Input, Label

from nhem_tui.backend.errors import InvalidValue

Read = Callable[[str], int]
"""Gives the number that was typed; raises `InvalidValue` with the reason."""


class _Readable(Validator):
    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read

    def validate(self, value: str) -> ValidationResult:
        try:
            self._read(value)
        except InvalidValue as error:
            return self.failure(error.text)
        return self.success()


class NumberInput(Input):
    """Takes any text, and shows at once that it is no number; up and down step through numbers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(1)", "More", show=False),
        Binding("down", "step(-1)", "Less", show=False),
    ]

    def __init__(self, read: Read, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, validators=[_Readable(read)], validate_on=["changed"])
        self._read = read
        self.step = 1

    @property
    def problem(self) -> str | None:
        """Why the text cannot be taken, None when it can."""
        try:
            self._read(self.value)
        except InvalidValue as error:
            return error.text
        return None

    def action_step(self, direction: int) -> None:
        """Go to the next number that can be taken, if there is one."""
        try:
            wanted = str(self._read(self.value) + direction * self.step)
            self._read(wanted)
        except InvalidValue:
            return
        self.value = wanted
        self.cursor_position = len(wanted)


class NumberRow(Horizontal):
    """Label, field, and what is in force."""

    DEFAULT_CSS = """
    NumberRow {
        height: 1;
        &> .label { width: 11; color: $muted; }
        &> NumberInput { width: 10; background: $panel; }
        &> NumberInput.-invalid { color: $error; }
        &> NumberInput:focus { background: $accent 20%; }
        &> .applied { width: 1fr; padding-left: 4; color: $muted; }
    }
    """

    def __init__(self, label: str, read: Read, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=f"{id}-row")
        self._label = label
        self.input = NumberInput(read, id=id)
        self._applied = Label("–", classes="applied", markup=False)

    def compose(self) -> ComposeResult:
        """The three of them."""
        yield Label(self._label, classes="label", markup=False)
        yield self.input
        yield self._applied

    def show_applied(self, text: str) -> None:
        """Write what is in force."""
        self._applied.update(text)
