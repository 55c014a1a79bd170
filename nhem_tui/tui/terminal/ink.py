"""From patches to what the terminal must be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.strip import Strip

from nhem_tui.plot.patch import Patch

RESET = "\x1b[0m"


class Inks:
    """The escape sequences of the styles of one widget, which share their background."""

    def __init__(self, styles: Mapping[str, Style], console: Console) -> None:
        """Prepare.

        Args:
            styles: style of each role, that of all others under the empty name.
            console: knows how many colours there are.
        """
        self._base = styles[""]
        self._styles = styles
        self._console = console
        self._changes: dict[tuple[str | None, str], str] = {}

    def change(self, before: str | None, role: str) -> str:
        """The sequence from the style of `before` (None: of anything else) to that of `role`."""
        change = self._changes.get((before, role))
        if change is None:
            change = self._changes[before, role] = self._make(before, role)
        return change

    def _make(self, before: str | None, role: str) -> str:
        style = self._styles.get(role, self._base)
        if before is not None:
            old = self._styles.get(before, self._base)
            if _plain(old) and _plain(style) and style.color and old.bgcolor == style.bgcolor:
                return "" if old.color == style.color else self._sequence(Style(color=style.color))
        return RESET + self._sequence(style)

    def _sequence(self, style: Style) -> str:
        return Strip([Segment("x", style)], 1).render(self._console).partition("x")[0]


def written(patches: Iterable[Patch], place: Offset, inks: Inks) -> str:
    """What a terminal must be sent to show `patches`; empty for none.

    Args:
        patches: row by row, from left to right.
        place: where on the screen their first row and column are.
        inks: colours.
    """
    left, top = place
    parts: list[str] = []
    inked: str | None = None
    here = (-1, -1)
    for row, column, text, role in patches:
        if (row, column) != here:
            if row == here[0]:
                parts.append(f"\x1b[{left + column + 1}G")
            else:
                parts.append(f"\x1b[{top + row + 1};{left + column + 1}H")
        if role != inked:
            parts.append(inks.change(inked, role))
            inked = role
        parts.append(text)
        here = (row, column + len(text))
    if parts:
        parts.append(RESET)
    return "".join(parts)


def _plain(style: Style) -> bool:
    """Nothing but colours."""
    return not any(
        (style.bold, style.dim, style.italic, style.underline, style.reverse, style.strike)
    )
