"""The floor: Textual repainting 45 ready-made lines 20 times a second, with the same polling."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from benchmarks.peers.feed import PeerApp
from nhem_tui.stream.buffer import Slice

LINES = 45


class Lines(Widget):
    """Lines of one character that changes."""

    DEFAULT_CSS = "Lines { height: 1fr; }"
    count = 0

    def render_line(self, y: int) -> Strip:
        """One segment a line."""
        return Strip([Segment(str((self.count + y) % 10) * self.size.width)], self.size.width)


class FloorApp(PeerApp):
    """Draws nothing that was measured."""

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Lines()

    def draw(self, main: Slice, roi: Slice) -> None:
        """Change every line."""
        lines = self.query_one(Lines)
        lines.count += 1
        lines.refresh(Region(0, 0, lines.size.width, LINES))


if __name__ == "__main__":
    FloorApp().run()
