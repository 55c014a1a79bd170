"""A question with a text for an answer; what cannot be taken is said below it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.widgets.plain import Plain, PlainInput


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed, as `Prompt.check` understood it, and whether it shall be kept."""

    value: Any = field(repr=False)
    keep: bool = False


class Prompt(Box[Answer | None]):
    """Asks; dismisses with the checked answer, or with None when it is left."""

    CSS_PATH = ["box.tcss", "prompt.tcss"]
    ASKS = True
    FOOT_LINES = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "keep", "Keep"),
    ]

    def __init__(
        self,
        question: str,
        detail: str,
        *,
        check: Callable[[str], object],
        text: str = "",
        secret: bool = False,
        keep: str = "",
    ) -> None:
        """Prepare.

        Args:
            question: what is asked for.
            detail: what is allowed, and what will come of it.
            check: gives the answer for a text; raises `InvalidValue` or `ValueError` in words.
            text: stands in the field at first.
            secret: what is typed is not shown.
            keep: what ``ctrl+s`` does besides taking it, empty if it does nothing.
        """
        super().__init__()
        self._question = question
        self._detail = detail
        self._check = check
        self._text = text
        self._secret = secret
        self._keep = keep

    def compose_text(self) -> ComposeResult:
        """The question and what is allowed."""
        yield Plain(self._question, id="question", classes="strong")
        yield Plain(self._detail, id="detail", classes="muted")

    def compose_foot(self) -> ComposeResult:
        """A field, a line for what is wrong, and the keys."""
        yield Plain(self._question, classes="short strong")
        yield PlainInput(self._text, id="answer", password=self._secret)
        yield Plain("", id="wrong")
        keep = f" · ctrl+s {self._keep}" if self._keep else ""
        yield Plain(f"enter takes it{keep} · esc leaves", classes="muted long")

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#wrong", Plain).say("")

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self._take(event.value, keep=False)

    async def action_keep(self) -> None:
        """Take what is typed and keep it, where that is offered."""
        if self._keep:
            await self._take(self.query_one(Input).value, keep=True)

    async def _take(self, text: str, *, keep: bool) -> None:
        try:
            value = await asyncio.to_thread(self._check, text)  # it may read a file
        except OSError as error:
            self.query_one("#wrong", Plain).say(error.strerror or str(error))
        except (InvalidValue, ValueError) as error:
            self.query_one("#wrong", Plain).say(str(error))
        else:
            if self.is_active:
                self.dismiss(Answer(value, keep))

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
