"""The screen of line intersection by keyboard, against the simulated server."""

from __future__ import annotations

import json
import math
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.line_types import LineDetection, LineResult, LineState
from nhem_tui.config.schema import Display, Export, Settings
from nhem_tui.simulator.config_store import LINE_DEFAULTS
from nhem_tui.simulator.routes import realtime
from nhem_tui.tui import line_results, line_settings
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.kept import Kept, Outcome
from nhem_tui.tui.roi_map import Crossing, Point
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.differences import Differences
from nhem_tui.tui.screens.lines import LineIntersection
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.widgets.picture_cells import PictureCells
from tests.tui.opened import (
    all_told,
    answer,
    drawn,
    happens,
    open_screen,
    pane,
    refuses,
    told,
    wrong,
)
from tests.tui.pictures import settle
from tests.tui.scripted import NOW, Compare, live, lost, make_app, picture, until
from tests.tui.simulated import NOT_A_NUMBER, SHAPES, SimulatedBackend

SIZE = (120, 30)
BASE = "/api/roi/line-intersection"
ENHANCED = "GET /data/realtime/enhanced"
RUN = f"POST {BASE}"


def row(app: NhemApp, name: str) -> str:
    return str(app.screen_stack[1].query_one(OptionList).get_option(name).prompt)


async def lines(pilot: Pilot[None], app: NhemApp) -> None:
    """Open the screen and wait until the state is shown."""
    await open_screen(pilot, app, "i")
    await until(pilot, lambda: "●" in pane(app, "state") or "■" in pane(app, "state"))


async def edit(pilot: Pilot[None], app: NhemApp, name: str) -> None:
    """Open the question for a setting."""
    options = app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index(name)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, Prompt))


