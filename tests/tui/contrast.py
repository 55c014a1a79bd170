"""How well what is on the screen can be told apart."""

from __future__ import annotations

from rich.color import Color
from rich.style import Style
from textual.widget import Widget

from nhem_tui.tui.app import NhemApp


def style_at(app: NhemApp, widget: Widget, x: int, y: int) -> Style:
    """The style of a cell, counted from the left and the top of a widget's content."""
    region = widget.content_region
    return app.screen.get_style_at(region.x + x, region.y + y)


def ground(style: Style) -> Color:
    """What is behind the text."""
    found = style.color if style.reverse else style.bgcolor
    return found or Color.default()


def contrast(one: Color, other: Color) -> float:
    """The ratio of luminances as WCAG counts it, 1 to 21."""
    low, high = sorted(_luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def faint(app: NhemApp, widget: Widget, least: float = 4.5) -> set[str]:
    """The words within a widget that stand out from what is behind them by less than `least`."""
    found, area = set(), widget.region
    for line in app.screen._compositor.render_strips()[area.y : area.bottom]:
        for text, style, _ in line.crop(area.x, area.right):
            if any(map(str.isalnum, text)) and style and style.color and style.bgcolor:
                pair = style.color, style.bgcolor
                if not any(colour.is_default for colour in pair) and contrast(*pair) < least:
                    found.add(text.strip())
    return found


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.get_truecolor())
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
