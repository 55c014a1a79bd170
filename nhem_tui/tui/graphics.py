"""Pictures in real pixels, for terminals with Kitty or Sixel graphics (package ``textual-image``).

That package asks the terminal what it can do while it is imported, which works only before
Textual reads the keyboard; so `prepare` comes first, and whoever draws finds out by `pixel_image`.
It waits a tenth of a second for each answer. So it is imported only where the terminal has said
already, and quickly, that there are graphics; an answer that is late is dropped by the keyboard.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nhem_tui.plot.model import Size
from nhem_tui.tui.roi_map import Ink, Scene, place, spots
from nhem_tui.tui.terminal import fence

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST: Final = Size(800, 600)
"""Pixels that are sent; the terminal enlarges them."""

QUICK: Final = 0.05
"""Seconds within which a terminal must answer; a slower line is too slow for pixels anyway."""

PATIENCE: Final = 0.1
"""Seconds to wait for an answer."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0–255."""

_LINE: Final = 3  # pixels


def prepare(image: str, environ: Mapping[str, str]) -> None:
    """Ask the terminal for its graphics; call this before the app runs.

    Nothing is asked unless `image` (the setting ``display.image``) is ``auto``, nor inside tmux or
    screen, which swallow pictures, nor on a console, which might print the question.
    """
    term = environ.get("TERM", "dumb")
    deaf = "TMUX" in environ or term.startswith(("tmux", "screen", "linux", "dumb", "vt"))
    if image != "auto" or deaf or find_spec("textual_image") is None:
        return
    answer = fence.ask(PATIENCE)
    if answer is not None and answer.graphics and answer.seconds < QUICK:
        import_module("textual_image.widget")


def pixel_image() -> Any:  # noqa: ANN401 - a class of a package that need not be there
    """The widget class that shows a Pillow image in pixels, or None where half blocks must do."""
    drawn = sys.modules.get("textual_image.renderable")
    widgets = sys.modules.get("textual_image.widget")
    if drawn is None or widgets is None:
        return None
    if drawn.Image is drawn.SixelImage:
        return widgets.SixelImage
    return widgets.TGPImage if drawn.Image is drawn.TGPImage else None


def pixels(
    scene: Scene, inks: Mapping[Ink, Colour], background: Colour, size: Size = LARGEST
) -> Image:
    """Draw the map of a scene as an image in colours.

    Args:
        scene: with a picture.
        inks: colours of the outlines.
        background: of what nothing is known of.
        size: pixels of the image.
    """
    from PIL import Image

    canvas = np.full((size.height, size.width, 3), background, np.uint8)
    placed = place(scene, size, tall=1.0)
    if placed.picture is not None and scene.gray is not None:
        left, top, right, bottom = placed.picture
        picture = Image.fromarray(scene.gray).resize((right - left, bottom - top))
        canvas[top:bottom, left:right] = np.asarray(picture)[:, :, np.newaxis]
    for ink, (left, top, right, bottom) in placed.outlines:
        inside = canvas[top:bottom, left:right]
        for edge in (np.s_[:_LINE], np.s_[-_LINE:]):
            inside[edge, :] = inside[:, edge] = inks[ink]
    if scene.finding is not None and placed.picture is not None:
        for found, places in spots(scene.finding, placed.picture):
            thick = _LINE if found == "line" else 3 * _LINE
            for x, y in places:
                canvas[y : y + thick, x : x + thick] = inks[found]
    return Image.fromarray(canvas)
