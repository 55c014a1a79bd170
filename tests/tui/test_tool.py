"""What every screen besides the dashboard has in common."""

from __future__ import annotations

from textual.widgets import Button

from nhem_tui.stream import events as ev
from nhem_tui.tui.journal import OUTCOME
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.opened import dashboard, happens, more, open_screen, pane
from tests.tui.scripted import NOW, live, lost, make_app, until
from tests.tui.simulated import SimulatedBackend


async def test_a_screen_on_top_keeps_the_dashboard_from_painting() -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, app, "l")
        painted, kept = app.context.frames.painted, len(app.monitor.session.main)
        happens(app, more(app, 450))
        await until(pilot, lambda: len(app.monitor.session.main) > kept)
        dashboard(app)._paint()  # what its clock does as long as the signal moves
        assert app.context.frames.painted == painted
        await pilot.press("escape")
        await until(pilot, lambda: app.context.frames.painted > painted)


async def test_peaks_do_not_cover_what_is_said() -> None:
    app = make_app(live(state="stopped"), backend=SimulatedBackend())
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, app, "l")
        app.monitor.journal.add(NOW - OUTCOME, "what the user did", "good")
        for number in range(3):
            app.monitor.journal.add(NOW, f"a peak {number}", "unstable", "peak")
        await until(pilot, lambda: "what the user did" in pane(app, "event"))
        happens(app, ev.Notice(NOW, "a word of the server"))
        await until(pilot, lambda: "a word of the server" in pane(app, "event"))
        app.tell("what the user did then")
        happens(app, ev.Notice(NOW, "another word of the server"))
        await until(pilot, lambda: "another word" in app.monitor.journal.entries[-1].text)
        assert isinstance(app.screen, ToolScreen)
        app.screen.refresh_state()
        assert "what the user did then" in pane(app, "event")


async def test_that_it_tries_again_gives_way_to_what_came_of_it() -> None:
    app = make_app(lost(), backend=SimulatedBackend())
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, app, "t")
        await pilot.press("r")
        await until(pilot, lambda: "Trying again now" in pane(app, "event"))
        happens(app, ev.ConnectionRestored(NOW, 5.0))
        await until(pilot, lambda: "Connection restored" in pane(app, "event"))


async def test_a_long_line_wraps_as_far_as_there_is_room() -> None:
    app = make_app(live())
    async with app.run_test(size=(60, 30)) as pilot:
        await open_screen(pilot, app, "l")
        app.tell("a word and another " * 20 + "the end")
        for height, lines in ((30, 3), (15, 2), (7, 1)):
            await pilot.resize_terminal(60, height)
            rows = app.screen.query_one("#event", TextPane)
            await until(pilot, lambda n=lines, rows=rows: len(rows.rows) == n)
            assert rows.rows[-1].text.endswith("…")
            assert app.screen.region.contains_region(rows.region)


async def test_a_button_with_a_key_that_looks_like_markup_is_written_as_it_is() -> None:
    app = make_app(live())
    app.settings.keys["detection.start"] = "left_square_bracket"
    async with app.run_test(size=(120, 40)) as pilot:
        button = app.screen.query_one("#detection_start", Button)
        await until(pilot, lambda: str(button.label) == "Start ([)")
