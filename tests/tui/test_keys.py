"""Every key of the dashboard, pressed as a user would, with what must come of it."""

from __future__ import annotations

import math
import re

import msgspec
import pytest
from textual.widgets import Button, OptionList

from nhem_tui.config import layers
from nhem_tui.config.schema import Settings
from nhem_tui.stream import events as ev
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.help import Help
from nhem_tui.tui.widgets.keybar import KeyBar
from tests.tui.opened import (
    SIZE,
    chart_text,
    dashboard,
    more,
    open_screen,
    pane,
    pane_text,
    ready,
    source,
    told,
)
from tests.tui.scripted import (
    NOW,
    Backend,
    live,
    lost,
    make_app,
    status,
    until,
)
from tests.tui.simulated import SimulatedBackend


async def test_s_starts_detection_and_says_what_the_server_answered() -> None:
    backend = Backend(state="stopped")
    app = make_app(live(state="stopped"), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("s")
        await until(pilot, lambda: "Detection is running" in told(app))
        assert backend.commands == ["start_detection"]


async def test_s_without_a_roi_says_so() -> None:
    app = make_app(live(state="stopped"), backend=Backend(state="stopped", roi=False))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("s")
        await until(pilot, lambda: "rejected" in told(app))
        assert "ROI" in told(app)


async def test_a_refused_password_is_said_and_monitoring_goes_on() -> None:
    app = make_app(live(), backend=Backend(password="another"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("s")
        await until(pilot, lambda: "password refused" in told(app))
        before = chart_text(app)
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: chart_text(app) != before)
        assert "31415" not in "".join(entry.text for entry in app.monitor.journal.entries)


async def test_x_asks_before_it_stops() -> None:
    backend = Backend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        assert backend.commands == []
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "Detection is stopped" in told(app))
        assert backend.commands == ["stop_detection"]


async def test_p_pauses_and_resumes_though_the_server_only_says_stopped() -> None:
    backend = Backend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("p")
        await until(pilot, lambda: "paused" in told(app))
        source(app).queue.put_nowait(status("stopped", 261_125, 101.0, 100.0))
        await until(pilot, lambda: "‖ PAUSED" in pane_text(app, "#top"))
        await pilot.press("p")
        await until(pilot, lambda: "goes on" in told(app))
        assert backend.commands == ["pause_detection", "resume_detection"]


async def test_space_freezes_the_display_and_not_the_server() -> None:
    backend = Backend()
    app = make_app(live(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("space")
        await until(pilot, lambda: "FROZEN" in pane_text(app, "#top"))
        before = chart_text(app)
        received = app.monitor.session.snapshot.received
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: "1.0 s behind" in pane_text(app, "#top"))
        assert app.monitor.session.snapshot.received == received + 45
        assert chart_text(app) == before
        await pilot.press("space")
        await until(pilot, lambda: chart_text(app) != before)
        assert backend.commands == []


async def test_end_jumps_to_the_newest() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("space", "end")
        assert not dashboard(app).view.frozen


async def test_plus_and_minus_change_the_seconds_shown() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        assert "−10s" in chart_text(app)
        await pilot.press("plus")
        await until(pilot, lambda: "−5s" in chart_text(app))
        await pilot.press("minus", "minus")
        await until(pilot, lambda: "−20s" in chart_text(app))


async def test_y_shows_all_gray_levels() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        assert "250" not in chart_text(app)
        await pilot.press("y")
        await until(pilot, lambda: "200┤" in chart_text(app) and " 50┤" in chart_text(app))


async def test_g_hides_the_grid() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "·" in chart_text(app))
        await pilot.press("g")
        await until(pilot, lambda: "·" not in chart_text(app))


async def test_k_hides_the_peaks() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "▲" in chart_text(app))
        await pilot.press("k")
        await until(pilot, lambda: "▲" not in chart_text(app))


async def test_m_sweeps_with_a_cursor() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        assert "┃" not in chart_text(app)
        await pilot.press("m")
        await until(pilot, lambda: "┃" in chart_text(app))
        assert "sweep" in str(dashboard(app).query_one("#signal").border_title)


async def test_v_draws_through_plotext() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        before = chart_text(app)
        await pilot.press("v")
        await until(pilot, lambda: chart_text(app) != before)
        assert "−10s" in chart_text(app)


async def test_r_tries_again_at_once() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "LOST" in pane_text(app, "#top"))
        await pilot.press("r")
        assert source(app).retries == 1


async def test_tab_moves_the_focus() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        seen = []
        for _ in range(6):
            await pilot.press("tab")
            seen.append(app.focused.id if app.focused else None)
        buttons = ["detection_start", "detection_stop", "detection_pause", "view_freeze"]
        assert seen == [*buttons, "roi", "signal"]


