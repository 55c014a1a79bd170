"""ROI 1 in half blocks (or pixels) with its outlines, or words instead."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from nhem_tui.backend.roi import Roi
from nhem_tui.plot.model import Size
from nhem_tui.plot.picture import HALF_BLOCK, Gray, HalfBlocks, dithered
from nhem_tui.tui.cells import TextRow, line
from nhem_tui.tui.graphics import pixel_image, pixels
from nhem_tui.tui.roi_map import INKS, NOTHING, Finding, Scene, Sketch, draw
from nhem_tui.tui.widgets.roles import role_colour, role_style

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

ROLES: Final[Mapping[str, str]] = {
    "applied": "$foreground",
    "draft": "bold $warning",
    "roi2": "$accent",
    "line": "bold $accent",
    "sure": "bold $error",
    "likely": "bold $warning",
    "unsure": "bold $foreground",
    "text": "$foreground",
    "muted": "$muted",
}
"""Words of the styles of outlines and of what is written (`roles`)."""

FINE, COARSE = 32, 16
"""Shades of gray. Rich and Textual remember the style of each pair, thousands of styles: with the
256 pairs of a picture that is shown for days their memory is soon as large as it gets."""

Shades = NDArray[np.int16]
"""Gray levels that are shown, or `NOTHING`, shape (height, width) in cells."""


class Decoded(Struct, frozen=True, eq=False):
    """A picture and the size of the region that it shows, in pixels of the server's screen."""

    gray: Gray
    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width over height of the region, of the picture itself where that is not known."""
        if self.width > 0 and self.height > 0:
            return self.width / self.height
        return float(self.gray.shape[1] / self.gray.shape[0])


class PictureCells(Widget):
    """Draws what it is given; asks for nothing."""

    app: NhemApp

    DEFAULT_CSS = """
    PictureCells {
        height: 1fr;
        align: center top;
        #pixels { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    }
    """

    def __init__(self, shades: int, *, snug: bool = False) -> None:
        super().__init__()
        self._shades, self._snug = shades, snug
        self._picture: Decoded | None = None
        self._why = ""
        self._pixels: Any = None
        self._region: Roi | None = None
        self._draft: Roi | None = None
        self._finding: Finding | None = None
        self._old = False
        self._strips: list[Strip] | None = None
        self._base = Style.null()

    @property
    def rows(self) -> list[str]:
        """The text of each line, as shown."""
        return [strip.text for strip in self._drawn()]

    def compose(self) -> ComposeResult:
        """An image in pixels where the terminal can; else this widget draws cells itself."""
        widget = pixel_image() if self.app.context.settings.display.image == "auto" else None
        if widget is not None:
            self._pixels = widget(id="pixels")
            yield self._pixels

    def put(self, picture: Decoded | None, why: str) -> None:
        """Show a picture with words below it, or words alone."""
        if picture is not self._picture or why != self._why:
            self._picture, self._why = picture, why
            self._draw_again()

    def place(self, region: Roi | None, draft: Roi | None) -> None:
        """Say where ROI 1 lies on the server's screen, and where it would lie after the edit."""
        if (region, draft) != (self._region, self._draft):
            self._region, self._draft = region, draft
            self._draw_again()

    def mark(self, finding: Finding | None) -> None:
        """Draw what was found in ROI 1 over it."""
        if finding != self._finding:
            self._finding = finding
            self._draw_again()

    def dim(self, *, old: bool) -> None:
        """Show less contrast while the picture is old."""
        if old != self._old:
            self._old = old
            self._draw_again()

    def _draw_again(self) -> None:
        self._strips = None
        if self._snug:  # as high as the picture, whose caption follows it
            lines = self._picture and self.content_size.width / self._picture.aspect / 2
            self.styles.max_height = max(1, ceil(lines)) if lines else None
        self._show_pixels()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the new size."""
        self._draw_again()

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        self._strips = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of cells."""
        strips = self._drawn()
        return strips[y] if y < len(strips) else Strip.blank(self.content_size.width)

    def _drawn(self) -> list[Strip]:
        if self._strips is None:
            width, height = self.content_size
            words = [
                self._text(line([(f"{row:^{width}}", "muted")], width))
                for row in textwrap.wrap(self._why, max(width - 2, 1))
            ]
            scene, room = self._scene(), max(height - len(words), 0)
            self._base = self.rich_style
            blank = Strip.blank(width, self._base)
            if self._pixels is not None and scene.gray is not None:
                above = [blank] * room
            elif scene.gray is None and scene.region is None:
                above = [blank] * (room // 2)
            else:
                above = self._cells(draw(scene, Size(width, room)))
            below = [blank] * (room - len(above))
            self._strips = [*above, *words, *below][:height]
        return self._strips

    def _scene(self) -> Scene:
        picture, region = self._picture, self._region
        if picture is None:
            return Scene(region=region, draft=self._draft)
        if region is not None and (picture.width, picture.height) == (region.width, region.height):
            return Scene(picture.gray, picture.aspect, region, self._draft, self._finding)
        return Scene(picture.gray, picture.aspect, finding=self._finding)

    def _cells(self, sketch: Sketch) -> list[Strip]:
        few = self.app.console.color_system == "standard"
        shades = _few_shades(sketch) if few else _many_shades(sketch, self._shades, dim=self._old)
        rows = zip(
            *(array.tolist() for array in (*shades, sketch.glyphs, sketch.inks)), strict=True
        )
        return [self._strip(list(zip(*row, strict=True))) for row in rows]

    def _strip(self, cells: list[tuple[int, int, str, str]]) -> Strip:
        segments = []
        for (upper, lower, ink), run in groupby(cells, lambda cell: (cell[0], cell[1], cell[3])):
            glyphs = [glyph for _, _, glyph, _ in run]
            if ink:
                segments.append(Segment("".join(glyphs), self._ink_style(ink, upper, lower)))
            elif upper == NOTHING:
                segments.append(Segment(" " * len(glyphs), self._base))
            else:
                shape = " " if upper == lower else HALF_BLOCK
                segments.append(Segment(shape * len(glyphs), _half_block(upper, lower)))
        return Strip(segments)

    def _ink_style(self, ink: str, upper: int, lower: int) -> Style:
        """The colour of an outline on the picture, which is dimmed there for contrast."""
        style = role_style(self, ROLES[ink])
        if upper == NOTHING:
            return style
        mean = (upper + lower) // 4
        return style + _background(mean if self.app.current_theme.dark else mean + 128)

    def _text(self, row: TextRow) -> Strip:
        return Strip(
            Segment(row.text[start:end], role_style(self, ROLES[role]))
            for start, end, role in row.spans
        )

    # --- pixels ---------------------------------------------------------------------------------

    def _show_pixels(self) -> None:
        if self._pixels is None:
            return
        scene = self._scene()
        self._pixels.display = scene.gray is not None
        if scene.gray is not None:
            inks = {ink: role_colour(self, ROLES[ink]).rgb for ink in INKS}
            self._pixels.image = pixels(scene, inks, self.background_colors[1].rgb)


def _few_shades(sketch: Sketch) -> tuple[Shades, Shades]:
    """The grays of a terminal with 16 colours, mixed."""
    levels = sketch.upper, sketch.lower
    upper, lower = (np.maximum(part, 0).astype(np.uint8) for part in levels)
    few = dithered(HalfBlocks(upper, lower))
    return (
        np.where(sketch.upper == NOTHING, NOTHING, few.upper.astype(np.int16)),
        np.where(sketch.lower == NOTHING, NOTHING, few.lower.astype(np.int16)),
    )


def _many_shades(sketch: Sketch, count: int, *, dim: bool) -> tuple[Shades, Shades]:
    return _shades(sketch.upper, count, dim=dim), _shades(sketch.lower, count, dim=dim)


def _shades(levels: Shades, count: int, *, dim: bool) -> Shades:
    """Round gray levels to `count` shades; a dim picture has less contrast."""
    shades = levels // (256 // count) * 255 // (count - 1)
    return np.where(levels == NOTHING, NOTHING, 64 + shades // 2 if dim else shades)


@lru_cache(maxsize=256)
def _half_block(upper: int, lower: int) -> Style:
    return Style.from_color(
        Color.from_rgb(upper, upper, upper), Color.from_rgb(lower, lower, lower)
    )


@lru_cache(maxsize=32)
def _background(gray: int) -> Style:
    return Style.from_color(bgcolor=Color.from_rgb(gray, gray, gray))
