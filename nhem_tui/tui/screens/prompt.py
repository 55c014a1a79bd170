"""A question with a text for an answer; what cannot be taken is said below it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from nhem_tui.backend.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed, as `Prompt.check` understood it."""

    value: Any = field(repr=False)


class Prompt(ModalScreen[Answer | None]):
    """Asks; dismisses with the checked answer, or with None when it is left."""

    CSS_PATH = "prompt.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self,
        question: str,
        detail: str,
        *,
        check: Callable[[str], object],
        text: str = "",
        secret: bool = False,
    ) -> None:
        """Prepare.

        Args:
            question: what is asked for.
            detail: what is allowed, and what will come of it.
            check: gives the answer for a text; raises `InvalidValue` or `ValueError` in words.
            text: stands in the field at first.
            secret: what is typed is not shown.
        """
        super().__init__()
        self._question = question
        self._detail = detail
        self._check = check
        self._text = text
        self._secret = secret

    def compose(self) -> ComposeResult:
        """A box with the question, a field and a line for what is wrong."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            yield Static(self._detail, id="detail", markup=False)
            yield Input(self._text, id="answer", password=self._secret, compact=True)
            yield Static("", id="wrong", markup=False)
            yield Static("enter takes it · esc leaves", id="foot", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#wrong", Static).update("")

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            value = await asyncio.to_thread(self._check, event.value)  # it may read a file
        except (InvalidValue, ValueError) as error:
            self.query_one("#wrong", Static).update(str(error))
        else:
            if self.is_current:
                self.dismiss(Answer(value))

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
