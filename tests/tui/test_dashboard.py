"""The dashboard tells the truth: about what is old, made up, hidden, or looked at closely."""

from __future__ import annotations

import msgspec
import pytest
from textual.widgets import Button

from nhem_tui.config.schema import Display, Settings
from nhem_tui.stream import events as ev
from nhem_tui.stream.events import ServerState
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.help import Help
from nhem_tui.tui.widgets.controls import Controls
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.contrast import ground, style_at
from tests.tui.opened import (
    SIZE,
    chart_text,
    dashboard,
    happens,
    more,
    pane,
    pane_text,
    ready,
    source,
    told,
)
from tests.tui.pictures import settle
from tests.tui.scripted import NOW, RATE, live, make_app, picture, samples, signal, status, until


async def test_old_simulated_samples_are_still_called_so() -> None:
    events = live(8.0, simulated=True)
    app = make_app(events)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: " SIMULATED" in (dashboard(app).signal.border_title or ""))
        newest = app.monitor.session.main.last(1)
        first, t = int(newest.numbers[0]) + 1, float(newest.t[0]) + 1 / RATE
        source(app).queue.put_nowait(samples("main", first, t, signal(45), rate=RATE))
        await until(pilot, lambda: "PARTLY SIMULATED" in (dashboard(app).signal.border_title or ""))
        # The newest samples are measured.
        await until(pilot, lambda: "SIMULATED" not in pane_text(app, "#top"))


async def test_nothing_is_painted_below_another_screen() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and app.context.frames.painted)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.pause(0.2)
        painted, kept = app.context.frames.painted, len(app.monitor.session.main)
        source(app).queue.put_nowait(more(app, 450))
        await until(pilot, lambda: len(app.monitor.session.main) > kept)
        await pilot.pause(0.3)
        assert app.context.frames.painted == painted
        await pilot.press("escape")
        await until(pilot, lambda: app.context.frames.painted > painted)


async def test_a_click_on_a_key_in_the_bar_presses_it() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "Freeze" in bar(app))
        await pilot.click(KeyBar, offset=(1 + bar(app).index("space"), 0))
        await until(pilot, lambda: dashboard(app).view.frozen)


async def test_the_bar_keeps_help_and_quit_where_it_is_narrow() -> None:
    app = make_app(live())
    async with app.run_test(size=(72, 24)) as pilot:
        await until(pilot, lambda: ready(app) and bar(app).strip().endswith("q Quit"))
        assert bar(app).startswith("s Start  x Stop")
        assert "? Help" in bar(app)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 15)])
async def test_the_sample_under_the_cursor_is_read_at_every_size(size: tuple[int, int]) -> None:
    app = make_app(live())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: len(app.monitor.session.main) and app.context.frames.painted)
        await pilot.press("left", "left")
        screen = dashboard(app)
        await until(pilot, lambda: screen.view.cursor is not None)
        before = app.monitor.session.main.last(2)
        value = f"{before.values[0]:.2f}"

        def read() -> str:
            title = str(screen.signal.border_title)
            return pane_text(app, "#event") if size[1] < 20 else title

        await until(pilot, lambda: value in read() and "Δ" in read())
        assert "−22 ms" in read(), "before the right edge, which is the axis' zero"


async def test_a_frozen_chart_keeps_the_baseline_of_its_moment() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "┄" in chart_text(app))
        await pilot.press("space")
        await until(pilot, lambda: dashboard(app).view.frozen)
        frozen = chart_text(app)
        source(app).queue.put_nowait(status("running", 270_000, 150.0, 150.0))
        await until(pilot, lambda: app.monitor.session.snapshot.baseline == 150.0)
        await pilot.press("k", "k")  # draws again
        assert chart_text(app) == frozen


@pytest.mark.parametrize("key", ["space", "left", "pageup", "b"])
async def test_a_key_without_samples_says_so(key: str) -> None:
    app = make_app(live()[:1])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(app).startswith("Connected"))
        await pilot.press(key)
        await until(pilot, lambda: "no samples" in told(app) or "Nothing to mark" in told(app))


def bar(app: NhemApp) -> str:
    rows = dashboard(app).query_one(KeyBar).rows
    return rows[0].text if rows else ""


