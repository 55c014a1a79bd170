"""The pane a chart is drawn in: colours of the chart's roles, mouse and size as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message

from nhem_tui.plot.canvas import Canvas
from nhem_tui.plot.patch import patches
from nhem_tui.tui.cells import Cells
from nhem_tui.tui.widgets.rowpane import RowPane


class Chart(RowPane, can_focus=True):
    """Shows what a renderer drew; knows nothing of samples."""

    ROLES: ClassVar[Mapping[str, str]] = {
        "axis": "$chart-axis",
        "grid": "$chart-grid",
        "line": "$chart-line",
        "line.dim": "$chart-line-dim",
        "baseline": "$chart-baseline",
        "baseline.dim": "$chart-line-dim",
        "threshold": "$chart-threshold",
        "peak.green": "$chart-stable",
        "peak.red": "$chart-unstable",
        "mark": "$accent",
        "cursor": "bold $foreground",
        "sweep": "$accent",
        "label": "$muted",
    }
    NARROW: ClassVar[bool] = True

    @dataclass
    class Pointed(Message):
        """The mouse points at (or clicked) a column of the chart.

        Attributes:
            chart: which chart.
            column: cell column inside the chart, from 0.
            pressed: clicked, not only moved over.
        """

        chart: Chart
        column: int
        pressed: bool

        @property
        def control(self) -> Chart:
            """The chart, for ``@on`` selectors."""
            return self.chart

    @dataclass
    class Scrolled(Message):
        """The mouse wheel turned over the chart: +1 zooms out, -1 zooms in."""

        chart: Chart
        direction: int

    class Resized(Message):
        """The chart has another size and wants to be drawn again."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._canvas = Canvas(0, 0)

    @property
    def rows(self) -> Sequence[Cells]:
        """What is shown, made only for whoever wants rows."""
        if not self._rows:
            self._rows = self._canvas.rows()
        return self._rows

    def paint(self, canvas: Canvas) -> bool:
        """Show a drawing; only cells that changed go to the terminal.

        Returns:
            Whether any did.
        """
        before, self._canvas = self._canvas, canvas
        self._rows = ()
        self._strips.clear()
        if before.codes.shape != canvas.codes.shape:
            self.refresh()
            return True
        changed = list(patches(before, canvas))
        if changed and not self.overprint(changed):
            self.refresh_rows(sorted({patch.row for patch in changed}))
        return bool(changed)

    def clear(self) -> None:
        """Show nothing."""
        self.paint(Canvas(0, 0))

    def on_resize(self) -> None:
        """Ask for a drawing of the new size."""
        super().on_resize()
        self.post_message(self.Resized())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell where the mouse points."""
        self._tell(event, pressed=False)

    def on_click(self, event: events.Click) -> None:
        """Tell where the mouse clicked."""
        self._tell(event, pressed=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        event.stop()
        self.post_message(self.Scrolled(self, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        event.stop()
        self.post_message(self.Scrolled(self, -1))

    def _tell(self, event: events.MouseEvent, *, pressed: bool) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Pointed(self, offset.x, pressed))
