"""Pictures as text: a PNG to gray levels, gray levels to half blocks.

A cell is twice as high as wide, so that its two halves are square pixels: `HALF_BLOCK` painted
with the gray of the upper pixel as foreground and that of the lower one as background.
"""

from __future__ import annotations

import math
import warnings
from io import BytesIO
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot.model import Size

HALF_BLOCK: Final = "▀"

Gray = NDArray[np.uint8]
"""Gray levels 0–255, shape (height, width)."""

FEW: Final = 4
"""Grays among the 16 colours of a terminal: black, two grays, white."""

_BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])

_MAX_PIXELS: Final = 4096 * 4096
_DAMAGED: Final = "the picture is damaged or cut short"


def decode_png(data: bytes, *, max_pixels: int = _MAX_PIXELS) -> Gray:
    """The gray levels of a PNG file; colours are weighed by luminance, transparency is ignored.

    Args:
        data: the file, from anywhere.
        max_pixels: a larger picture is refused before it is unpacked.

    Raises:
        ValueError: not a PNG, cut short, damaged, or too large; the message says which.
    """
    from PIL import Image, UnidentifiedImageError  # slow to import, and not every screen has one

    try:
        with warnings.catch_warnings():
            # Pillow's own limit warns where ours decides.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=("PNG",))
    except Image.DecompressionBombError as error:
        raise ValueError(_too_large("far too many pixels", max_pixels)) from error
    except UnidentifiedImageError as error:
        raise ValueError("the picture is not a PNG file") from error
    except Exception as error:
        raise ValueError(_DAMAGED) from error
    if image.width * image.height > max_pixels:
        raise ValueError(_too_large(f"{image.width}×{image.height} pixels", max_pixels))
    try:
        image.load()
    except Exception as error:  # whatever Pillow stumbles over, the file is not whole
        raise ValueError(_DAMAGED) from error
    if image.mode.startswith("I"):  # 16 bits; `convert` would clip instead of scale
        return (np.asarray(image) >> 8).astype(np.uint8)
    return np.array(image.convert("L"))


def _too_large(amount: str, max_pixels: int) -> str:
    return f"the picture is too large: {amount}, at most {max_pixels} are decoded"


class HalfBlocks(Struct, frozen=True, eq=False):
    """A picture in cells.

    Attributes:
        upper: gray of the upper half of each cell, shape (height, width) in cells.
        lower: gray of the lower half, same shape.
    """

    upper: Gray
    lower: Gray

    @property
    def size(self) -> Size:
        """Cells."""
        height, width = self.upper.shape
        return Size(width, height)


def half_blocks(picture: Gray, size: Size, *, aspect: float | None = None) -> HalfBlocks:
    """Fit a picture into `size`, as large as it goes without changing its shape.

    Args:
        picture: gray levels.
        size: cells to fit into.
        aspect: width over height of what is pictured, where the picture was squeezed into
            another shape (a server may send every ROI as 200×150); None for its own.

    Returns:
        At most `size` cells; none if the picture or `size` is empty.
    """
    rows, columns = picture.shape
    if min(rows, columns, size.width, size.height) <= 0:
        nothing = np.empty((0, 0), np.uint8)
        return HalfBlocks(nothing, nothing)
    width, height = _fit(aspect or columns / rows, size)
    weights = _areas(2 * height, rows), _areas(width, columns)
    averaged = weights[0] @ picture.astype(np.float32) @ weights[1].T
    pixels = np.rint(averaged).clip(0, 255).astype(np.uint8)
    return HalfBlocks(pixels[0::2], pixels[1::2])


def dithered(blocks: HalfBlocks) -> HalfBlocks:
    """A picture in the `FEW` grays of a terminal with 16 colours, each area as bright as it was."""
    height, width = blocks.upper.shape
    pixels = np.empty((2 * height, width), np.int16)
    pixels[0::2], pixels[1::2] = blocks.upper, blocks.lower
    rows, columns = np.indices(pixels.shape)
    step = 255 // (FEW - 1)
    # Ordered dithering does not flicker: the same pixels get the same threshold in every picture.
    thresholds = (_BAYER[rows % 4, columns % 4] * step) // 16
    few = np.minimum((pixels + thresholds) // step, FEW - 1) * step
    return HalfBlocks(few[0::2].astype(np.uint8), few[1::2].astype(np.uint8))


def _fit(aspect: float, size: Size) -> Size:
    """The largest cells of shape `aspect` (of square pixels) within `size`, at least one."""
    width = min(float(size.width), 2 * size.height * aspect)
    height = width / aspect / 2
    return Size(*(max(math.floor(cells + 0.5), 1) for cells in (width, height)))


def _areas(targets: int, sources: int) -> NDArray[np.float32]:
    """The share of each source pixel in each target pixel along one axis, rows adding up to 1."""
    edges = np.linspace(0, sources, targets + 1)
    left = np.maximum(edges[:-1, None], np.arange(sources))
    right = np.minimum(edges[1:, None], np.arange(1, sources + 1))
    covered = np.maximum(right - left, 0.0)
    shares: NDArray[np.float32] = covered.astype(np.float32) * np.float32(targets / sources)
    return shares