async def test_the_help_lists_every_action_with_its_key() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await until(pilot, lambda: len(pane(app, "keys")) > 100)
        for action in ACTIONS:
            for word in action.help.split():
                assert word in pane(app, "keys")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_the_palette_runs_an_action() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("ctrl+p")
        await pilot.press(*"freeze")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: dashboard(app).view.frozen)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (20, 3), (29, 5), (80, 24)])
async def test_the_palette_turns_pages_wherever_it_opens(size: tuple[int, int]) -> None:
    app = make_app(live())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.state)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count > 5)
        await pilot.press("pagedown", "pageup", "ctrl+end", "ctrl+home", "down", "ctrl+p")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is dashboard(app))


async def test_the_palette_shows_what_is_chosen_in_a_low_pane() -> None:
    app = make_app(live())
    async with app.run_test(size=(29, 5)) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.state)
        await pilot.press("ctrl+p")
        await pilot.press(*"view: freeze")

        def shown() -> list[str]:
            return [line.text.strip() for line in app.screen._compositor.render_strips()]

        await until(pilot, lambda: shown()[:2] == ["view: freeze", "View: Freeze  space"])


async def test_q_leaves_with_exit_code_0() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("q")
    assert (app.return_code or 0) == 0
    assert not app.is_running


async def test_what_was_not_paused_from_here_is_resumed_only_after_asking() -> None:
    backend = Backend(state="stopped")
    app = make_app(live(state="stopped"), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        for answer, commands in (("n", []), ("y", ["resume_detection"])):
            await pilot.press("p")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(app.screen, Confirm))
            await until(pilot, lambda commands=commands: backend.commands == commands)


async def test_connecting_again_leaves_no_word_of_the_end() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("C")
        await until(pilot, lambda: "C connects again" in pane_text(app, "#event"))
        await pilot.press("C")
        source(app).queue.put_nowait(ev.Connected(NOW, "http://localhost:8421", "1.0.0"))
        await until(pilot, lambda: "Connected to" in pane_text(app, "#event"))


@pytest.mark.parametrize("key", ["s", "p", "x"])
async def test_a_grey_key_says_why_in_read_only_mode(key: str) -> None:
    backend = Backend()
    app = make_app(live(), backend=backend, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press(key)
        await until(pilot, lambda: "read-only" in told(app).lower())
        assert backend.commands == []
        assert dashboard(app).query_one("#detection_start", Button).disabled


async def test_a_lost_connection_is_seen_and_the_chart_stays() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "LOST" in pane_text(app, "#top"))
        assert "retry in 1.1 s" in pane_text(app, "#top")
        assert "refused" in pane_text(app, "#top")
        assert any(0x2800 < ord(char) <= 0x28FF for char in chart_text(app))
        await pilot.press("s")
        await until(pilot, lambda: "No connection" in told(app))
        await pilot.press("plus")  # keys of the display still answer
        assert dashboard(app).view.window == 5


async def test_buttons_do_what_keys_do() -> None:
    backend = Backend(state="stopped")
    app = make_app(live(state="stopped"), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.click("#detection_start")
        await until(pilot, lambda: backend.commands == ["start_detection"])
        await pilot.click("#view_freeze")
        await until(pilot, lambda: dashboard(app).view.frozen)


async def test_no_key_is_bound_twice() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


async def test_simulated_data_is_labelled() -> None:
    app = make_app(live(simulated=True))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        assert "SIMULATED" in pane_text(app, "#top")
        await until(pilot, lambda: "SIMULATED" in pane_text(app, "#status"))
        await until(pilot, lambda: "SIMULATED" in str(dashboard(app).signal.border_title))


async def test_a_wild_value_is_shown_as_one_and_does_not_flatten_the_chart() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        wild = more(app)
        wild.values[-1] = 1e9
        source(app).queue.put_nowait(wild)
        await until(pilot, lambda: "outside 0–255" in pane_text(app, "#status"))
        labels = [int(label) for label in re.findall(r"(\d+)┤", chart_text(app))]
        assert len(labels) >= 3
        assert max(labels) < 256


@pytest.mark.parametrize("size", [(10, 3), (1, 1), (30, 8), (72, 20), (400, 120)])
async def test_any_size_is_painted_and_left_again(size: tuple[int, int]) -> None:
    app = make_app(live())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.state is not None)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "RUNNING" in pane_text(app, "#top"))
        await pilot.resize_terminal(*size)
        await pilot.pause()


