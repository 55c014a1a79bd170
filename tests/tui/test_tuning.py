"""The tuning screen by keyboard, against the simulated server."""

from __future__ import annotations

from functools import partial

import httpx
import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from nhem_tui.analysis.peaks import detect_peaks
from nhem_tui.config.schema import Display, Settings
from nhem_tui.stream import events as ev
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.preview import preview
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.tuning import Tuning
from nhem_tui.tui.setting_values import with_value
from nhem_tui.tui.widgets.bar import Bar
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.number_field import NumberField
from tests.tui.opened import all_told, happens, open_screen, pane, source, told
from tests.tui.pictures import settle
from tests.tui.scripted import NOW, Compare, live, lost, make_app, samples, until
from tests.tui.simulated import CANNOT_SAVE, NOT_A_NUMBER, SHAPES, SimulatedBackend

SIZE = (100, 30)
FIELDS = ["threshold", "difference_threshold", "margin_frames", "min_region_length"]
PEAKS = "POST /peak-detection/config"


def field(app: NhemApp, name: str) -> NumberField:
    return app.screen.query_one(f"#{name}", NumberField)


def typed(app: NhemApp, name: str) -> Input:
    return field(app, name).query_one(Input)


def threshold_line(app: NhemApp) -> str:
    """The label at the right end of the threshold's line."""
    rows = app.screen.query_one(Chart).rows
    return next((row.text[-6:].strip() for row in rows if "╌" in row.text), "")


def shows(app: NhemApp, words: str) -> bool:
    return words in pane(app, "found")


async def tuning(pilot: Pilot[None], app: NhemApp) -> None:
    """Open the screen and wait until the server's numbers are shown."""
    await open_screen(pilot, app, "t")
    await until(pilot, lambda: "As on the server" in pane(app, "verdict"))


