"""The ROI as it is being edited: what was typed, what it means, what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from msgspec import Struct

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.roi import Roi
from nhem_tui.tui.entry import number

CORNERS: Final = ("x1", "y1", "x2", "y2")

STEPS: Final = (10, 1, 50)
"""Pixels that one key press moves an edge, in the order they are gone through."""

FARTHEST: Final = int(limits.ROI_COORDINATE.high)
"""Pixels; no screen reaches so far."""


def read_corner(name: str, text: str) -> int:
    """Read one of `CORNERS`, in pixels.

    Raises:
        InvalidValue: no number, or none that the server takes without harm.
    """
    return int(number(replace(limits.ROI_COORDINATE, label=name), text))


class Draft(Struct, frozen=True):
    """What the four fields say, which need not be numbers."""

    x1: str
    y1: str
    x2: str
    y2: str

    @classmethod
    def of(cls, roi: Roi) -> Draft:
        """The draft that says what `roi` says."""
        return cls(str(roi.x1), str(roi.y1), str(roi.x2), str(roi.y2))

    @property
    def roi(self) -> Roi | None:
        """What is drawn: None unless there are four numbers and some area between them."""
        try:
            roi = self._read()
        except InvalidValue:
            return None
        return roi if roi.width > 0 and roi.height > 0 else None

    @property
    def problem(self) -> str | None:
        """Why this cannot be applied; None when it can."""
        try:
            roi = self._read()
            limits.check_roi(roi.x1, roi.y1, roi.x2, roi.y2)
        except InvalidValue as error:
            return error.text
        return None

    def moved(self, dx: int, dy: int) -> Draft:
        """Move all of it so many pixels right and down, as far as a screen goes."""
        roi = self.roi
        if roi is None:
            return self
        dx = min(max(dx, -roi.x1), FARTHEST - roi.x2)
        dy = min(max(dy, -roi.y1), FARTHEST - roi.y2)
        return Draft.of(Roi(roi.x1 + dx, roi.y1 + dy, roi.x2 + dx, roi.y2 + dy))

    def resized(self, dx: int, dy: int) -> Draft:
        """Move the right and lower edge, down to the smallest region that the server measures."""
        roi = self.roi
        if roi is None:
            return self
        least = int(limits.ROI_SIDE.low)
        x2 = min(max(roi.x2 + dx, roi.x1 + least), FARTHEST) if dx else roi.x2
        y2 = min(max(roi.y2 + dy, roi.y1 + least), FARTHEST) if dy else roi.y2
        return Draft.of(Roi(roi.x1, roi.y1, x2, y2))

    def _read(self) -> Roi:
        return Roi(*(read_corner(name, getattr(self, name)) for name in CORNERS))
