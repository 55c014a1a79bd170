"""What a role looks like outside the screen: in files, and on a bare terminal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from nhem_tui.plot.model import Role

Palette = Mapping[Role, str]
"""Colours ``#rrggbb`` by role; a role that is missing has the colour of ordinary text."""

DARK: Final[Palette] = {
    "axis": "#808080",
    "grid": "#3a3a3d",
    "line": "#4fc1e9",
    "line.dim": "#557886",
    "baseline": "#b8a965",
    "baseline.dim": "#557886",
    "threshold": "#c586c0",
    "peak.green": "#7ddc7d",
    "peak.red": "#ff7b6b",
    "mark": "#d7ba7d",
    "cursor": "#ffffff",
    "sweep": "#4ec9b0",
    "label": "#a8a8a8",
}
"""For light text on a dark ground."""

LIGHT: Final[Palette] = {
    "axis": "#6a6a6a",
    "grid": "#d4d4d4",
    "line": "#005f9e",
    "line.dim": "#6f8fa3",
    "baseline": "#7a6a00",
    "baseline.dim": "#6f8fa3",
    "threshold": "#8b3f8b",
    "peak.green": "#1b7f2a",
    "peak.red": "#b3261e",
    "mark": "#8a5a00",
    "cursor": "#000000",
    "sweep": "#00695c",
    "label": "#444444",
}
"""For paper."""

Depth = Literal["none", "16", "256", "truecolour"]
"""How many colours a terminal knows."""


class _Rgb(NamedTuple):
    red: int
    green: int
    blue: int


_LEVELS: Final = (0, 95, 135, 175, 215, 255)
_CUBE: Final = {
    16 + 36 * r + 6 * g + b: _Rgb(_LEVELS[r], _LEVELS[g], _LEVELS[b])
    for r in range(6)
    for g in range(6)
    for b in range(6)
} | {232 + step: _Rgb(*[8 + 10 * step] * 3) for step in range(24)}
"""The fixed colours of 256: a cube and a ramp of grays."""


@lru_cache(maxsize=256)
def foreground(colour: str, depth: Depth) -> str:
    """The SGR parameters that select `colour` (``#rrggbb``), empty for no colour at all.

    Raises:
        ValueError: not a colour.
    """
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"not a colour like #4fc1e9: {colour!r}")
    rgb = _Rgb(*bytes.fromhex(colour[1:]))
    match depth:
        case "none":
            return ""
        case "16":
            return str(_basic(rgb))
        case "256":
            return f"38;5;{_nearest(rgb)}"
        case "truecolour":
            return f"38;2;{rgb.red};{rgb.green};{rgb.blue}"


def _basic(rgb: _Rgb) -> int:
    """The one of 16 colours with the same hue: the nearest one would often be a gray."""
    low, high = min(rgb), max(rgb)
    if high - low < 0x30:
        return 30 if high < 0x20 else 90 if high < 0x90 else 37 if high < 0xE0 else 97
    middle = (low + high) / 2
    hue = sum(bit for bit, part in zip((1, 2, 4), rgb, strict=True) if part > middle)
    return (90 if high >= 0xC0 else 30) + hue


def _nearest(rgb: _Rgb) -> int:
    return min(_CUBE, key=lambda number: _distance(rgb, _CUBE[number]))


def _distance(a: _Rgb, b: _Rgb) -> float:
    """How different two colours look: the "redmean" weights, close to perception and cheap."""
    red = (a.red + b.red) / 512
    return (
        (2 + red) * (a.red - b.red) ** 2
        + 4 * (a.green - b.green) ** 2
        + (3 - red) * (a.blue - b.blue) ** 2
    )
