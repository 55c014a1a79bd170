"""The peaks found in the ROI samples: newest first, counted, one key from the charts."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.coordinate import Coordinate
from textual.strip import Strip
from textual.widgets import DataTable

from nhem_tui.analysis.tracker import PeakEvent
from nhem_tui.tui import words
from nhem_tui.tui.cells import Part, cells, line, whole
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.exporting import ExportKey
from nhem_tui.tui.widgets.textpane import TextPane

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

COLUMNS: Final = (
    (Text("Time"), 9),
    (Text("Peak"), 12),
    (Text("Top", justify="right"), 9),
    (Text("Difference", justify="right"), 10),
    (Text("Duration", justify="right"), 10),
    (Text("ROI sample", justify="right"), 13),
    (Text(), 10),
)
"""Heads of the table and their cells; fixed, so that nothing jumps.

There is room for a wild ``1.23e+100``, and for the samples of weeks after a restart.
"""


class PeakRow(NamedTuple):
    """A peak as it stands in the table.

    Attributes:
        peak: what was found.
        kept: the sample at its apex can still be looked at.
    """

    peak: PeakEvent
    kept: bool

    @property
    def key(self) -> tuple[int, int]:
        """What stays the same while the peak still grows."""
        return self.peak.epoch, self.peak.first


class PeakTable(DataTable[Text]):
    """A table whose ``enter`` is in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select_cursor",
            "Show on the charts",
            id="peaks.jump",
            tooltip="Back to the dashboard, frozen, with the cursor on this peak.",
        ),
    ]

    app: NhemApp

    def render_line(self, y: int) -> Strip:
        """Leave out numbers that do not fit: one without its end is another number."""
        strip, width = super().render_line(y), self.size.width
        edges = accumulate(column.get_render_width(self) for column in self.ordered_columns)
        for start, end in pairwise(list(edges)[1:-1]):  # the columns of numbers
            if start < width < end - self.cell_padding:
                return strip.crop(0, start).extend_cell_length(width, self.rich_style)
        return strip

    def action_select_cursor(self) -> None:
        """Choose the peak under the cursor, or say that there is none."""
        if self.row_count:
            super().action_select_cursor()
        else:
            self.app.tell("There is no peak to show yet.", "warning")


