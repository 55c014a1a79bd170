"""Text of any origin: a server's words, a file's name, a setting."""

from __future__ import annotations

from textual.widgets import Input, Static

from nhem_tui.tui.cells import harmless


class Plain(Static):
    """Shows a text as it stands: nothing in it is markup, and nothing steers the terminal."""

    def __init__(self, text: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(_lines(text), id=id, classes=classes, markup=False)

    def say(self, text: str) -> None:
        """Show another text."""
        self.update(_lines(text))


class PlainInput(Input):
    """A field that begins with a text of any origin, without what would steer the terminal."""

    def __init__(self, text: str, *, id: str | None = None, password: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(harmless(text), id=id, password=password, compact=True)


def _lines(text: str) -> str:
    return "\n".join(map(harmless, text.split("\n")))
