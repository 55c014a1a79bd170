"""The server's own drawing of a window: curve, threshold and peaks, 600x300."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from nhem_tui.simulator.peaks import Peaks

_WIDTH: Final = 600
_HEIGHT: Final = 300
_MARGIN: Final = 20


def draw(grays: Sequence[float], found: Peaks, threshold: float) -> str:
    """Draw a window of gray values and return it as a PNG in a data URL.

    Args:
        grays: at least one value.
        found: peaks as indices into them.
        threshold: gray value drawn as a line.
    """
    low, high = min(*grays, threshold), max(*grays, threshold)
    across = (_WIDTH - 2 * _MARGIN) / max(1, len(grays) - 1)
    down = (_HEIGHT - 2 * _MARGIN) / ((high - low) or 1.0)

    def place(index: int, gray: float) -> tuple[float, float]:
        return _MARGIN + index * across, _HEIGHT - _MARGIN - (gray - low) * down

    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for colour, peaks in (("#c8f0c8", found.green), ("#f5c8c8", found.red)):
        for start, end in peaks:
            left, right = place(start, low)[0], place(end, low)[0]
            pen.rectangle((left, _MARGIN, right, _HEIGHT - _MARGIN), fill=colour)
    pen.line([place(0, threshold), place(len(grays) - 1, threshold)], fill="orange")
    pen.line([place(i, gray) for i, gray in enumerate(grays)], fill="blue")
    png = io.BytesIO()
    image.save(png, "PNG")
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()
