"""The live picture of ROI 1 with ROI 2 inside it, or the reason why there is none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from nhem_tui.backend.roi import Roi
from nhem_tui.plot.picture import decode_png
from nhem_tui.stream.events import PictureSeen
from nhem_tui.tui import roi_words
from nhem_tui.tui.roi_map import Finding
from nhem_tui.tui.widgets.picture_cells import FINE, Decoded, PictureCells
from nhem_tui.tui.widgets.textpane import TextPane

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_MOST_PIXELS: Final = 1 << 20
"""The server sends 30,000."""


class RoiPicture(Vertical):
    """A picture with its outlines, gray values and age below it.

    Whoever owns it calls `show` now and then, which also keeps the age true, and `place` when it
    learns where ROI 1 lies; until then ROI 2 cannot be outlined.
    """

    app: NhemApp

    DEFAULT_CSS = """
    RoiPicture { height: 1fr; }
    """

    def __init__(self, *, shades: int = FINE, snug: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without a picture.

        Args:
            shades: of gray that are told apart.
            snug: the caption stands right below the picture, not at the foot.
            id: of the widget.
        """
        super().__init__(id=id)
        self._seen: PictureSeen | None = None
        self._undecoded = asyncio.Event()
        self._cells = PictureCells(shades, snug=snug)
        self._caption = TextPane()

    @property
    def rows(self) -> list[str]:
        """The text of each line, as shown."""
        return [*self._cells.rows, *(row.text for row in self._caption.rows)]

    def compose(self) -> ComposeResult:
        """The picture, and one line below it."""
        yield self._cells
        yield self._caption

    def on_mount(self) -> None:
        """Begin to decode what is shown."""
        self.run_worker(self._decode())

    def show(self, seen: PictureSeen | None) -> None:
        """Show the newest pictures, None while there are none."""
        if self.app.context.settings.display.image == "off":
            self._cells.put(None, "Pictures are off (display.image).")
        elif seen is None:
            snapshot, replay = self.app.monitor.session.snapshot, self.app.context.replay
            self._cells.put(None, roi_words.why_no_picture(snapshot, replay=replay))
        elif seen is not self._seen and seen.roi1.png:
            self._undecoded.set()
        elif seen is not self._seen:
            self._cells.put(None, roi_words.instead_of_picture(seen.roi1.word))
        self._seen = seen
        self._write_caption()

    def place(self, region: Roi | None, draft: Roi | None = None) -> None:
        """Say where ROI 1 lies on the server's screen, and where it would lie after the edit."""
        self._cells.place(region, draft)

    def mark(self, finding: Finding | None) -> None:
        """Draw what a line detection found over the picture; None for nothing."""
        self._cells.mark(finding)

    async def _decode(self) -> None:
        """Decode the newest picture, again and again.

        A worker for each would leave a cycle of references behind, with all that was shown.
        """
        while True:
            await self._undecoded.wait()
            self._undecoded.clear()
            seen = self._seen
            if seen is None or not seen.roi1.png:
                continue
            decoded, why = await asyncio.to_thread(_decoded, seen)
            if seen is self._seen:
                self._cells.put(decoded, why)

    def _write_caption(self) -> None:
        now = self.app.context.clock.wall()
        width = self.content_size.width - self._caption.gutter.width
        self._caption.show([roi_words.caption(self._seen, now, width)])
        self._cells.dim(old=self._seen is not None and now - self._seen.at > roi_words.OLD)

    def on_resize(self) -> None:
        """Fit the line to the new size."""
        self._write_caption()


def _decoded(seen: PictureSeen) -> tuple[Decoded | None, str]:
    """The picture of ROI 1, and what there is to say of it or in its place."""
    try:
        gray = decode_png(seen.roi1.png, max_pixels=_MOST_PIXELS)
    except ValueError as error:
        return None, f"No picture: {error}."
    word = seen.roi2.word
    why = roi_words.instead_of_picture(word) if word else ""
    return Decoded(gray, seen.roi1.width, seen.roi1.height), why
