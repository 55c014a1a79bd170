"""Everything the text panels show, gathered from the app at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.plot.sparkline import sparkline
from nhem_tui.stream.source import Source
from nhem_tui.tui import words
from nhem_tui.tui.cells import Flag
from nhem_tui.tui.panels import Facts

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_TREND_SAMPLES, _TREND_WIDTH = 120, 14


def gather(app: NhemApp, edge: float | None = None) -> Facts:
    """Take stock.

    Args:
        app: the model and its clocks.
        edge: session seconds at which the display is frozen, None while it is live.
    """
    context, monitor = app.context, app.monitor
    session = monitor.session
    newest, snapshot = session.main.newest, session.snapshot
    now = context.clock.monotonic()
    # A replay that stands still does not age.
    at = now if context.replay else snapshot.data_at
    waited = 0.0 if at is None else max(0.0, now - at)
    flags = (
        _replay_flag(context.source) if context.replay else None,
        Flag("READ-ONLY", "RO", "warning") if context.read_only else None,
        app.tape.flag(),
    )
    recent = session.main.last(_TREND_SAMPLES).values
    return Facts(
        snapshot=snapshot,
        now=now,
        wall=context.clock.wall(),
        name=context.name,
        label=context.source.label,
        behind=None if edge is None or newest is None else newest - edge,
        tally=monitor.tally((newest or 0.0) + waited),
        flags=tuple(flag for flag in flags if flag is not None),
        trend=sparkline(recent, _TREND_WIDTH) if len(recent) else "",
    )


def _replay_flag(source: Source) -> Flag | None:
    """That the data is a recording, how fast it plays, and where in it."""
    from nhem_tui.recording.replay import ReplaySource  # slow to import, and seldom wanted

    if not isinstance(source, ReplaySource):
        return None
    symbol = "▶" if source.playing else "‖"
    place = f"{words.clock_span(source.place)} / {words.clock_span(source.length)}"
    return Flag(
        f"{symbol} REPLAY {source.speed:g}×  {place}",
        f"{symbol}{source.speed:g}×",
        "accent",
        more=words.clock_span(source.place),
    )
