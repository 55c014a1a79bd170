"""The list of peaks: what it says, that it follows, and where its keys lead."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import msgspec
import numpy as np
import pytest
from textual.color import Color
from textual.pilot import Pilot

from nhem_tui.config.schema import Display, Settings
from nhem_tui.stream import events as ev
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.peaks import PeaksScreen, PeakTable
from nhem_tui.tui.themes import THEMES
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.contrast import contrast, ground, style_at
from tests.tui.opened import dashboard, source, told
from tests.tui.scripted import NOW, RATE, Compare, live, make_app, samples, status, until

SIZE = (80, 24)
ROI_RATE = RATE / 11


def curve(*heights: float, after: float = 0.0) -> ev.FloatArray:
    """A level of 100 with a peak of three samples, each 20 apart; the level rises by `after`."""
    values = np.full(20 * len(heights) + 10, 100.0)
    for number, height in enumerate(heights):
        values[20 * number + 10 : 20 * number + 13] = height, height + 1, height
        values[20 * number + 13 :] += after
    return values


def session(roi: ev.FloatArray, first: int = 12_001) -> list[ev.Event]:
    seconds = len(roi) / ROI_RATE
    return [
        ev.Connected(NOW - seconds, "http://localhost:8421", "1.0.0"),
        samples("main", 1, 0.0, np.full(round(seconds * RATE), 100.0), rate=RATE),
        samples("roi", first, 0.0, roi, rate=ROI_RATE),
        status("running", round(seconds * RATE), 100.0, 100.0),
    ]


async def open_list(pilot: Pilot[None], app: NhemApp) -> None:
    await until(pilot, lambda: app.monitor.session.snapshot.state)
    await pilot.press("P")
    await until(pilot, lambda: isinstance(app.screen, PeaksScreen) and facts(app))


def facts(app: NhemApp) -> str:
    return "\n".join(row.text for row in app.screen.query_one("#facts", TextPane).rows)


def listed(app: NhemApp) -> list[list[str]]:
    table = app.screen.query_one(PeakTable)
    return [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]


@pytest.mark.parametrize(
    ("width", "last"),
    [(80, "12 012"), (63, "978 ms"), (46, "120.00"), (33, "▲ stable")],
)
async def test_a_number_is_there_as_a_whole_or_not_at_all(width: int, last: str) -> None:
    app = make_app(session(curve(119, after=3)))
    async with app.run_test(size=(width, 15)) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 1)
        table = app.screen.query_one(PeakTable)
        await pilot.pause()
        assert table.render_line(1).text.rstrip().endswith(last)


async def test_what_is_wild_and_what_is_late_has_room() -> None:
    roi = curve(119, after=3)
    roi[11] = 1.23e100
    before = session(curve(119, after=3))
    later = samples("roi", 12_345_660, 60.0, roi, rate=ROI_RATE, epoch=2)
    app = make_app([*before, ev.Restarted(NOW, 2), later])
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 2)
        await pilot.pause()
        table = app.screen.query_one(PeakTable)
        shown = table.render_line(1).text
        for column in (2, 5):
            assert f" {listed(app)[0][column]} " in shown
        assert "1.23e+100" in shown
        assert "12 345 671 e2" in shown


async def test_it_lists_the_newest_first_with_what_was_measured() -> None:
    app = make_app(session(np.concatenate((curve(120, after=3)[:30], curve(140, after=-2)[:30]))))
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 2)
        newest, oldest = listed(app)
        assert newest[1:6] == ["▽ unstable", "141.00", "−2.0", "978 ms", "12 042"]
        assert oldest[1:6] == ["▲ stable", "121.00", "+3.0", "978 ms", "12 012"]
        assert newest[0] > oldest[0]
        assert "▲ 1 stable   ▽ 1 unstable" in facts(app)
        assert "threshold 105 · difference 1.1" in facts(app)


async def test_a_peak_at_the_edge_is_provisional_until_it_settles() -> None:
    roi = curve(130)[:13]
    app = make_app(session(roi))
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 1)
        assert listed(app)[0][1].endswith("?")
        assert "1 provisional" in facts(app)
        assert "▲ 0 stable" in facts(app)
        more = samples("roi", 12_014, 13 / ROI_RATE, np.full(8, 90.0), rate=ROI_RATE)
        source(app).queue.put_nowait(more)
        await until(pilot, lambda: listed(app)[0][1] == "▽ unstable")
        assert "▽ 1 unstable" in facts(app)
        assert "provisional" not in facts(app)


async def test_new_peaks_come_on_top_and_the_cursor_stays_with_its_peak() -> None:
    app = make_app(session(curve(120, 121, 122)))
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 3)
        await pilot.press("down")
        table = app.screen.query_one(PeakTable)
        number = listed(app)[table.cursor_row][5]
        more = samples("roi", 12_071, 70 / ROI_RATE, curve(150), rate=ROI_RATE)
        source(app).queue.put_nowait(more)
        await until(pilot, lambda: len(listed(app)) == 4)
        assert listed(app)[0][2] == "151.00"
        assert listed(app)[table.cursor_row][5] == number


async def test_enter_freezes_the_dashboard_with_the_cursor_on_the_apex() -> None:
    app = make_app(session(curve(120, 121, 122, 123, 124)))
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 5)
        peak = app.monitor.tracker.settled[1]
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        view = dashboard(app).view
        assert view.frozen
        assert view.cursor == peak.t_apex
        assert view.edge is not None
        assert view.edge - view.window < peak.t_apex < view.edge
        await until(pilot, lambda: "122.00" in str(dashboard(app).roi.border_title))


async def test_peaks_beyond_the_buffer_are_listed_but_cannot_be_shown() -> None:
    display = Display(buffer_size=40)
    settings = msgspec.structs.replace(Settings(), display=display)
    app = make_app(session(curve(120, 121, 122)), settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 3)
        assert [row[6] for row in listed(app)] == ["", "", "not kept"]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "no longer kept" in told(app))
        assert isinstance(app.screen, PeaksScreen)
        assert not dashboard(app).view.frozen
        await pilot.press("up", "enter")  # its ROI samples are there, its frames are not
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        assert "frames of this peak are no longer kept" in told(app)


async def test_counts_are_whole_where_it_is_narrow() -> None:
    app = make_app(live())
    async with app.run_test(size=(50, 15)) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: "stable" in facts(app))
        assert "unstable" in facts(app)
        assert "rose 0 times" in facts(app)
        assert "…" not in facts(app)
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "peak_signal – …" in facts(app))


async def test_without_samples_it_says_so_and_enter_too() -> None:
    app = make_app([ev.Connected(NOW, "http://localhost:8421", "1.0.0")])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "up")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PeaksScreen) and facts(app))
        assert "No ROI samples" in facts(app)
        await pilot.press("enter")
        assert "no peak to show" in told(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_the_signal_of_the_server_is_told_apart() -> None:
    app = make_app([*session(curve(90)), ev.StatusSeen(NOW, 1, "running", 1, 1, 1, True, 100, 0.1)])
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: "● yes   rose 1 time;" in facts(app))
        assert listed(app) == []
        assert "▲ 0 stable   ▽ 0 unstable" in facts(app)


async def test_values_out_of_range_stay_in_their_columns() -> None:
    app = make_app(session(curve(1e12, after=-math.pi * 1e7)))
    async with app.run_test(size=SIZE) as pilot:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 1)
        assert listed(app)[0][2:4] == ["1.00e+12", "−3.14e+07"]


def settle(app: NhemApp) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 3)

    return run


@pytest.mark.parametrize(
    ("theme", "size"),
    [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24)), ("ansi", (80, 24))],
)
def test_looks(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    app = make_app(live())
    app.theme = theme
    assert snap_compare(app, terminal_size=size, run_before=settle(app))


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_the_cursor_is_a_bar_and_the_other_rows_have_their_colours(theme: str) -> None:
    app = make_app(session(np.concatenate((curve(120, after=3)[:30], curve(140, after=-2)[:30]))))
    async with app.run_test(size=SIZE) as pilot:
        app.theme = theme
        await open_list(pilot, app)
        await until(pilot, lambda: len(listed(app)) == 2)
        await pilot.pause()
        table = app.screen.query_one(PeakTable)
        cursor, other = (style_at(app, table, 13, row) for row in (1, 2))
        assert contrast(ground(cursor), ground(other)) > 3
        assert cursor.color is not None
        assert contrast(ground(cursor), cursor.color) > 4
        stable = Color.parse(app.theme_variables["chart-stable"]).rich_color
        assert other.color == stable
