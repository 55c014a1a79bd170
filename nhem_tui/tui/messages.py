"""What workers tell the screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.message import Message

from nhem_tui.backend.errors import BackendError


class StreamMoved(Message, bubble=False):
    """The session has newer data or state; only the newest of these matters."""

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that still waits."""
        return isinstance(message, StreamMoved)


Severity = Literal["info", "good", "warning", "error", "stable", "unstable"]
"""How serious a line is; a peak is nothing serious, so stable and unstable ones have their own."""


@dataclass
class CommandDone(Message):
    """A command was sent and the state read back.

    Attributes:
        text: the outcome as read back from the server.
        expected: the state read back is the one asked for.
    """

    text: str
    expected: bool


@dataclass
class CommandFailed(Message):
    """A command was refused or got lost."""

    error: BackendError
