"""A grid of cells, each a character and a role, that becomes rows."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from nhem_tui.plot.model import Role, Row, Span

ROLES: tuple[Role, ...] = get_args(Role)
"""Roles by the number they have on a canvas."""

ROLE_NUMBER: dict[Role, int] = {role: number for number, role in enumerate(ROLES)}

_SPACE = ord(" ")
_REACH = np.array(
    [0 if role.startswith("peak") else number for number, role in enumerate(ROLES)], dtype=np.uint8
)
"""The role (by number) a role gives to the blank cells to its right."""


class Canvas:
    """Cells under construction.

    Attributes:
        codes: code point of each cell, shape (height, width).
        roles: number of the role of each cell, shape (height, width).
    """

    __slots__ = ("codes", "roles")

    def __init__(self, width: int, height: int) -> None:
        self.codes: NDArray[np.uint32] = np.full((height, width), _SPACE, dtype="<u4")
        self.roles: NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)

    def copy(self) -> Canvas:
        """Another canvas with the same cells."""
        other = Canvas.__new__(Canvas)
        other.codes, other.roles = self.codes.copy(), self.roles.copy()
        return other

    def write(self, row: int, column: int, text: str, role: Role) -> None:
        """Put `text`, one cell a character; it must fit."""
        self.codes[row, column : column + len(text)] = np.frombuffer(
            text.encode("utf-32-le"), dtype="<u4"
        )
        self.roles[row, column : column + len(text)] = ROLE_NUMBER[role]

    def rows(self) -> list[Row]:
        """The rows from top to bottom.

        A blank cell takes the role of what stands left of it (but not that of a peak): a space
        looks the same in every colour, and fewer spans are fewer bytes on the line.
        """
        height, width = self.codes.shape
        text = self.codes.tobytes().decode("utf-32-le")
        roles = _spread(self.roles)
        change = np.ones((height, width), np.bool_)
        np.not_equal(roles[:, 1:], roles[:, :-1], out=change[:, 1:])
        at = np.flatnonzero(change)
        starts = at % width
        ends = np.roll(starts, -1)
        ends[ends == 0] = width
        kinds = [ROLES[number] for number in roles.ravel()[at].tolist()]
        spans = tuple(map(Span, starts.tolist(), ends.tolist(), kinds))
        until = np.count_nonzero(change, axis=1).cumsum().tolist()
        return [
            Row(text[y * width : (y + 1) * width], spans[a:b])
            for y, (a, b) in enumerate(zip([0, *until], until, strict=False))
        ]


def _spread(roles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let roles reach over the blank cells to their right."""
    reach = _REACH[roles]
    columns = np.arange(roles.shape[1])
    source = np.maximum.accumulate(np.where(reach, columns, 0), axis=1)
    return np.where(roles, roles, np.take_along_axis(reach, source, axis=1))
