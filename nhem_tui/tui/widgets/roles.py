"""The colours of what a widget draws itself, as words of Textual's: ``bold $error on $panel``.

Its component classes would do the same with a node for each colour of each widget. Those of the
dashboard are a hundred nodes, or ten thousand objects, made anew whenever any style may have
changed: with the first frame, with every box that opens or closes, and with every outage.
"""

from __future__ import annotations

from rich.style import Style
from textual.color import WHITE, Color
from textual.widget import Widget


def role_style(widget: Widget, words: str) -> Style:
    """The style of `widget` with `words` on top, for Rich."""
    return (widget.visual_style + widget.app.stylesheet.parse_style(words)).rich_style


def role_colour(widget: Widget, words: str) -> Color:
    """The colour of the letters that `words` ask for."""
    return widget.app.stylesheet.parse_style(words).foreground or WHITE
