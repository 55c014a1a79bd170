"""What differs between two drawings of a chart: the runs of cells a terminal must be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.plot.canvas import ROLES, Canvas

_SPACE: Final = ord(" ")

BRIDGE: Final = 4
"""Unchanged cells between two changed ones that are sent again: moving over them costs as much."""


class Patch(NamedTuple):
    """A run of cells of one row and one role.

    Attributes:
        row: from the top of the canvas, from 0.
        column: of the first cell, from 0.
        text: whole cells; of a chart, one character each.
        role: of all of them, blanks apart.
    """

    row: int
    column: int
    text: str
    role: str


def patches(before: Canvas, after: Canvas) -> Iterator[Patch]:
    """The runs that turn `before` into `after` on a terminal, row by row.

    Blank cells look the same in every role, so they never begin a run of their own.

    Args:
        before: what is shown.
        after: what shall be shown, of the same size.
    """
    codes, roles = after.codes.ravel(), after.roles.ravel()
    width = after.codes.shape[1]
    recoloured = (after.roles != before.roles) & (after.codes != _SPACE)
    changed = np.flatnonzero((after.codes != before.codes) | recoloured)
    if not changed.size:
        return
    at = _bridged(changed, width)
    # Blanks take the role of what was sent before them.
    inked = np.where(codes[at] != _SPACE, np.arange(at.size), 0)
    role = roles[at][np.maximum.accumulate(inked)]
    fresh = np.ones(at.size, np.bool_)
    fresh[1:] = (np.diff(at) != 1) | (role[1:] != role[:-1]) | (at[1:] % width == 0)
    starts = np.flatnonzero(fresh)
    ends = np.append(starts[1:], at.size) - 1
    text = codes.tobytes().decode("utf-32-le")
    runs = zip(at[starts].tolist(), at[ends].tolist(), role[starts].tolist(), strict=True)
    for first, last, number in runs:
        row, column = divmod(first, width)
        yield Patch(row, column, text[first : last + 1], ROLES[number])


def _bridged(changed: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Fill the short stretches between changed cells of one row."""
    steps = np.diff(changed)
    short = (steps > 1) & (steps <= BRIDGE + 1) & (changed[1:] // width == changed[:-1] // width)
    if not short.any():
        return changed
    counts = np.ones(changed.size, np.int64)
    counts[:-1][short] = steps[short]
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    filled: NDArray[np.int64] = np.repeat(changed, counts) + offsets
    return filled
