"""Regions of interest: ROI 1 as it is set, ROI 2 where it truly lies."""

from __future__ import annotations

import msgspec

from nhem_tui.backend.whole import Whole

_THUMB_WIDTH = 200
_THUMB_HEIGHT = 150
_SIDE = 37
_HALF = 18


class Roi(msgspec.Struct, frozen=True):
    """A rectangle on the server's screen, in pixels; `x2` and `y2` are exclusive."""

    x1: Whole
    y1: Whole
    x2: Whole
    y2: Whole

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.x2 - self.x1

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.y2 - self.y1

    @property
    def centre(self) -> tuple[int, int]:
        """The middle (x, y), rounded down."""
        return (self.x1 + self.x2) // 2, (self.y1 + self.y2) // 2

    @property
    def roi2(self) -> tuple[float, float, float, float]:
        """Where ROI 2 lies for this ROI 1; see `roi2_rectangle`."""
        return roi2_rectangle(self.x1, self.y1, self.x2, self.y2)


def roi2_rectangle(x1: int, y1: int, x2: int, y2: int) -> tuple[float, float, float, float]:
    """Return the screen rectangle (x1, y1, x2, y2) that the server averages as ROI 2.

    It is a square of 37 pixels in the 200×150 thumbnail of ROI 1, at a place where the origin of
    ROI 1 is subtracted twice; the `roi2_config` of the replies is wrong (contract section 6).

    Args:
        x1: left edge of ROI 1, in screen pixels.
        y1: its top edge.
        x2: its right edge; where it is not right of `x1` the result has no width.
        y2: its bottom edge; where it is not below `y1` the result has no height.
    """
    left, right = _span(x1, x2 - x1, _THUMB_WIDTH)
    top, bottom = _span(y1, y2 - y1, _THUMB_HEIGHT)
    return left, top, right, bottom


def _span(start: int, length: int, thumb: int) -> tuple[float, float]:
    """Place ROI 2 along one axis: from screen to thumbnail and back."""
    if length <= 0:
        return start, start
    first = max(0, int((length // 2 - start) * (thumb / length)) - _HALF)
    return start + first * length / thumb, start + (first + _SIDE) * length / thumb
