"""The settings as rows of a list: pure functions of values and width."""

from __future__ import annotations

from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from nhem_tui.backend.sanitize import clean_text
from nhem_tui.config.schema import Field, Settings, fields, value_of
from nhem_tui.tui.setting_values import range_words, shown

NAME: Final = 22
"""Cells of the name."""

ALLOWED: Final = 42
"""Cells of what is allowed at most: all themes."""

GAP: Final = "  "
"""Between two columns."""

WIDE: Final = 100
"""Columns from which on a row says where its value comes from; else that stands below the list."""


NARROW: Final = 60
"""Columns below which it does not say what is allowed either."""


class Columns(NamedTuple):
    """Cells of value, range and origin; none where there is no place."""

    value: int
    allowed: int
    origin: int


def columns(settings: Settings, width: int) -> Columns:
    """Give the values what the longest of them takes, as far as there is room."""
    longest = max(cell_len(_shown(leaf, settings)) for leaf in fields())
    room = width - NAME - 2 - 2 * len(GAP)
    if width < NARROW:
        return Columns(max(room, 1), 0, 0)
    value = max(8, min(longest, room // 2 if width >= WIDE else room - 10))
    if width < WIDE:
        return Columns(value, max(room - value, 0), 0)
    allowed = min(ALLOWED, room - value)
    return Columns(value, allowed, max(room - value - allowed - len(GAP), 0))


def row(leaf: Field, settings: Settings, origin: str, width: int, *, chosen: bool) -> Content:
    """One setting.

    Args:
        leaf: which one.
        settings: in force.
        origin: where its value comes from, without folders.
        width: cells.
        chosen: the cursor is on it; then nothing is dim, which could not be read.
    """
    cells, dim = columns(settings, width), "" if chosen else "dim"
    changed = value_of(settings, leaf.path) != leaf.default
    return Content.assemble(
        "  ",
        set_cell_size(leaf.path.partition(".")[2], NAME),
        GAP,
        (fit(_shown(leaf, settings), cells.value), "bold" if changed else ""),
        GAP,
        (fit(range_words(leaf), cells.allowed), dim),
        (f"{GAP}{fit(origin, cells.origin)}", dim) if cells.origin else "",
    )


def fit(text: str, width: int) -> str:
    """Exactly `width` cells, an ellipsis where something is cut off."""
    cut = set_cell_size(text, max(width, 0))
    whole = cut.rstrip() == text.rstrip() or width < 2
    return cut if whole else set_cell_size(text, width - 1) + "…"


def _shown(leaf: Field, settings: Settings) -> str:
    return clean_text(shown(leaf, value_of(settings, leaf.path)))