async def test_it_shows_the_numbers_of_the_server() -> None:
    backend = SimulatedBackend()
    backend.server.peaks.threshold, backend.server.peaks.margin_frames = 111.5, 7
    app = make_app(live(60), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        assert [typed(app, name).value for name in FIELDS] == ["111.5", "1.1", "7", "5"]
        assert threshold_line(app) == "111.5"
        assert "not used by its detectors" in pane(app, "unused")
        assert backend.writes() == []


async def test_arrows_change_a_number_a_little_and_with_shift_much() -> None:
    app = make_app(live(60), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("right", "right", "left")
        assert field(app, "threshold").value == 105
        await until(pilot, lambda: threshold_line(app) == "105.0")
        await pilot.press("shift+right")
        assert field(app, "threshold").value == 115
        await pilot.press("down", "shift+left", "right")
        assert field(app, "difference_threshold").value == pytest.approx(0.2)
        await pilot.press("down", *["shift+right"] * 6)
        assert field(app, "margin_frames").value == 20
        assert "Not applied: threshold 104 → 115" in pane(app, "verdict")


async def test_the_preview_is_what_the_window_detector_finds() -> None:
    app = make_app(live(60), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        values = app.monitor.session.roi.last(500).values
        seen = set()
        for wanted in ("104", "112.5", "119"):
            typed(app, "threshold").value = wanted
            peaks = detect_peaks(values, threshold=float(wanted), difference_threshold=1.1)
            green = sum(peak.color == "green" for peak in peaks)
            words = f"▲ {green}   ▽ {len(peaks) - green}"
            seen.add(words)
            await until(pilot, partial(shows, app, words))
        assert len(seen) > 1
        assert f"in {len(values)} ROI samples" in pane(app, "found")
        marks = [
            row.text.count("▲") + row.text.count("▽") for row in app.screen.query_one(Chart).rows
        ]
        assert sum(marks) > 0


async def test_applying_sends_what_was_changed_and_the_clients_own_detector_follows() -> None:
    backend = SimulatedBackend()
    app = make_app(live(60), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press(*"112.5", "enter", "down", "shift+right", "a")
        await until(pilot, lambda: "Applied" in told(app))
        assert backend.server.peaks.threshold == 112.5
        assert backend.server.peaks.difference_threshold == pytest.approx(2.1)
        assert backend.server.peaks.margin_frames == 5
        assert app.monitor.tracker.threshold == 112.5
        assert app.monitor.tracker.difference_threshold == pytest.approx(2.1)
        await until(pilot, lambda: "As on the server" in pane(app, "verdict"))


async def test_digits_that_come_at_once_as_over_a_slow_link_are_all_taken() -> None:
    app = make_app(live(60), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        for character in "112.5":
            key = "full_stop" if character == "." else character
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: typed(app, "threshold").value.endswith(".5"))
        assert typed(app, "threshold").value == "112.5"


@pytest.mark.parametrize("in_force", [104.0, 105.0])
async def test_an_echo_that_differs_is_said_and_what_is_in_force_is_shown(in_force: float) -> None:
    backend = SimulatedBackend()
    backend.instead[PEAKS] = httpx.Response(
        200,
        json={
            "threshold": 104.0,
            "margin_frames": 5,
            "difference_threshold": 1.1,
            "min_region_length": 5,
            "success": True,
            "message": "no changes",
        },
    )
    app = make_app(live(60), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        backend.server.peaks.threshold = in_force
        await pilot.press("right", "a")
        await until(pilot, lambda: "threshold is 104.0, not 105" in told(app))
        assert typed(app, "threshold").value == f"{in_force:g}"
        assert app.monitor.tracker.threshold == in_force


async def test_d_goes_back_to_the_server_and_sends_nothing() -> None:
    backend = SimulatedBackend()
    app = make_app(live(60), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("d")
        assert "Nothing is changed" in told(app)
        typed(app, "margin_frames").value = "x"
        await pilot.press("right", "d")
        await until(pilot, lambda: "As on the server" in pane(app, "verdict"))
        assert [typed(app, name).value for name in FIELDS] == ["104", "1.1", "5", "5"]
        assert backend.writes() == []


async def test_u_takes_the_last_numbers_applied_back_also_after_the_screen_was_left() -> None:
    backend = SimulatedBackend()
    app = make_app(live(60), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("u")
        assert "Nothing to undo" in told(app)
        for number in (105, 106):
            await pilot.press("right", "a")
            await until(pilot, lambda n=number: f"Applied: threshold {n}" in told(app))
        await pilot.press("escape")
        await tuning(pilot, app)
        typed(app, "margin_frames").value = "9"
        for number in (105, 104):
            await pilot.press("u")
            await until(pilot, lambda n=number: f"Applied: threshold {n}" in told(app))
            assert field(app, "threshold").value == number
            assert app.monitor.tracker.threshold == number
        assert backend.server.peaks.threshold == 104
        assert field(app, "margin_frames").value == 9, "what is not applied yet stays"
        await pilot.press("u")
        assert "Nothing to undo" in told(app)


async def test_it_says_which_numbers_are_in_force_and_whose_they_are() -> None:
    app = make_app(live(60), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        mine = "threshold 105 and difference threshold 1.1: this client's"
        assert mine in pane(app, "verdict")
        await pilot.press("shift+right", "a")
        await until(pilot, lambda: "threshold 114 (the server's)" in pane(app, "verdict"))
        assert "difference threshold 1.1 (this client's)" in pane(app, "verdict")
        told = {"peak_threshold": 114.0, "difference_threshold": 1.1}
        happens(app, ev.Parameters(NOW, told))
        theirs = "threshold 114 and difference threshold 1.1: the server's"
        await until(pilot, lambda: theirs in pane(app, "verdict"))
        happens(app, ev.Parameters(NOW, told | {"peak_threshold": 130.0}))  # another client's
        theirs = "threshold 130 and difference threshold 1.1: the server's"
        await until(pilot, lambda: theirs in pane(app, "verdict"))
        app.change_settings(with_value(app.settings, "peak_detection.peak_threshold", 118.0))
        await until(pilot, lambda: "threshold 118 (this client's)" in pane(app, "verdict"))
        assert "the server has threshold 130" in pane(app, "verdict")
        app.change_settings(with_value(app.settings, "peak_detection.peak_threshold", 105.0))
        await until(pilot, lambda: theirs in pane(app, "verdict"))


async def test_what_is_no_allowed_number_is_said_and_never_sent() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        for name in FIELDS:
            good = typed(app, name).value
            for text in [*NOT_A_NUMBER, "-1", "0", "201"]:
                typed(app, name).value = text
                await pilot.pause()
                assert "must be" in field(app, name).error, text
            app.tell("something else")
            await pilot.press("a")
            assert "must be" in told(app)
            assert "must be" in pane(app, "verdict")
            typed(app, name).value = good
        assert backend.writes() == []


async def test_one_wrong_number_keeps_the_others_from_being_sent() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        typed(app, "margin_frames").value = "21"
        await pilot.press("right", "a")
        await until(pilot, lambda: "margin must be" in told(app))
        assert backend.writes() == []


async def test_a_whole_number_is_asked_for_where_the_server_counts() -> None:
    app = make_app(live(20), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        typed(app, "min_region_length").value = "2.5"
        await until(pilot, lambda: "whole number from 1 to 10" in pane(app, "verdict"))
        typed(app, "min_region_length").value = "11"
        await until(pilot, lambda: "poison" in pane(app, "verdict"))


async def test_an_error_of_any_shape_is_shown_as_text() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=(160, 30)) as pilot:
        await tuning(pilot, app)
        await pilot.press("right")
        for shape, reply in SHAPES.items():
            backend.instead[PEAKS] = reply
            app.tell(f"next is {shape}")
            await pilot.press("a")
            await until(pilot, lambda: "[bold red]no[/]" in told(app))
            assert "\x1b" not in told(app)
            assert "31415" not in told(app)
            assert isinstance(app.screen, Tuning)
            assert field(app, "threshold").value == 105


async def test_a_server_that_cannot_save_is_offered_the_cure() -> None:
    backend = SimulatedBackend()
    backend.server.config.merge("data_processing", {"fps": 500})  # poisoned
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("right", "a")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert backend.server.peaks.threshold == 104.0
        await pilot.press("y")
        await until(pilot, lambda: "read its configuration file again" in told(app))
        await until(pilot, lambda: isinstance(app.screen, Tuning))
        assert field(app, "threshold").value == 105, "what was typed is kept"
        await pilot.press("a")
        await until(pilot, lambda: "Applied" in told(app))
        assert backend.server.peaks.threshold == 105


async def test_the_cure_is_not_forced() -> None:
    backend = SimulatedBackend()
    backend.instead[PEAKS] = CANNOT_SAVE
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("right", "a")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Tuning))
        assert "POST /config/reload" not in backend.asked


async def test_read_only_the_preview_works_and_applying_is_grey() -> None:
    backend = SimulatedBackend()
    app = make_app(live(60), backend=backend, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await until(pilot, lambda: "--read-only" in pane(app, "why"))
        before = pane(app, "found")
        await pilot.press("shift+right")
        await until(pilot, lambda: pane(app, "found") != before)
        await pilot.press("a")
        await until(pilot, lambda: "--read-only" in told(app))
        assert backend.writes() == []


async def test_without_a_server_the_preview_works_and_applying_is_grey() -> None:
    backend = SimulatedBackend()
    app = make_app(lost(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "t")
        await until(pilot, lambda: "No connection" in pane(app, "why"))
        assert "As in this client" in pane(app, "verdict")
        await pilot.press("shift+right", "a")
        await until(pilot, lambda: "No connection" in told(app))
        await until(pilot, lambda: threshold_line(app) == "115.0")
        assert backend.asked == []


async def test_a_request_and_what_it_is_for_go_on_when_the_screen_is_left() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        backend.holds = "POST"
        backend.gate.clear()
        await pilot.press("right", "a")
        await until(pilot, lambda: PEAKS in backend.asked)
        assert "Applying" in str(app.screen.query_one("#body").border_title)
        await pilot.press("a")
        assert "wait" in told(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await open_screen(pilot, app, "t")
        await pilot.press("right", "a")
        assert "wait" in told(app), "another screen waits as well"
        await pilot.press("escape")
        backend.gate.set()
        await until(pilot, lambda: "Applied: threshold 105 (read back)" in all_told(app))
        assert backend.asked.count(PEAKS) == 1
        assert backend.server.peaks.threshold == 105
        assert app.monitor.tracker.threshold == 105


async def test_undo_brings_back_what_another_client_had_set() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        backend.server.peaks.threshold = 120.0
        await pilot.press("right", "a")
        await until(pilot, lambda: app.context.kept.tunings == [{"threshold": 120.0}])
        await pilot.press("u")
        await until(pilot, lambda: not app.context.kept.tunings)
        assert backend.server.peaks.threshold == 120


async def test_what_another_client_sets_is_shown_when_it_is_learnt() -> None:
    backend = SimulatedBackend()
    app = make_app(live(20), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        backend.server.peaks.threshold = 120.0
        source(app).queue.put_nowait(ev.Parameters(NOW, {"peak_threshold": 120.0}))
        await until(pilot, lambda: field(app, "threshold").in_force == 120)


async def test_numbers_that_were_not_applied_are_there_again() -> None:
    app = make_app(live(20), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        await pilot.press("right", "escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await open_screen(pilot, app, "t")
        await until(pilot, lambda: "here again; d discards" in all_told(app))
        await until(pilot, lambda: field(app, "threshold").in_force == 104)
        assert field(app, "threshold").value == 105
        await pilot.press("a")
        await until(pilot, lambda: "Applied: threshold 105" in all_told(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await tuning(pilot, app)
        assert all_told(app).count("here again") == 1


async def test_the_mouse_sets_a_number() -> None:
    app = make_app(live(20), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        bar = field(app, "threshold").query_one(Bar)
        await until(pilot, lambda: bar.region.y > 10)
        await pilot.click(bar, offset=(bar.size.width - 1, 0))
        await until(pilot, lambda: field(app, "threshold").value == 200)


def test_a_gap_in_the_samples_is_no_peak_of_both_sides() -> None:
    buffer = SampleBuffer(100)
    for first, high in ((1, [8]), (40, [0, 9])):
        values = np.full(10, 90.0)
        values[high] = 120.0
        buffer.append(samples("roi", first, float(first), values, rate=2))
    found = preview(buffer.last(100), threshold=105, difference_threshold=1.1)
    assert found.samples == 20
    # The last one alone may still change: behind the others nothing can come any more.
    assert [peak.provisional for peak in found.peaks] == [False, False, True]


@pytest.mark.parametrize(
    "theme,size", [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    settings = Settings(display=Display(theme=theme))  # type: ignore[arg-type]
    app = make_app(live(60), backend=SimulatedBackend(), settings=settings)

    async def run(pilot: Pilot[None]) -> None:
        await tuning(pilot, app)
        await pilot.press("shift+right")
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)


async def test_escape_leaves_a_field_first_and_the_keys_say_so() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await tuning(pilot, app)
        keys = app.screen.query_one(KeyBar)
        assert "esc Back" in keys.rows[0].text
        await pilot.press("1")
        await until(pilot, lambda: typed(app, "threshold").has_focus)
        await until(pilot, lambda: "esc Leave field" in keys.rows[0].text)
        await pilot.press("escape")
        await until(pilot, lambda: field(app, "threshold").query_one(Bar).has_focus)
        await until(pilot, lambda: "esc Back" in keys.rows[0].text)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_a_pane_without_a_connection_says_so_without_scrolling() -> None:
    app = make_app(lost(), backend=SimulatedBackend())
    async with app.run_test(size=(50, 15)) as pilot:
        await open_screen(pilot, app, "t")
        await until(pilot, lambda: "No connection" in pane(app, "why"))
        await settle(pilot, app)
        body = app.screen.query_one("#body")
        assert body.max_scroll_y == 0