async def test_the_smallest_terminal_still_tells_state_value_and_age() -> None:
    app = make_app(live())
    async with app.run_test(size=(29, 3)) as pilot:
        await until(pilot, lambda: "●" in pane_text(app, "#pane"))
        value = app.monitor.session.snapshot.value
        assert value is not None
        assert math.isfinite(value)
        assert f"{value:.2f}" in pane_text(app, "#pane")
        assert "0ms" in pane_text(app, "#pane")


async def test_capital_c_disconnects_and_connects_again() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("C")
        await until(pilot, lambda: "DISCONNECTED" in pane_text(app, "#top"))
        received = app.monitor.session.snapshot.received
        source(app).queue.put_nowait(more(app))
        source(app).queue.put_nowait(live()[0])
        await pilot.press("s")
        await until(pilot, lambda: "No connection" in told(app))
        assert app.monitor.session.snapshot.received == received
        await pilot.press("C")
        await until(pilot, lambda: app.monitor.session.snapshot.received == received + 45)
        await until(pilot, lambda: ready(app))


async def test_messages_name_the_keys_of_the_users_own_map() -> None:
    keys = {"link.toggle": "f6", "chart.unmark": "f7", "help.keys": "f9", "file.quit": "f10"}
    app = make_app(live(), settings=msgspec.structs.replace(Settings(), keys=keys))
    async with app.run_test(size=(50, 15)) as pilot:
        await until(pilot, lambda: app.monitor.session.main.newest)
        await until(pilot, lambda: "f9 keys  f10 quit" in pane_text(app, "#event"))
        await pilot.press("b")
        await until(pilot, lambda: "f7 removes it" in told(app))
        await pilot.press("f6")
        await until(pilot, lambda: "f6 connects again" in told(app))


async def test_r_connects_again_on_every_screen() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        for key in ("", "o", "t", "c", "i"):
            app.toggle_connection()
            await until(pilot, lambda: app.monitor.session.snapshot.link == "off")
            if key:
                await open_screen(pilot, app, key)
            source(app).queue.put_nowait(live()[0])
            await pilot.press("r")
            await until(pilot, lambda: app.monitor.session.snapshot.link == "up")
            if key:
                app.screen.dismiss()
                await until(pilot, lambda: app.screen is dashboard(app))


async def test_delete_forgets_only_after_asking() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("delete", "n")
        assert len(app.monitor.session.main)
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not len(app.monitor.session.main))
        await until(pilot, lambda: not any(0x2800 < ord(c) <= 0x28FF for c in chart_text(app)))


async def test_a_hides_the_baseline() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "┄" in chart_text(app))
        await pilot.press("a")
        await until(pilot, lambda: "┄" not in chart_text(app))


async def test_peaks_lose_their_colour_when_the_settings_say_so() -> None:
    detection = msgspec.structs.replace(Settings().peak_detection, color_peaks=False)
    settings = msgspec.structs.replace(Settings(), peak_detection=detection)
    app = make_app(live(), settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app) and "▲" in chart_text(app))
        colours = dashboard(app).signal.filtered_styles
        assert colours["peak.green"] == colours["line"]


async def test_another_frame_rate_is_in_force_at_once() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        display = msgspec.structs.replace(app.settings.display, max_framerate=5)
        app.change_settings(msgspec.structs.replace(app.settings, display=display))
        await until(pilot, lambda: app.context.framerate == 5)
        before = chart_text(app)
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: chart_text(app) != before)


async def test_keys_can_be_changed_in_the_configuration() -> None:
    settings = msgspec.structs.replace(Settings(), keys={"view.freeze": "f5"})
    app = make_app(live(), settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("space")
        assert not dashboard(app).view.frozen
        await pilot.press("f5")
        assert dashboard(app).view.frozen
        bar = app.screen.query_one(KeyBar)
        await until(pilot, lambda: "p Pause  f5 Freeze  R Record" in bar.rows[0].text)
        assert bar.rows[0].text.rstrip().endswith("? Help  q Quit")


async def test_z_shows_the_compact_layout_and_is_remembered() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("z")
        await until(pilot, lambda: "RUNNING" in pane_text(app, "#pane"))
        assert not dashboard(app).roi.display
        await until(pilot, lambda: layers.load().settings.display.layout == "compact")
        await pilot.press("z")
        await until(pilot, lambda: dashboard(app).roi.display)
        await until(pilot, lambda: layers.load().settings.display.layout == "auto")


async def test_the_layout_of_the_settings_is_in_force_at_once() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        display = msgspec.structs.replace(app.settings.display, layout="compact")
        app.change_settings(msgspec.structs.replace(app.settings, display=display))
        await until(pilot, lambda: "RUNNING" in pane_text(app, "#pane"))