class PeaksScreen(ExportKey):
    """What the client's own window detector has found; the server's signal stands beside it."""

    CSS_PATH = "peaks.tcss"
    TITLE_WORDS = "Peaks"
    AUTO_FOCUS = "#peaks"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[PeakRow] = []
        self._heard: object = None

    def compose_body(self) -> ComposeResult:
        """Counts, parameters and the server's signal; the table below."""
        yield TextPane(id="facts")
        table = PeakTable(id="peaks", cursor_type="row", zebra_stripes=False)
        for label, width in COLUMNS:
            table.add_column(label, width=width)
        yield table

    def on_mount(self) -> None:
        """Write the table in other colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill())

    def on_unmount(self) -> None:
        """Follow the theme no longer; the signal would keep the screen."""
        self.app.theme_changed_signal.unsubscribe(self)

    def refresh_body(self) -> None:
        """Follow the detector, and say of the same peaks how many they are."""
        self._follow()
        self._say_facts()

    def _follow(self) -> None:
        roi, tracker = self.app.monitor.session.roi, self.app.monitor.tracker
        heard = roi.version, tracker.threshold, tracker.difference_threshold, id(tracker)
        if heard == self._heard:
            return
        self._heard = heard
        oldest = math.inf if roi.oldest is None else roi.oldest
        rows = [PeakRow(peak, peak.t_apex >= oldest) for peak in tracker.since(-math.inf)[::-1]]
        before, self._rows = self._rows, rows
        if [row.key for row in rows] != [row.key for row in before]:
            self._fill(before)
        elif rows != before:
            self._mend(before)

    def _mend(self, before: list[PeakRow]) -> None:
        """Write the rows of peaks that are the same but have grown, or are no longer kept."""
        table = self.query_one(PeakTable)
        for place, (row, old) in enumerate(zip(self._rows, before, strict=True)):
            for column, cell in enumerate(self._cells(row) if row != old else ()):
                table.update_cell_at(Coordinate(place, column), cell)

    def _fill(self, before: list[PeakRow] | None = None) -> None:
        """Write all rows; the cursor stays on its peak, or on top to follow the newest."""
        table = self.query_one(PeakTable)
        before = self._rows if before is None else before
        place = table.cursor_row
        held = before[place].key if 0 < place < len(before) else None
        table.clear()
        for row in self._rows:
            table.add_row(*self._cells(row))
        keys = [row.key for row in self._rows]
        table.move_cursor(row=keys.index(held) if held in keys else 0, animate=False)

    def _cells(self, row: PeakRow) -> list[Text]:
        peak, stable = row.peak, row.peak.color == "green"
        muted = self._ink("muted")
        plain = Style() if row.kept else muted
        epoch = f" e{peak.epoch}" if self.app.monitor.session.snapshot.epoch > 1 else ""
        return [
            Text(self._time(peak), plain),
            Text(
                f"{'▲ stable' if stable else '▽ unstable'}{'?' if peak.provisional else ''}",
                self._ink("chart-stable" if stable else "chart-unstable"),
            ),
            *(
                Text(text, plain, justify="right")
                for text in (
                    words.level(peak.value),
                    _signed(peak.difference),
                    words.span(peak.duration),
                    f"{words.grouped(peak.apex)}{epoch}",
                )
            ),
            Text("" if row.kept else "not kept", muted),
        ]

    def _ink(self, name: str) -> Style:
        """A colour of the theme; those of 16 have other names for whoever styles a text."""
        return Style(color=Color.parse(self.app.theme_variables[name]).rich_color)

    def _time(self, peak: PeakEvent) -> str:
        """The server's time of day at the apex, or seconds of the session while it is unknown."""
        utc = self.app.monitor.session.snapshot.utc
        if math.isfinite(utc):
            return words.clock_time(utc + peak.t_apex)
        return f"{peak.t_apex:.1f} s"

    def _say_facts(self) -> None:
        monitor = self.app.monitor
        tracker, snapshot = monitor.tracker, monitor.session.snapshot
        waiting = len(tracker.provisional)
        own: list[Part] = [
            (f"▲ {tracker.green} stable", "stable"),
            ("   ", "text"),
            (f"▽ {tracker.red} unstable", "unstable"),
            (f"   {waiting} provisional (?)" if waiting else "", "muted"),
        ]
        parameters: Part = (
            f"now threshold {tracker.threshold:g} · difference {tracker.difference_threshold:g}",
            "muted",
        )
        server: list[Part] = [
            ("Server's own peak_signal ", "muted"),
            ("● yes" if snapshot.peak_signal else "–", "accent"),
            (f"   rose {words.counted(snapshot.server_peaks, 'time')}", "muted"),
        ]
        apart: Part = ("; not among the peaks below", "muted")
        pane = self.query_one("#facts", TextPane)
        width = pane.content_size.width
        rows = [
            line(own, width, [parameters] if cells([*own, parameters]) < width else []),
            line(
                [*server, apart] if cells([*server, apart]) <= width else whole(server, width),
                width,
            ),
        ]
        if not self._rows:
            why = "No peaks yet." if monitor.session.roi.newest is not None else "No ROI samples."
            rows.append(line([(why, "muted")], width))
        pane.show(rows)

    @on(DataTable.RowSelected)
    def _jump(self, event: DataTable.RowSelected) -> None:
        """Back to the dashboard, frozen, with the cursor on the apex."""
        if not 0 <= event.cursor_row < len(self._rows):
            return
        app, t = self.app, self._rows[event.cursor_row].peak.t_apex
        session, dashboard = app.monitor.session, app.screen_stack[0]
        newest = app.monitor.playhead.at(app.context.clock.monotonic()) or session.roi.newest
        if session.roi.oldest is None or t < session.roi.oldest:
            app.tell("The samples of this peak are no longer kept.", "warning")
        elif isinstance(dashboard, Dashboard) and newest is not None:
            view = dashboard.view.thaw()
            # In the middle of the chart, where what came before and after it is seen.
            dashboard.view = view.pointed(t, min(newest, t + view.window / 2))
            if session.main.oldest is None or t < session.main.oldest:
                app.tell("The frames of this peak are no longer kept, its ROI samples are.")
            elif app.screen_stack[-2] is not dashboard:
                app.tell("The dashboard shows this peak; it lies below this screen.")
            self.dismiss()


def _signed(difference: float) -> str:
    if abs(difference) >= 1e5:
        return f"{difference:+.2e}".replace("-", "−")
    return words.signed(difference, 1)


SCREEN = PeaksScreen
