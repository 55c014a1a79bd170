"""A page of short explanations as rows of text: pure functions of blocks and width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from rich.cells import cell_len

from nhem_tui.tui.cells import TextRow, beside, harmless, line, wrapped

TWO_COLUMNS: Final = 86
"""Cells from which on two columns are better to read than one."""

GAP: Final = 3
"""Cells between them."""

LONGEST: Final = 9
"""Cells from which on short texts are broken between words."""


class Block(NamedTuple):
    """A heading and rows of a short and a long text."""

    heading: str
    rows: tuple[tuple[str, str], ...]


def page(blocks: Sequence[Block], width: int) -> list[TextRow]:
    """All blocks, one below the other, in two columns where there is room.

    Short texts have one width on the whole page.
    """
    words = [word for block in blocks for short, _ in block.rows for word in short.split()]
    room = max((LONGEST, *map(cell_len, words)))
    shorts = [part for block in blocks for short, _ in block.rows for part in wrapped(short, room)]
    indent = max(map(cell_len, shorts), default=0) + 2
    if width < TWO_COLUMNS:
        return _column(blocks, width, indent)
    half = (width - GAP) // 2
    split = _split([len(_block(block, half, indent)) for block in blocks])
    left = _column(blocks[:split], half, indent)
    right = _column(blocks[split:], width - GAP - half, indent)
    pairs = zip_longest(left, right, fillvalue=line([], half))
    return [beside(one, other, GAP, width) for one, other in pairs]


def _split(heights: Sequence[int]) -> int:
    """How many blocks go to the left, so that the taller column is as low as it can be."""
    return min(range(1, len(heights) + 1), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))


def _column(blocks: Sequence[Block], width: int, indent: int) -> list[TextRow]:
    rows: list[TextRow] = []
    for block in blocks:
        rows += ([line([], width)] if rows else []) + _block(block, width, indent)
    return rows


def _block(block: Block, width: int, indent: int) -> list[TextRow]:
    rows = [line([(block.heading, "accent")], width)]
    for short, text in block.rows:
        pairs = zip_longest(
            wrapped(short, indent - 2),
            wrapped(harmless(text), max(width - indent, 1)),
            fillvalue="",
        )
        for lead, part in pairs:
            rows.append(line([(lead.ljust(indent), "strong"), (part, "text")], width))
    return rows
