"""Where a widget may write to the terminal itself.

Textual composes a screen from all its widgets: 5 ms for 45 changed rows, of which the rows
themselves are a tenth. A widget that nothing lies over can write its cells where they belong,
and Textual need not know: it keeps no copy of the screen, and asks the widget again whenever it
composes that part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.errors import NoWidget
from textual.geometry import Offset

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from nhem_tui.tui.app import NhemApp


def place_of(widget: Widget) -> Offset | None:
    """Where the content of `widget` begins on the screen; None where it may not write itself.

    It may if it is wholly on the screen on top, as large as it believes to be, and under nothing.
    """
    if not widget.is_mounted or widget.screen is not widget.app.screen or _overlaid(widget.screen):
        return None
    try:
        geometry = widget.screen.find_widget(widget)
    except NoWidget:  # hidden
        return None
    region, clip = geometry.region, geometry.clip
    if not clip.contains_region(region) or region.size != widget.outer_size:
        return None
    return region.shrink(widget.gutter).offset


def overprint(widget: Widget, draw: Callable[[Offset], str]) -> bool:
    """Write what `draw` gives to the terminal.

    Args:
        widget: of an `NhemApp`.
        draw: told where the content of the widget begins on the screen.

    Returns:
        False when that is not possible now, and Textual must be asked to paint.
    """
    terminal = cast("NhemApp", widget.app).terminal
    place = None if terminal is None else place_of(widget)
    if terminal is None or place is None:
        return False
    terminal.paint(draw(place))
    return True


def _overlaid(screen: Screen[object]) -> bool:
    """Something of Textual's own is shown: a tooltip, or a notification."""
    return any(child.display and child.has_class("-textual-system") for child in screen.children)
