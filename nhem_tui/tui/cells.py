"""Lines of text as data: runs of characters with a role each, fitted to a width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from msgspec import Struct
from rich.cells import cell_len, chop_cells, set_cell_size

from nhem_tui.backend.sanitize import clean_text
from nhem_tui.plot.patch import Patch


class Cells(Protocol):
    """A line that a `RowPane` can show: a chart's `Row` or a `TextRow`."""

    @property
    def text(self) -> str:
        """The characters."""
        ...

    @property
    def spans(self) -> Sequence[tuple[int, int, str]]:
        """Runs (start, end, role) over `text`, in order, covering all of it."""
        ...


class TextRow(Struct, frozen=True):
    """A line of text whose runs have roles."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


Part = tuple[str, str]
"""A run of text and its role."""


class Flag(NamedTuple):
    """Something that must be seen wherever the state is: REPLAY, REC, READ-ONLY.

    Attributes:
        text: in a wide line.
        short: in a narrow one.
        role: of either.
        more: goes with the short text where there is room for it.
    """

    text: str
    short: str
    role: str
    more: str = ""


def cells(parts: Sequence[Part]) -> int:
    """How many cells they take."""
    return sum(cell_len(text) for text, _ in parts)


def whole(parts: Sequence[Part], width: int) -> list[Part]:
    """As many of the first parts as fit uncut, with an ellipsis for others: a number has its end.

    What stands between two parts belongs to the second. The first one may be cut by `line`.
    """
    for count in range(len(parts), 0, -1):
        left_out: list[Part] = [(" …", "muted")] if count < len(parts) else []
        if cells(kept := [*parts[:count], *left_out]) <= width:
            return kept
    return list(parts[:1])


def line(parts: Sequence[Part], width: int, right: Sequence[Part] = ()) -> TextRow:
    """Set `parts` to the left and `right` to the right of a line of `width` cells.

    What does not fit is cut off on the left part, with an ellipsis; the right part goes first
    if there is no room for both.
    """
    parts = [(harmless(text), role) for text, role in parts]
    room = width - sum(cell_len(text) for text, _ in right)
    if right and room < min(8, sum(cell_len(text) for text, _ in parts)):
        right, room = (), width
    texts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    position = 0

    def put(text: str, role: str) -> None:
        nonlocal position
        if text:
            texts.append(text)
            spans.append((position, position + len(text), role))
            position += len(text)

    for text, role in parts:
        size = cell_len(text)
        if size > room:
            put(set_cell_size(text, max(0, room - 1)) + "…" if room > 0 else "", role)
            room = 0
            break
        put(text, role)
        room -= size
    put(" " * room, "text")
    for text, role in right:
        put(text, role)
    return TextRow("".join(texts), tuple(spans))


BREAK: Final = re.compile(r"\s+(?!(?<=\d )\d{3}(?!\d))")
"""Between words, but not within a number in groups of three: half of one is another number."""


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of `width` cells at most, broken between words where there are any."""
    lines: list[str] = []
    for word in BREAK.split(text.strip()):
        for piece in chop_cells(word, width) if cell_len(word) > width > 0 else [word]:
            if lines and cell_len(lines[-1]) + 1 + cell_len(piece) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return lines or [""]


def paragraph(
    text: str, role: str, width: int, *, most: int | None = None, lead: Part = ("", "text")
) -> list[TextRow]:
    """A sentence over several lines.

    Args:
        text: what does not fit is cut off, with an ellipsis.
        role: of the text.
        width: cells.
        most: lines, None for as many as it takes.
        lead: stands before the text, which is indented below it.
    """
    indent = cell_len(lead[0])
    lines = wrapped(harmless(text), max(width - indent, 1))
    if most is not None and len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    leads = [lead, *[(" " * indent, "text")] * (len(lines) - 1)]
    return [line([lead, (part, role)], width) for lead, part in zip(leads, lines, strict=True)]


def beside(left: TextRow, right: TextRow, gap: int, width: int) -> TextRow:
    """Two rows in one of `width` cells, `gap` cells apart."""
    parts = [(row.text[start:end], role) for row in (left, right) for start, end, role in row.spans]
    parts.insert(len(left.spans), (" " * gap, "text"))
    return line(parts, width)


def row_patch(y: int, before: Cells, after: Cells) -> list[Patch]:
    """The runs that turn row `y` from `before` into `after`: from the first other one to the last.

    Both fill the same cells. What follows on a run of another width stands elsewhere.
    """
    old, new = _runs(before), _runs(after)
    start = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    end = len(new)
    if len(old) == len(new):
        while end > start and old[end - 1] == new[end - 1]:
            end -= 1
    return [Patch(y, *run) for run in new[start:end]]


def _runs(row: Cells) -> list[tuple[int, str, str]]:
    """Cell column, text and role of each run."""
    runs, column = [], 0
    for start, end, role in row.spans:
        text = row.text[start:end]
        runs.append((column, text, role))
        column += cell_len(text)
    return runs


def harmless(text: str) -> str:
    """One line of text without anything that could steer the terminal, wherever it came from."""
    if text.isprintable():
        return text
    return "".join(char for char in clean_text(text) if char.isprintable())
