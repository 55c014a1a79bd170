"""How the user looks at the data: pure state, and the steps that keys make in it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nhem_tui.config.schema import Settings
from nhem_tui.tui import words

WINDOWS: tuple[float, ...] = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 2400)
"""Visible seconds of the main chart that ``+`` and ``-`` step through; the last holds the 100,000
samples that can be kept at 45 a second."""

ROI_WINDOW_FACTOR = 5
"""The ROI chart shows this many times the main window: its samples come ten times slower."""


class View(Struct, frozen=True):
    """The display's own state; nothing here reaches the server.

    Attributes:
        window: visible seconds of the main chart.
        full_y: gray levels 0-255 instead of fitted to the curve.
        grid: grid shown.
        peaks: peaks shown.
        baseline: the server's baseline shown.
        sweep: sweep mode instead of rolling.
        plotext: drawn by the plotext renderer.
        edge: right edge in session seconds while frozen or scrolled back, None when live.
        cursor: session seconds of the reading cursor, None when there is none.
    """

    window: float = 10.0
    full_y: bool = False
    grid: bool = True
    peaks: bool = True
    baseline: bool = True
    sweep: bool = False
    plotext: bool = False
    edge: float | None = None
    cursor: float | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> View:
        """Start from the configuration."""
        display = settings.display
        return cls(
            window=display.window,
            full_y=display.y_axis == "full",
            grid=display.show_grid,
            peaks=settings.peak_detection.show_peaks,
            sweep=display.mode == "sweep",
            plotext=display.renderer == "plotext",
        )

    @property
    def frozen(self) -> bool:
        """The display stands still while the server goes on."""
        return self.edge is not None

    @property
    def roi_window(self) -> float:
        """Visible seconds of the ROI chart."""
        return self.window * ROI_WINDOW_FACTOR

    def zoomed(self, steps: int) -> View:
        """One step wider (+1) or narrower (-1); the cursor stays in sight."""
        wider = [w for w in WINDOWS if w > self.window]
        narrower = [w for w in WINDOWS if w < self.window]
        window = (wider[:1] if steps > 0 else narrower[-1:]) or [self.window]
        view = replace(self, window=window[0])
        if view.edge is None or view.cursor is None or view.edge - view.cursor <= view.window:
            return view
        return replace(view, edge=view.cursor + view.window / 2)

    def freeze(self, newest: float) -> View:
        """Stop at the newest sample."""
        return replace(self, edge=newest)

    def scrolled(self, seconds: float, oldest: float, newest: float) -> View:
        """Look `seconds` later (earlier when negative); live again beyond the newest sample."""
        edge = (newest if self.edge is None else self.edge) + seconds
        edge = max(edge, oldest + self.window)
        if edge >= newest:
            return self.thaw()
        seen = self.cursor is not None and edge - self.window <= self.cursor <= edge
        return replace(self, edge=edge, cursor=self.cursor if seen else None)

    def pointed(self, t: float, newest: float) -> View:
        """Put the cursor at session second `t`; the display freezes and follows it."""
        edge = newest if self.edge is None else self.edge
        if t > edge:
            edge = t
        elif t < edge - self.window:
            edge = t + self.window
        return replace(self, edge=edge, cursor=t)

    def thaw(self) -> View:
        """Go on with the newest sample."""
        return replace(self, edge=None, cursor=None)

    def mode_words(self, seconds: float) -> str:
        """For the title of a chart `seconds` wide: width and mode."""
        if self.frozen:
            return f"{words.window(seconds)} · frozen"
        return f"{words.window(seconds)} · {'sweep' if self.sweep else 'rolling'}"
