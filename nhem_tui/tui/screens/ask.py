"""One line of text from the user, with the reason when it cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Ask(ModalScreen[str | None]):
    """Dismisses with the text, or None when the user left."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(
        self, question: str, hint: str, check: Callable[[str], object], *, value: str = ""
    ) -> None:
        """Prepare.

        Args:
            question: in bold.
            hint: what may be typed.
            check: raises ValueError with the reason when the text cannot be used.
            value: to begin with.
        """
        super().__init__()
        self._question = question
        self._hint = hint
        self._check = check
        self._value = value

    def compose(self) -> ComposeResult:
        """A box with question, field and hint."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            yield Input(self._value, id="answer", compact=True)
            yield Static(self._hint, id="hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._check(event.value)
        except ValueError as problem:
            hint = self.query_one("#hint", Static)
            hint.update(str(problem))
            hint.add_class("-wrong")
        else:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)
