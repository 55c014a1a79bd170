"""What can be wrong with a session file."""

from __future__ import annotations


class RecordingError(Exception):
    """A session file cannot be read or written.

    Attributes:
        text: what is wrong, in one line.
        hint: what the user can do about it, or empty.
    """

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint

    @property
    def advice(self) -> str:
        """What is wrong and what to do about it, in one line."""
        return f"{self.text}; {self.hint}" if self.hint else self.text


class UnusableError(RecordingError):
    """The file that was named is not there, is there already, or is none of this program."""


class DamagedError(RecordingError):
    """It is a session file, but parts of it cannot be read."""
