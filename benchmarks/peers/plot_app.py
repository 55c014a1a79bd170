"""textual-plot with two charts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual_plot import HiResMode, PlotWidget

from benchmarks.peers.feed import PeerApp
from nhem_tui.stream.buffer import Slice


class PlotApp(PeerApp):
    """Two `PlotWidget`s in braille mode."""

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield PlotWidget(id="main")
        yield PlotWidget(id="roi")

    def draw(self, main: Slice, roi: Slice) -> None:
        """Hand the points to textual-plot."""
        for name, samples in (("main", main), ("roi", roi)):
            widget = self.query_one(f"#{name}", PlotWidget)
            widget.clear()
            if len(samples.t) > 1:
                widget.plot(samples.t, samples.values, "cyan", hires_mode=HiResMode.BRAILLE)
                widget.set_xlimits(float(samples.t[0]), float(samples.t[-1]))


if __name__ == "__main__":
    PlotApp().run()
