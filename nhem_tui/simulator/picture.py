"""Ultrasound pictures that agree with the gray values: a sector of speckle, and ROI 2 within it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import OrderedDict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nhem_tui.simulator.engine import Capture
from nhem_tui.simulator.regions import SIDE, THUMBNAIL
from nhem_tui.simulator.scene import Scene

Gray = NDArray[np.uint8]
"""A picture, shape (height, width), 0 black to 255 white."""

_WIDTH, _HEIGHT = THUMBNAIL
_APEX: Final = (-30.0, -30.0)  # of the sector, so that the usual ROI 2, top left, lies in tissue
_HALF_ANGLE: Final = np.radians(34.0)
_RINGS, _BEAMS = 256, 320
_BLEND: Final = 14.0  # pixels over which an event fades into its surroundings
_KEPT: Final = 4


class Camera:
    """Makes the pictures of captures and keeps the last few, ready to be sent."""

    def __init__(self, scene: Scene, anatomy: int) -> None:
        """Prepare what all pictures share.

        Args:
            scene: of the captures.
            anatomy: seed of what lies under the probe.
        """
        self._scene = scene
        generator = np.random.default_rng(anatomy)
        self._speckle = _smooth(generator.rayleigh(1.0, (_RINGS, _BEAMS)))
        self._anatomy, self._ring, self._beam = _sector(generator)
        self._kept: OrderedDict[tuple[int, Capture], str] = OrderedDict()

    def roi1_url(self, capture: Capture) -> str:
        """Return ROI 1 as a data URL."""
        return self._url(1, capture)

    def roi2_url(self, capture: Capture) -> str:
        """Return ROI 2, enlarged to the size of ROI 1, as a data URL."""
        return self._url(2, capture)

    def roi1(self, capture: Capture) -> Gray:
        """Draw ROI 1.

        Its mean is `Capture.gray1`, to less than one gray level, and that of its 37x37 pixels of
        ROI 2 is exactly `Capture.gray2`.
        """
        shift = int(self._scene.grain(capture.moment) * _RINGS)
        picture = self._anatomy * np.roll(self._speckle, shift, axis=0)[self._ring, self._beam]
        left, top = capture.region.roi2_corner
        patch = np.s_[top : top + SIDE, left : left + SIDE]
        gain = capture.gray2 / max(1.0, float(picture[patch].mean()))
        picture *= 1.0 + (gain - 1.0) * _nearness(left, top)
        rest = capture.gray1 * picture.size - capture.gray2 * SIDE * SIDE
        outside = float(picture.sum() - picture[patch].sum())
        inside = _exact(picture[patch], round(capture.gray2 * SIDE * SIDE))
        picture *= max(0.0, rest) / max(1.0, outside)
        drawn = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        drawn[patch] = inside
        return drawn

    def roi2(self, capture: Capture) -> Gray:
        """Cut ROI 2 out of ROI 1 and enlarge it."""
        left, top = capture.region.roi2_corner
        rows = top + np.arange(_HEIGHT) * SIDE // _HEIGHT
        columns = left + np.arange(_WIDTH) * SIDE // _WIDTH
        enlarged: Gray = self.roi1(capture)[np.ix_(rows, columns)]
        return enlarged

    def _url(self, which: int, capture: Capture) -> str:
        key = (which, capture)
        if key not in self._kept:
            self._kept[key] = data_url(self.roi1(capture) if which == 1 else self.roi2(capture))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def data_url(picture: Gray) -> str:
    """Write a picture as the PNG in RGB that the server sends, in a data URL."""
    height, width = picture.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # a filter byte before each row
    rows[:, 1:] = np.repeat(picture, 3, axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows.tobytes(), 1)),
            (b"IEND", b""),
        )
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _smooth(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stretch speckle across the beam and compress its contrast, as a scanner does."""
    across = (noise + np.roll(noise, 1, axis=1) + 0.5 * np.roll(noise, 2, axis=1)) / 2.5
    return np.asarray(np.log1p(across) / np.log1p(across).mean())


def _sector(
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Return brightness by place, and which ring and beam of the speckle each pixel shows."""
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(float)
    depth = np.hypot(x - _APEX[0], y - _APEX[1])
    angle = np.arctan2(y - _APEX[1], x - _APEX[0]) - np.pi / 4
    brightness = 40.0 + 70.0 * np.exp(-depth / 160.0)
    for layer in generator.uniform(70.0, 260.0, 4):  # fascia: bright arcs
        brightness += 35.0 * np.exp(-(((depth - layer - 9.0 * np.sin(3 * angle)) / 2.5) ** 2))
    for cx, cy, radius in generator.uniform((80, 50, 8), (185, 135, 18), (3, 3)):  # vessels: dark
        brightness *= 1.0 - 0.85 * np.exp(-((np.hypot(x - cx, (y - cy) * 1.4) / radius) ** 4))
    brightness[np.abs(angle) > _HALF_ANGLE] = 0.0
    ring = np.asarray(depth * 0.9, dtype=np.intp) % _RINGS
    beam = np.asarray((angle + np.pi) * _BEAMS / np.pi, dtype=np.intp) % _BEAMS
    return brightness, ring, beam


def _nearness(left: int, top: int) -> NDArray[np.float64]:
    """Return 1 within ROI 2, falling smoothly to 0 around it."""
    x, y = np.arange(_WIDTH), np.arange(_HEIGHT)
    beside = np.maximum(0, np.maximum(left - x, x - (left + SIDE - 1)))
    above = np.maximum(0, np.maximum(top - y, y - (top + SIDE - 1)))
    return np.asarray(np.exp(-((np.hypot(beside[None, :], above[:, None]) / _BLEND) ** 2)))


def _exact(pixels: NDArray[np.float64], total: int) -> Gray:
    """Round pixels so that they add up to `total`."""
    drawn = np.clip(np.rint(pixels), 0, 255).astype(np.int64).ravel()
    while (missing := total - int(drawn.sum())) != 0:
        step = 1 if missing > 0 else -1
        room = np.flatnonzero(drawn < 255 if step > 0 else drawn > 0)
        if len(room) == 0:
            break
        drawn[room[: abs(missing)]] += step
    return drawn.astype(np.uint8).reshape(pixels.shape)
