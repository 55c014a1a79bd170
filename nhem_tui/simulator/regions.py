"""Where the two regions of interest lie, with the server's own arithmetic (contract section 6)."""

from __future__ import annotations

from typing import Final, NamedTuple

SCREEN: Final = (1920, 1080)
"""Width and height of the simulated screen, in pixels."""
THUMBNAIL: Final = (200, 150)
"""Width and height of every picture sent, in pixels."""
SIDE: Final = 37
"""Side of ROI 2 in the thumbnail of ROI 1."""
SMALLEST: Final = 50
"""Below this width or height of ROI 1 nothing is captured."""


class Region(NamedTuple):
    """A rectangle on the screen, in pixels; x2 and y2 are exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.x2 - self.x1

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.y2 - self.y1

    @property
    def visible(self) -> float:
        """The part of the region that lies on the screen, 0-1."""
        across = min(self.x2, SCREEN[0]) - max(self.x1, 0)
        down = min(self.y2, SCREEN[1]) - max(self.y1, 0)
        return max(0, across) * max(0, down) / (self.width * self.height)

    @property
    def usable(self) -> bool:
        """Whether the server can capture both regions from it."""
        return self.width >= SMALLEST and self.height >= SMALLEST and self.visible > 0

    @property
    def reported_roi2(self) -> Region:
        """The centre 50x50, which is what the server says ROI 2 is."""
        x, y = self.x1 + self.width // 2, self.y1 + self.height // 2
        return Region(x - 25, y - 25, x + 25, y + 25)

    @property
    def roi2_corner(self) -> tuple[int, int]:
        """Left and top pixel of the true ROI 2 within the thumbnail."""
        return (
            _first(self.x1, self.width, THUMBNAIL[0]),
            _first(self.y1, self.height, THUMBNAIL[1]),
        )


def _first(start: int, length: int, thumb: int) -> int:
    """Subtract the origin a second time, as the server does."""
    return max(0, int((length // 2 - start) * (thumb / length)) - SIDE // 2)
