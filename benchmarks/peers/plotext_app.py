"""textual-plotext with two charts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual_plotext import PlotextPlot

from benchmarks.peers.feed import PeerApp
from nhem_tui.stream.buffer import Slice


class PlotextApp(PeerApp):
    """Two `PlotextPlot` widgets."""

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield PlotextPlot(id="main")
        yield PlotextPlot(id="roi")

    def draw(self, main: Slice, roi: Slice) -> None:
        """Hand the points to plotext."""
        for name, samples in (("main", main), ("roi", roi)):
            widget = self.query_one(f"#{name}", PlotextPlot)
            widget.plt.clear_data()
            if len(samples.t):
                widget.plt.plot(samples.t.tolist(), samples.values.tolist(), marker="braille")
            widget.refresh()


if __name__ == "__main__":
    PlotextApp().run()