async def test_where_roi_1_lies_follows_what_the_server_tells() -> None:
    app = make_app([*live(), picture()])
    async with app.run_test(size=(200, 50)) as pilot:
        shown = app.screen.query_one(RoiPicture)
        await until(pilot, lambda: "▀" in "".join(shown.rows))
        assert "╭" not in "".join(shown.rows)
        happens(app, ev.Parameters(NOW, {"roi": [1480, 480, 1680, 630]}))
        await until(pilot, lambda: "╭" in shown.rows[0])
        happens(app, ev.Parameters(NOW, {"roi": [0, 0, 200, 150]}))  # there it is in the middle
        await until(pilot, lambda: "╭" not in shown.rows[0] and "╭" in "".join(shown.rows))


async def test_what_the_chart_cannot_show_is_in_its_title() -> None:
    display = Display(buffer_size=100, window=10)
    events = [status("running", 200, 100.0, 100.0), samples("main", 1, 0.0, signal(200), rate=RATE)]
    wild = signal(200)
    wild[150] = 1e9
    events.append(samples("main", 201, 200 / RATE, wild, rate=RATE))
    app = make_app(events, settings=msgspec.structs.replace(Settings(), display=display))
    async with app.run_test(size=SIZE) as pilot:
        title = "1 off the scale · the last 2.2 s are kept"
        await until(pilot, lambda: title in (dashboard(app).signal.border_title or ""))


async def test_a_broad_terminal_shows_the_whole_sentence_of_an_event() -> None:
    app = make_app(live())
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: "Peak ▽" in pane(app, "events"))
        assert "…" not in pane(app, "events")
        assert "(ROI sample 12 089)" in pane(app, "events")


async def test_what_is_said_of_the_picture_is_in_line_with_the_panels_around_it() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: pane(app, "status"))
        caption = app.screen.query_one(RoiPicture).query_one(TextPane)
        status = app.screen.query_one("#status")
        assert caption.content_region.x == status.content_region.x
        assert caption.content_region.right == status.content_region.right
        assert len(caption.rows[0].text) == caption.content_size.width


async def test_buttons_are_apart_from_those_below_them() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: pane(app, "status"))
        upper, lower = sorted({button.region.y for button in app.screen.query(Button)})
        behind = ground(style_at(app, app.screen.query_one(Controls), 0, 1))
        assert lower - upper == 2
        assert behind != ground(style_at(app, app.screen.query(Button).first(), 0, 0))
        await pilot.resize_terminal(200, 50)
        await until(pilot, lambda: len({each.region.y for each in app.screen.query(Button)}) == 1)


async def test_a_narrow_and_high_pane_keeps_both_charts() -> None:
    app = make_app(live())
    async with app.run_test(size=(60, 40)) as pilot:
        shown = dashboard(app)
        await until(pilot, lambda: "┤" in chart_text(app) and "┤" in chart_text(app, "#roi"))
        await until(pilot, lambda: "● RUNNING" in pane_text(app, "#pane"))
        await until(pilot, lambda: "q Quit" in bar(app))
        assert shown.signal.region.bottom == shown.roi.region.y
        assert shown.roi.region.right == app.size.width
        await pilot.press("z")
        await until(pilot, lambda: not shown.roi.is_on_screen and shown.signal.size.height > 35)
        await pilot.press("z")
        await until(pilot, lambda: shown.roi.is_on_screen)
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: not shown.roi.is_on_screen and shown.signal.size.height == 13)


async def test_simulated_looks_the_same_wherever_it_stands() -> None:
    app = make_app(live(simulated=True))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: " SIMULATED" in (dashboard(app).signal.border_title or ""))
        await until(pilot, lambda: "SIMULATED" in pane_text(app, "#top"))
        await settle(pilot, app)
        top, signal_chart = app.screen.query_one("#top"), dashboard(app).signal
        at = pane_text(app, "#top").index("SIMULATED")
        in_top = style_at(app, top, at, 0)
        in_title = style_at(app, signal_chart, len("─ Signal  ") + 1, -1)
        assert ground(in_top) == ground(in_title)
        assert in_top.color == in_title.color


async def test_the_key_of_pause_says_what_it_does_now() -> None:
    states: tuple[tuple[ServerState, str], ...] = (("running", "p Pause"), ("stopped", "p Resume"))
    for state, word in states:
        app = make_app(live(state=state))
        async with app.run_test(size=(120, 40)) as pilot:
            keys = app.screen.query_one(KeyBar)
            await until(pilot, lambda keys=keys, word=word: keys.rows and word in keys.rows[0].text)
