"""Which parts of the dashboard fit into which terminal."""

from __future__ import annotations

from enum import StrEnum


class Layout(StrEnum):
    """The arrangements, named by what they are for; each is a CSS class of the dashboard."""

    WIDE = "wide"
    """two charts, status, picture and buttons at the side"""
    SIDE = "side"
    """two charts and a narrow status column"""
    STACK = "stack"
    """half a screen beside another pane: one line of state, two charts"""
    PANE = "pane"
    """a tmux pane: one chart, state and value above it, no borders"""
    LINE = "line"
    """one line: state, value, age"""

    @property
    def narrow(self) -> bool:
        """There is no panel: state and numbers are told in one line."""
        return self in (Layout.STACK, Layout.PANE, Layout.LINE)

    def shows(self, chart: str) -> bool:
        """Tell whether a chart, ``signal`` or ``roi``, has a place."""
        if self is Layout.PANE:
            return chart == "signal"
        return self is not Layout.LINE


def layout_for(width: int, height: int, *, compact: bool) -> Layout:
    """Choose by the terminal's cells; `compact` asks for the simplified client."""
    if width < 30 or height < 8:
        return Layout.LINE
    if compact or height < 20:
        return Layout.PANE
    if width < 72:
        return Layout.STACK
    if width < 100 or height < 30:
        return Layout.SIDE
    return Layout.WIDE