async def confirm(pilot: Pilot[None], app: NhemApp, key: str) -> None:
    """Say yes to what a key asks first."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, Confirm))
    await pilot.press("y")


async def test_it_shows_state_and_settings() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        assert "● on" in pane(app, "state")
        assert "40 50 50" in row(app, "hsv_green_lower")
        assert "0.01" in row(app, "parallel_threshold")
        assert backend.writes() == []


async def test_it_is_switched_off_and_on_and_read_back() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: "■ off" in pane(app, "state"))
        assert "is off (read back)" in told(app)
        assert backend.server.lines["enabled"] is False
        await pilot.press("y")
        await until(pilot, lambda: "● on" in pane(app, "state"))
        assert backend.server.lines["enabled"] is True


async def test_a_success_that_changes_nothing_is_said() -> None:
    backend = SimulatedBackend()
    backend.instead[f"POST {BASE}/disable"] = httpx.Response(
        200, json={"type": "control_response", "command": "disable", "status": "success"}
    )
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: "said yes, but line detection is on" in told(app))


async def test_a_setting_is_changed_with_what_it_is_compared_with() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await edit(pilot, app, "canny_low_threshold")
        await answer(pilot, app, "80")
        await until(pilot, lambda: "less than canny_high_threshold" in wrong(app))
        await answer(pilot, app, "30")
        await until(pilot, lambda: "Applied" in told(app))
        assert backend.server.lines["canny_low_threshold"] == 30
        assert backend.server.lines["canny_high_threshold"] == 80
        assert "30" in row(app, "canny_low_threshold")


async def test_a_colour_goes_as_three_numbers() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await edit(pilot, app, "hsv_green_upper")
        for text in ("80", "80 255 256", "180 0 0", "80, 255, x", "80 255 255 1", "NaN NaN NaN"):
            await answer(pilot, app, text)
            await until(pilot, lambda: "must be" in wrong(app))
            app.screen.query_one(Input).value = "1"
            await until(pilot, lambda: wrong(app) == "")
        await answer(pilot, app, "90, 250 240")
        await until(pilot, lambda: "Applied" in told(app))
        assert backend.server.lines["hsv_green_upper"] == [90, 250, 240]


async def test_what_is_no_allowed_number_is_said_and_never_sent() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        for name in ("hough_threshold", "max_angle_degrees"):
            await edit(pilot, app, name)
            await refuses(pilot, app, ["", "NaN", "-1", "1e400"], "must be")
            await pilot.press("escape")
        assert isinstance(app.screen, LineIntersection)
        assert backend.writes() == []


@pytest.mark.parametrize("name", ["hough_threshold", "min_confidence", "max_angle_degrees"])
def test_what_is_no_allowed_number(name: str) -> None:
    for text in [*NOT_A_NUMBER, "-1", "0x1", "1e400"]:
        with pytest.raises(InvalidValue, match="must be"):
            line_settings.parse(name, text, LINE_DEFAULTS)


async def test_the_defaults_are_asked_about_and_switch_it_off() -> None:
    backend = SimulatedBackend()
    backend.server.lines["hough_threshold"] = 99
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert backend.writes() == []
        await pilot.press("y")
        await until(pilot, lambda: "default settings and is off" in told(app))
        assert "50" in row(app, "hough_threshold")


async def test_a_run_comes_only_after_a_warning() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        detail = str(app.screen.query_one("#detail", Static).content)
        assert "up to 8 s" in detail
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: isinstance(app.screen, LineIntersection))
        assert backend.writes() == []


async def test_a_failure_inside_of_a_success_is_shown_as_one_and_remembered() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        assert "No run by this client yet" in pane(app, "results")
        await confirm(pilot, app, "m")
        await until(pilot, lambda: "failed inside" in pane(app, "results"))
        assert "cv2.UMat" in told(app)
        await pilot.press("escape")
        await lines(pilot, app)
        assert "failed inside" in pane(app, "results"), "also when it is opened again"


def test_the_last_ten_results_are_remembered() -> None:
    outcomes = Kept().outcomes
    for number in range(12):
        outcomes.append(Outcome(NOW + number, f"result {number}", "info"))
    rows = line_results.outcome_rows(outcomes, 2.5, 60)
    assert [row.text.strip() for row in rows[:-1]] == [
        f"14:13:{20 + number}  result {number}" for number in range(2, 12)
    ]
    assert rows[-1].text.startswith("Running for 2.5 s")


async def test_a_run_that_fails_when_the_screen_is_left_is_remembered_too() -> None:
    backend = SimulatedBackend(password="another")
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        backend.gate.clear()
        await confirm(pilot, app, "m")
        await until(pilot, lambda: "Running for" in pane(app, "results"))
        await pilot.press("escape")
        await open_screen(pilot, app, "i")
        await until(pilot, lambda: "Running for" in pane(app, "results"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        backend.gate.set()
        await until(pilot, lambda: len(app.context.kept.outcomes) == 1)
        assert "password" in app.context.kept.outcomes[0].text


async def test_a_run_that_did_not_begin_does_not_last() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        for event in lost()[-2:]:
            happens(app, event)
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await pilot.press("y")
        await until(pilot, lambda: told(app).startswith("No connection"))
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        await pilot.pause(0.3)
        assert "Running for" not in pane(app, "results")
        assert RUN not in backend.asked


async def test_a_run_shows_that_it_lasts_and_goes_on_when_the_screen_is_left() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        backend.gate.clear()
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "Running for" in pane(app, "results"))
        await pilot.press("m")
        assert "wait until it is done" in told(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        backend.gate.set()
        await until(pilot, lambda: "failed inside" in all_told(app))
        assert backend.asked.count(RUN) == 1
        assert len(app.context.kept.outcomes) == 1


async def test_a_refused_password_greys_what_needs_it() -> None:
    app = make_app(live(5), backend=SimulatedBackend(password="another"))
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await confirm(pilot, app, "m")
        await until(pilot, lambda: "password refused" in pane(app, "results"))
        await until(pilot, lambda: "K types another password" in pane(app, "why"))
        assert "● on" in pane(app, "state")
        for key in ("y", "n", "e", "D", "m", "i"):
            app.tell("something else")
            await pilot.press(key)
            assert told(app).startswith("K types another password"), key
        assert "31415" not in all_told(app)


async def test_a_server_that_cannot_save_is_offered_the_cure() -> None:
    backend = SimulatedBackend()
    backend.server.config.merge("roi_capture", {"frame_rate": 45})
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "read its configuration file again" in told(app))
        await until(pilot, lambda: isinstance(app.screen, LineIntersection))
        await pilot.press("n")
        await until(pilot, lambda: "■ off" in pane(app, "state"))


async def test_a_server_without_it_says_so() -> None:
    backend = SimulatedBackend()
    backend.instead[f"GET {BASE}/status"] = httpx.Response(404, json={"detail": "Not Found"})
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "i")
        await until(pilot, lambda: "has no line detection" in pane(app, "why"))
        await pilot.press("m")
        await until(pilot, lambda: "has no line detection" in told(app))
        assert backend.writes() == []


@pytest.mark.parametrize("state", ["read-only", "lost"])
async def test_what_cannot_be_done_says_why(state: str) -> None:
    backend = SimulatedBackend()
    events = lost() if state == "lost" else live(5)
    app = make_app(events, backend=backend, read_only=state == "read-only")
    why = "No connection" if state == "lost" else "--read-only"
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "i")
        await until(pilot, lambda: why in pane(app, "why"))
        if state == "read-only":
            await until(pilot, lambda: "● on" in pane(app, "state"))
        for key in ("y", "n", "e", "D", "m", "enter"):
            app.tell("a question")
            await pilot.press(key)
            assert why in told(app)
            assert isinstance(app.screen, LineIntersection)
        assert backend.writes() == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_an_error_of_any_shape_is_shown_as_text() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=(160, 30)) as pilot:
        await lines(pilot, app)
        for shape, reply in SHAPES.items():
            backend.instead[RUN] = reply
            app.tell(f"next is {shape}")
            await confirm(pilot, app, "m")
            await until(pilot, lambda: "[bold red]no[/]" in told(app))
            assert "\x1b" not in told(app) + pane(app, "results")
            assert "31415" not in told(app)


async def test_settings_of_any_shape_are_text() -> None:
    backend = SimulatedBackend()
    wild = {"hsv_green_lower": "[red]x", "hough_threshold": None, "min_confidence": {"a": [1]}}
    data = {"enabled": True, "status": "[bold]\x1b[31mon", "config": wild}
    backend.instead[f"GET {BASE}/status"] = httpx.Response(
        200, json={"success": True, "data": data}
    )
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        assert "[bold]on" in pane(app, "state")
        assert "[red]x" in row(app, "hsv_green_lower")
        assert '{"a": [1]}' in row(app, "min_confidence")


def test_every_setting_of_the_server_can_be_changed() -> None:
    assert {*line_settings.NAMES} == {*LINE_DEFAULTS} - {"enabled", "roi_processing_mode"}


@pytest.mark.parametrize("name", line_settings.NAMES)
def test_what_is_shown_can_be_typed_again(name: str) -> None:
    sent = line_settings.parse(name, line_settings.shown(LINE_DEFAULTS[name]), LINE_DEFAULTS)
    assert line_settings.differences(sent, LINE_DEFAULTS) == ""


def test_angles_are_compared() -> None:
    with pytest.raises(InvalidValue, match="more than min_angle_degrees, which is 10"):
        line_settings.parse("max_angle_degrees", "10", LINE_DEFAULTS)


# --- live data ------------------------------------------------------------------------------------

FOUND = {
    "has_intersection": True,
    "intersection": [60, 40.5],
    "confidence": 0.82,
    "line_count": 2,
    "detected_lines": [[0, 0, 199, 149], {"x1": 10, "y1": 140, "x2": 190, "y2": 5}, "no line"],
    "processing_time_ms": 12.0,
    "error_message": None,
}


def look(app: NhemApp) -> None:
    """Ask what live data shows now instead of within a second."""
    assert isinstance(app.screen, LineIntersection)
    app.screen.look()


async def test_it_asks_what_live_data_shows_while_detection_is_on() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        assert app.context.client is not None
        await app.context.client.start()
        assert "not asked yet" in pane(app, "state")
        look(app)
        await until(pilot, lambda: "failed inside: Failed to decode ROI1" in pane(app, "state"))
        assert "nothing, as from every server seen so far" in pane(app, "state")
        await pilot.press("n")
        await until(pilot, lambda: "■ off" in pane(app, "state"))
        asked = backend.asked.count(ENHANCED)
        look(app)
        await pilot.pause()
        assert backend.asked.count(ENHANCED) == asked


async def test_what_the_server_finds_is_drawn_over_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(realtime, "_UNDECODED", FOUND)
    app = make_app([*live(5), picture()], backend=SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await until(pilot, lambda: "▀" in drawn(app))
        assert "╳" not in drawn(app)
        assert app.context.client is not None
        await app.context.client.start()
        look(app)
        await until(pilot, lambda: "╳" in drawn(app) and "·" in drawn(app))
        await until(pilot, lambda: "Intersection at [60, 40.5]" in pane(app, "state"))
        await pilot.press("n")  # then it is not what the server finds any more
        await until(pilot, lambda: "╳" not in drawn(app))


@pytest.mark.parametrize(
    "found,count",
    [
        (None, 0),
        ([[0, 0, 5, 5]], 1),
        ([[[0, 0], [5, 5]], {"start": [1, 1], "end": {"x": 2, "y": 3}}], 2),
        (["x", [1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, math.nan], {"a": True}], 0),
        ({"x1": 0}, 0),
        ([[1, 2, 3, 10**400], [0, 0, -1e308, 1e308]], 0),
        ([[0, 0, 5, 5]] * 100_000, line_results.MOST),
    ],
)
def test_what_is_no_line_is_left_out(found: object, count: int) -> None:
    assert len(line_results.strokes(LineResult(detected_lines=found))) == count


def test_where_lines_cross() -> None:
    sure = LineResult(has_intersection=True, intersection={"x": 5, "y": 7}, confidence=0.5)
    assert line_results.crossing(sure) == Crossing(Point(5, 7), 0.5)
    for other in (None, "5,7", [5], [5, 6, 7], [5, 10**400]):
        assert line_results.crossing(replace(sure, intersection=other)) is None
    assert line_results.crossing(replace(sure, has_intersection=False)) is None


@pytest.mark.parametrize(
    "result,words,severity",
    [
        (None, "without a result", "warning"),
        (LineResult(error_message="\x1b[31m[red]bad"), "failed inside: [red]bad", "error"),
        (
            LineResult(line_count=2, processing_time_ms=120),
            "No intersection, 2 lines after 120 ms",
            "info",
        ),
        (LineResult(line_count=1), "No intersection, 1 line", "info"),
        (
            LineResult(has_intersection=True, intersection=[5, 7.5], confidence=0.65, line_count=4),
            "Intersection at [5, 7.5], confidence 0.65 (high), 4 lines",
            "good",
        ),
    ],
)
def test_what_a_run_found(result: LineResult | None, words: str, severity: str) -> None:
    text, found = line_results.outcome(LineDetection(success=True, result=result))
    assert text.endswith(words)
    assert found == severity


# --- files ----------------------------------------------------------------------------------------


async def test_settings_are_kept_in_a_file_and_put_back_from_it(tmp_path: Path) -> None:
    backend = SimulatedBackend()
    settings = Settings(export=Export(directory=str(tmp_path)))
    app = make_app(live(5), backend=backend, settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await lines(pilot, app)
        await pilot.press("x")
        await until(pilot, lambda: told(app).startswith("Saved nhem-lines-20260921-141320.json"))
        file = tmp_path / "nhem-lines-20260921-141320.json"
        assert json.loads(file.read_text())["line_detection"]["hsv_green_lower"] == [40, 50, 50]
        await pilot.press("i")
        await answer(pilot, app, str(file))
        await until(pilot, lambda: "Nothing in it differs" in told(app))
        backend.server.lines |= {"hsv_green_lower": [1, 2, 3], "hough_threshold": 99}
        await pilot.press("r")
        await until(pilot, lambda: "1 2 3" in row(app, "hsv_green_lower"))
        await pilot.press("i")
        await answer(pilot, app, str(file))
        await until(pilot, lambda: isinstance(app.screen, Differences))
        assert backend.writes() == []
        await pilot.press("enter")
        await until(pilot, lambda: "(read back)" in told(app))
        assert backend.server.lines["hsv_green_lower"] == [40, 50, 50]
        assert backend.server.lines["hough_threshold"] == 50


@pytest.mark.parametrize(
    "text,words",
    [
        ("", "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("[1]", "no section line_detection"),
        ('{"line_detection": 5}', "no section line_detection"),
        ('{"line_detection": {"enabled": true}}', "no setting"),
        ('{"line_detection": {"hough_threshold": 0}}', "must not get: value must be"),
        ('{"line_detection": {"min_confidence": NaN}}', "no valid JSON: NaN is no number of it"),
        ('{"line_detection": {"min_confidence": 2}}', "must not get: confidence must be"),
    ],
    ids=range(8),
)
def test_a_file_without_usable_settings_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        line_settings.read_document(text)


@pytest.mark.parametrize("width", [50, 80])
async def test_rows_do_not_wrap(width: int) -> None:
    app = make_app(live(5), backend=SimulatedBackend())
    async with app.run_test(size=(width, 15)) as pilot:
        await lines(pilot, app)
        options = app.screen.query_one(OptionList)
        room = options.scrollable_content_region.width
        assert max(cell_len(row(app, name)) for name in line_settings.NAMES) <= room
        assert options.virtual_size.height == len(line_settings.NAMES)


@pytest.mark.parametrize(
    "theme,size", [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    settings = Settings(display=Display(theme=theme))  # type: ignore[arg-type]
    app = make_app(live(60), backend=SimulatedBackend(), settings=settings)

    async def run(pilot: Pilot[None]) -> None:
        await lines(pilot, app)
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("status,told", [("enabled", "● on"), ("warming up", "● on   warming up")])
def test_that_it_is_on_is_said_once(status: str, told: str) -> None:
    state = LineState(enabled=True, status=status, config={})
    assert line_results.state_rows(state, ("", "info"), 60)[0].text.rstrip() == f"Detection  {told}"


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_list_and_picture_begin_on_one_line_and_its_caption_follows_it(
    size: tuple[int, int],
) -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=size) as pilot:
        await open_screen(pilot, app, "i")
        happens(app, picture())
        cells = app.screen.query_one(PictureCells)
        await until(pilot, lambda: "▀" in "".join(cells.rows))
        await settle(pilot, app)
        rows = [row.strip() for row in cells.rows]
        assert cells.region.y == app.screen.query_one("#list").region.y
        assert rows[0]
        assert rows[-1], "no blank lines between the picture and its caption"
        assert app.screen.query_one("#list").region.width < 100
