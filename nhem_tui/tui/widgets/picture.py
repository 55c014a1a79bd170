"""The live picture of ROI 1 with ROI 2 inside it, or the reason why there is none."""

from __future__ import annotations

import asyncio
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from nhem_tui.backend.roi import Roi
from nhem_tui.plot.model import Size
from nhem_tui.plot.picture import HALF_BLOCK, Gray, decode_png
from nhem_tui.stream.events import PictureSeen
from nhem_tui.tui import roi_words
from nhem_tui.tui.cells import TextRow, line
from nhem_tui.tui.graphics import Colour, pixel_image, pixels
from nhem_tui.tui.roi_map import INKS, NOTHING, Scene, Sketch, draw

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_MOST_PIXELS: Final = 1 << 20
"""The server sends 30,000."""

_SHADE: Final = 8
"""Gray levels that are told apart: all 65,536 pairs of them would each keep a style in memory."""


class RoiPicture(Widget):
    """A picture with its outlines, gray values and age below it.

    Whoever owns it calls `show` now and then, which also keeps the age true, and `place` when it
    learns where ROI 1 lies; until then ROI 2 cannot be outlined.
    """

    app: NhemApp

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "picture--applied",
        "picture--draft",
        "picture--roi2",
        "picture--text",
        "picture--strong",
        "picture--muted",
        "picture--warning",
    }
    DEFAULT_CSS = """
    RoiPicture {
        height: 1fr;
        align: center top;
        &> .picture--applied { color: $foreground; }
        &> .picture--draft { color: $warning; text-style: bold; }
        &> .picture--roi2 { color: $accent; }
        &> .picture--text { color: $foreground; }
        &> .picture--strong { text-style: bold; }
        &> .picture--muted { color: $muted; }
        &> .picture--warning { color: $warning; }
        #pixels { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._seen: PictureSeen | None = None
        self._picture: _Decoded | None = None
        self._why = ""
        self._pixels: Any = None
        self._region: Roi | None = None
        self._draft: Roi | None = None
        self._old = False
        self._caption = TextRow("", ())
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

    def show(self, seen: PictureSeen | None) -> None:
        """Show the newest pictures, None while there are none."""
        if self.app.context.settings.display.image == "off":
            self._explain("Pictures are off (display.image).")
        elif seen is None:
            self._explain(roi_words.why_no_picture(self.app.monitor.session.snapshot))
        elif seen is not self._seen and seen.roi1.png:
            self._decode(seen)
        elif seen is not self._seen:
            self._explain(roi_words.instead_of_picture(seen.roi1.word))
        self._seen = seen
        self._write_caption()

    def place(self, region: Roi | None, draft: Roi | None = None) -> None:
        """Say where ROI 1 lies on the server's screen, and where it would lie after the edit."""
        if (region, draft) != (self._region, self._draft):
            self._region, self._draft = region, draft
            self._draw_again()

    @work(group="decode", exclusive=True)
    async def _decode(self, seen: PictureSeen) -> None:
        try:
            gray = await asyncio.to_thread(decode_png, seen.roi1.png, max_pixels=_MOST_PIXELS)
        except ValueError as error:
            self._explain(f"No picture: {error}.")
        else:
            if seen is self._seen:
                self._picture = _Decoded(gray, seen.roi1.width, seen.roi1.height)
                word = seen.roi2.word
                self._why = roi_words.instead_of_picture(word) if word else ""
                self._draw_again()

    def _explain(self, why: str) -> None:
        if why != self._why or self._picture is not None:
            self._picture, self._why = None, why
            self._draw_again()

    def _write_caption(self) -> None:
        now, size = self.app.context.clock.wall(), self.content_size
        row = roi_words.caption(self._seen, now, size.width)
        old = self._seen is not None and now - self._seen.at > roi_words.OLD
        if old != self._old:
            self._old = old
            self._draw_again()
        if row != self._caption:
            self._caption = row
            if self._strips:
                self._strips[-1] = self._text(row)
                self.refresh(Region(0, size.height - 1, size.width, 1))

    # --- drawing --------------------------------------------------------------------------------

    def _draw_again(self) -> None:
        self._strips = None
        self._show_pixels()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the new size."""
        self._write_caption()
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
            scene, room = self._scene(), max(height - len(words) - 1, 0)
            self._base = self.rich_style
            blank = Strip.blank(width, self._base)
            if self._pixels is not None and scene.gray is not None:
                above = [blank] * room
            elif scene.gray is None and scene.region is None:
                above = [blank] * (room // 2)
            else:
                above = self._cells(draw(scene, Size(width, room)))
            below = [blank] * (room - len(above))
            self._strips = [*above, *words, *below, self._text(self._caption)][-height:]
        return self._strips

    def _scene(self) -> Scene:
        picture, region = self._picture, self._region
        if picture is None:
            return Scene(region=region, draft=self._draft)
        if region is not None and (picture.width, picture.height) == (region.width, region.height):
            return Scene(picture.gray, picture.aspect, region, self._draft)
        return Scene(picture.gray, picture.aspect)

    def _cells(self, sketch: Sketch) -> list[Strip]:
        shades = _shades(sketch.upper, dim=self._old), _shades(sketch.lower, dim=self._old)
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
        style = self.get_component_rich_style(f"picture--{ink}")
        if upper == NOTHING:
            return style
        mean = (upper + lower) // 4
        return style + _background(mean if self.app.current_theme.dark else mean + 128)

    def _text(self, row: TextRow) -> Strip:
        return Strip(
            Segment(row.text[start:end], self.get_component_rich_style(f"picture--{role}"))
            for start, end, role in row.spans
        )

    # --- pixels ---------------------------------------------------------------------------------

    def _show_pixels(self) -> None:
        if self._pixels is None:
            return
        scene = self._scene()
        self._pixels.display = scene.gray is not None
        if scene.gray is not None:
            inks = {ink: self._rgb(f"picture--{ink}") for ink in INKS}
            self._pixels.image = pixels(scene, inks, self.background_colors[1].rgb)

    def _rgb(self, component: str) -> Colour:
        return self.get_component_styles(component).color.rgb


@dataclass(frozen=True, slots=True, eq=False)
class _Decoded:
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


def _shades(levels: NDArray[np.int16], *, dim: bool) -> NDArray[np.int16]:
    """Round gray levels to the shades that are told apart; a dim picture has less contrast."""
    shades = levels // _SHADE * 255 // (256 // _SHADE - 1)
    return np.where(levels == NOTHING, NOTHING, 64 + shades // 2 if dim else shades)


@lru_cache(maxsize=2048)
def _half_block(upper: int, lower: int) -> Style:
    return Style.from_color(
        Color.from_rgb(upper, upper, upper), Color.from_rgb(lower, lower, lower)
    )


@lru_cache(maxsize=512)
def _background(gray: int) -> Style:
    return Style.from_color(bgcolor=Color.from_rgb(gray, gray, gray))
