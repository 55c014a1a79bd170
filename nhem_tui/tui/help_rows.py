"""A page of short explanations as rows of text: pure functions of blocks and width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from nhem_tui.tui.cells import TextRow, beside, line, paragraph

TWO_COLUMNS: Final = 86
"""Cells from which on two columns are better to read than one."""

GAP: Final = 3
"""Cells between them."""

LONGEST: Final = 10
"""Cells that the short texts of a block take at most; longer ones have a line of their own."""


class Block(NamedTuple):
    """A heading and rows of a short and a long text."""

    heading: str
    rows: tuple[tuple[str, str], ...]


def page(blocks: Sequence[Block], width: int) -> list[TextRow]:
    """All blocks, one below the other, in two columns where there is room."""
    if width < TWO_COLUMNS:
        return _column(blocks, width)
    half = (width - GAP) // 2
    columns = [_block(block, half) for block in blocks]
    split = _split([len(rows) for rows in columns])
    left, right = _column(blocks[:split], half), _column(blocks[split:], width - GAP - half)
    pairs = zip_longest(left, right, fillvalue=line([], half))
    return [beside(one, other, GAP, width) for one, other in pairs]


def _split(heights: Sequence[int]) -> int:
    """How many blocks go to the left, so that the taller column is as low as it can be."""
    return min(range(1, len(heights) + 1), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))


def _column(blocks: Sequence[Block], width: int) -> list[TextRow]:
    rows: list[TextRow] = []
    for block in blocks:
        rows += ([line([], width)] if rows else []) + _block(block, width)
    return rows


def _block(block: Block, width: int) -> list[TextRow]:
    rows = [line([(block.heading, "accent")], width)]
    indent = max((len(short) for short, _ in block.rows if len(short) <= LONGEST), default=0) + 2
    for short, text in block.rows:
        if len(short) > LONGEST:
            rows.append(line([(short, "strong")], width))
            short = ""
        rows += paragraph(text, "text", width, lead=(f"{short:<{indent}}", "strong"))
    return rows
