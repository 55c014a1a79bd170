"""The settings screen by keyboard: in force at once, in the file, undone."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from nhem_tui.backend.errors import TimedOut, Unauthorised
from nhem_tui.config.schema import (
    MASK,
    Display,
    PeakDetection,
    Server,
    Settings,
    by_path,
    fields,
    value_of,
)
from nhem_tui.config.values import from_text
from nhem_tui.tui import setting_rows
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.charts import ChartScreen
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.settings import SettingsScreen
from nhem_tui.tui.setting_values import shown, stepped, with_value
from nhem_tui.tui.settings_file import SettingsFile
from nhem_tui.tui.widgets.chart import Chart
from tests.tui.opened import all_told, answer, open_screen, pane, refuses, told
from tests.tui.pictures import settle
from tests.tui.scripted import Compare, live, lost, make_app, until
from tests.tui.simulated import NOT_A_NUMBER, SimulatedBackend

SIZE = (120, 40)
SECRET = "geheim-4711"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user of his own, without any configuration; the root logger is put back."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    level = logging.getLogger().level
    yield tmp_path
    logging.getLogger().setLevel(level)


def file(home: Path) -> Path:
    return home / "config" / "nhem-tui" / "config.json"


def write(home: Path, content: object) -> None:
    file(home).parent.mkdir(parents=True)
    file(home).write_text(json.dumps(content, indent=2))


def saved(home: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(file(home).read_text())
    return found


def options(app: NhemApp) -> OptionList:
    return app.screen_stack[1].query_one(OptionList)


def row(app: NhemApp, path: str) -> str:
    return str(options(app).get_option(path).prompt)


def about(app: NhemApp) -> str:
    return pane(app, "about")


def holds(app: NhemApp, path: str, value: object) -> bool:
    return bool(value_of(app.settings, path) == value)


async def settings(pilot: Pilot[None], app: NhemApp, path: str = "display.theme") -> None:
    """Open the screen and move the cursor to a setting."""
    await open_screen(pilot, app, "comma")
    await until(pilot, lambda: "nobody has set it" in about(app) or "from " in about(app))
    go_to(app, path)


def go_to(app: NhemApp, path: str) -> None:
    options(app).highlighted = options(app).get_option_index(path)


async def change(pilot: Pilot[None], app: NhemApp, text: str) -> None:
    """Type an answer into the question that `e` opens."""
    await pilot.press("e")
    await answer(pilot, app, text)


async def test_every_setting_of_the_schema_has_a_row() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        assert {option.id for option in options(app).options if option.id} == set(by_path())
        for leaf in fields():
            go_to(app, leaf.path)
            await pilot.pause()
            assert leaf.path in about(app)
            assert leaf.doc in about(app)
            assert shown(leaf, leaf.default)[:20] in row(app, leaf.path)
            assert not leaf.unit[:1].isdigit(), "behind a number it would be read as one"
        assert "31415" not in app.export_screenshot()


async def test_the_keyboard_reaches_every_row() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        await pilot.press("home")
        seen = []
        for _ in fields():
            option = options(app).highlighted_option
            assert option is not None
            seen.append(option.id)
            await pilot.press("down")
        assert seen == [leaf.path for leaf in fields()]


async def test_a_theme_is_in_force_and_in_the_file_at_once(home: Path) -> None:
    write(home, {"display": {"old": [1], "window": 5}, "mine": {"a": 1}})
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        await pilot.press("right")
        assert app.theme == "light"
        await until(pilot, lambda: "Saved display.theme = light" in told(app))
        expected = {"display": {"old": [1], "window": 5, "theme": "light"}, "mine": {"a": 1}}
        assert saved(home) == expected
        assert stat.S_IMODE(file(home).stat().st_mode) == 0o600
        await until(pilot, lambda: "config.json:" in row(app, "display.theme"))
        await until(pilot, lambda: "from ~/config/nhem-tui/config.json:" in about(app))
        await pilot.press("escape")
        await settings(pilot, app)
        await pilot.press("u")
        assert app.theme == "dark"
        await until(pilot, lambda: "display.theme = dark again" in told(app))
        assert saved(home) == {"display": {"old": [1], "window": 5}, "mine": {"a": 1}}
        await until(pilot, lambda: "nobody has set it" in about(app))
        await pilot.press("u")
        assert "Nothing to undo" in told(app)


async def test_undoing_writes_what_stood_in_the_file_before(home: Path) -> None:
    write(home, {"display": {"theme": "mono"}})
    app = make_app(live(5), settings=Settings(display=Display(theme="mono")))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        await until(pilot, lambda: "config.json:" in row(app, "display.theme"))
        await pilot.press("left")
        await until(pilot, lambda: "Saved display.theme = ansi" in told(app))
        await pilot.press("u")
        await until(pilot, lambda: "Saved display.theme = mono" in told(app))
        assert saved(home) == {"display": {"theme": "mono"}}
        assert app.theme == "mono"


async def test_the_buffer_grows_and_keeps_what_it_has() -> None:
    app = make_app(live(20), settings=Settings(display=Display(buffer_size=500)))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.buffer_size")
        session = app.monitor.session
        newest = session.main.newest
        assert len(session.main) == 500
        await change(pilot, app, "100000")
        await until(pilot, lambda: session.main.capacity == 100_000)
        assert session.roi.capacity == 100_000
        assert len(session.main) == 500
        assert session.main.newest == newest


async def test_the_dashboard_follows() -> None:
    app = make_app(live(20))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.window")
        dashboard = app.screen_stack[0]
        assert isinstance(dashboard, ChartScreen)
        dashboard.view = dashboard.view.zoomed(1).zoomed(1)
        for path, value in (
            ("display.mode", "sweep"),
            ("display.show_grid", False),
            ("display.y_axis", "full"),
            ("display.renderer", "plotext"),
            ("peak_detection.show_peaks", False),
        ):
            go_to(app, path)
            await pilot.press("enter")
            await until(pilot, partial(holds, app, path, value))
        view = dashboard.view
        assert (view.sweep, view.grid, view.full_y, view.plotext, view.peaks) == (
            True,
            False,
            True,
            True,
            False,
        )
        assert view.window == 30, "what the user chose there stays"
        go_to(app, "display.window")
        await change(pilot, app, "7.5")
        await until(pilot, lambda: dashboard.view.window == 7.5)


async def test_the_frame_rate_follows() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.max_framerate")
        await change(pilot, app, "45")
        await until(pilot, lambda: app.context.framerate == 45)
        go_to(app, "display.ssh_framerate")
        await change(pilot, app, "5")
        await until(pilot, lambda: app.settings.display.ssh_framerate == 5)
        assert app.context.framerate == 45


async def test_over_ssh_the_frame_rate_follows_its_own_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "a b")
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.ssh_framerate")
        await change(pilot, app, "5")
        await until(pilot, lambda: app.context.framerate == 5)


async def test_the_clients_detector_follows() -> None:
    app = make_app(live(60))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "peak_detection.peak_threshold")
        await change(pilot, app, "118.5")
        await until(pilot, lambda: app.monitor.tracker.threshold == 118.5)
        go_to(app, "peak_detection.difference_threshold")
        await pilot.press("right")
        assert app.monitor.tracker.difference_threshold == pytest.approx(1.2)
        assert app.monitor.tracker.threshold == 118.5


async def test_peaks_can_have_the_colour_of_the_curve() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "peak_detection.color_peaks")
        chart = app.screen_stack[0].query_one("#signal", Chart)

        def colours() -> set[str]:
            roles = ("line", "peak.green", "peak.red")
            return {str(chart.filtered_styles[role].color) for role in roles}

        assert len(colours()) == 3
        await pilot.press("enter")
        await until(pilot, lambda: len(colours()) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: len(colours()) == 3)


async def test_only_the_number_that_was_changed_is_put_in_force() -> None:
    app = make_app(live(60))
    async with app.run_test(size=SIZE) as pilot:
        app.monitor.tracker.retune(threshold=111.0, difference_threshold=2.5)  # the server's
        await settings(pilot, app, "peak_detection.difference_threshold")
        await until(pilot, lambda: "threshold 111 and difference threshold 2.5" in about(app))
        assert "the server's" in about(app)
        await pilot.press("right")
        assert app.monitor.tracker.difference_threshold == pytest.approx(1.2)
        assert app.monitor.tracker.threshold == 111.0


async def test_the_log_level_follows() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "logging.level")
        await pilot.press("left")
        assert logging.getLogger().level == logging.DEBUG


async def test_what_is_read_at_the_start_says_so(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "server.retry_attempts")
        await until(pilot, lambda: "at the next start" in about(app))
        await pilot.press("right")
        await until(pilot, lambda: "in force at the next start" in told(app))
        assert saved(home) == {"server": {"retry_attempts": 4}}
        go_to(app, "display.image")
        await until(pilot, lambda: "off in force at once, else at the next start" in about(app))
        await pilot.press("right")
        await until(pilot, lambda: told(app).startswith("Saved display.image = half, in force at"))
        await pilot.press("right")
        await until(pilot, lambda: told(app) == "Saved display.image = off")


async def test_patience_and_password_of_the_way_to_the_server_change_at_once() -> None:
    backend = SimulatedBackend(password=SECRET)
    app = make_app(live(5), backend=backend)
    client = app.context.client
    assert client is not None
    async with app.run_test(size=SIZE) as pilot:
        with pytest.raises(Unauthorised):
            await client.control_status()
        await settings(pilot, app, "server.password")
        await until(pilot, lambda: "in force at once" in about(app))
        await change(pilot, app, SECRET)
        await until(pilot, lambda: "Saved server.password" in told(app))
        await client.control_status()
        backend.gate.clear()
        go_to(app, "server.timeout")
        await change(pilot, app, "0.5")
        await until(pilot, lambda: app.settings.server.timeout == 0.5)
        with pytest.raises(TimedOut):
            async with asyncio.timeout(3):
                await client.status()


async def test_a_stronger_place_is_named(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("NHEM_THEME", "mono")
    app = make_app(live(5), settings=Settings(display=Display(theme="mono")))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        await until(pilot, lambda: "NHEM_THEME" in row(app, "display.theme"))
        await pilot.press("right")
        assert app.theme == "dark"
        await until(pilot, lambda: "NHEM_THEME is stronger" in told(app))
        assert saved(home)["display"]["theme"] == "dark"


async def test_what_the_program_was_opened_with_is_named() -> None:
    app = make_app(live(5), settings=Settings(server=Server(base_url="http://lab9:1")))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "server.base_url")
        await until(pilot, lambda: "opened with" in about(app))
        await change(pilot, app, "http://lab10:1")
        await until(pilot, lambda: "opened with is stronger" in told(app))


async def test_a_password_is_typed_unseen_and_never_shown(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "server.password")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert app.screen.query_one(Input).password
        assert app.screen.query_one(Input).value == ""
        await pilot.press(*SECRET, "enter")
        await until(pilot, lambda: f"server.password = {MASK}" in told(app))
        assert saved(home)["server"]["password"] == SECRET
        assert SECRET not in app.export_screenshot()
        assert SECRET not in all_told(app)


WRONG = [*NOT_A_NUMBER, "-1", "9" * 13, "[bold]x", "\x1b[31m"]


@pytest.mark.parametrize(
    "path", ["display.update_interval", "display.buffer_size", "roi.default_x1", "logging.max_size"]
)
def test_what_is_not_allowed(path: str) -> None:
    for text in WRONG:
        with pytest.raises(ValueError, match="must"):
            from_text(by_path()[path], text)


async def test_what_is_not_allowed_is_said_and_changes_nothing(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.buffer_size")
        await pilot.press("e")
        await refuses(pilot, app, ["", "NaN", "9", "[bold]x", "\x1b[31m"], "must")
        await pilot.press("escape")
        assert isinstance(app.screen, SettingsScreen)
        assert app.settings == Settings()
        assert not file(home).exists()


async def test_what_could_not_be_saved_is_said_and_saved_again(home: Path) -> None:
    (home / "config").write_text("a file where a folder should be")
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "comma")
        go_to(app, "display.theme")
        await pilot.press("right")
        await until(pilot, lambda: told(app).startswith("w tries again: in force, but not saved"))
        assert app.theme == "light"
        assert "this session only" in row(app, "display.theme")
        await pilot.press("escape")
        await open_screen(pilot, app, "comma")
        assert "this session only" in row(app, "display.theme")
        (home / "config").unlink()
        await pilot.press("w")
        await until(pilot, lambda: told(app) == "Saved display.theme = light")
        assert saved(home) == {"display": {"theme": "light"}}
        assert not app.context.kept.unsaved


async def test_many_changes_at_once_all_arrive(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "peak_detection.peak_threshold")
        await pilot.press(*["right"] * 8, "escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await until(pilot, lambda: not app.context.kept.unsaved)
        assert saved(home) == {"peak_detection": {"peak_threshold": 113.0}}
        assert app.settings.peak_detection.peak_threshold == 113


async def test_changes_that_meet_are_all_saved_the_last_one_wins(home: Path) -> None:
    kept = SettingsFile(Settings())
    path = "peak_detection.peak_threshold"
    outcomes = await asyncio.gather(
        *(kept.save(path, value) for value in (106.0, 107.0, 108.0)),
        kept.save("display.theme", "light"),
    )
    assert saved(home) == {
        "peak_detection": {"peak_threshold": 108.0},
        "display": {"theme": "light"},
    }
    told = [name for outcome in outcomes if outcome is not None for name in outcome.values]
    assert set(told) == {path, "display.theme"}


async def test_the_server_does_not_matter(home: Path) -> None:
    app = make_app(lost(), read_only=True, backend=SimulatedBackend(password="another"))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        await pilot.press("right")
        await until(pilot, lambda: "Saved" in told(app))
        assert saved(home) == {"display": {"theme": "light"}}


@pytest.mark.parametrize(
    "path,value,direction,after",
    [
        ("display.show_grid", True, 1, False),
        ("display.theme", "mono", 1, "dark"),
        ("display.theme", "dark", -1, "mono"),
        ("display.buffer_size", 10_000, 1, 20_000),
        ("display.buffer_size", 100_000, 1, 100_000),
        ("display.buffer_size", 300, -1, 200),
        ("display.window", 1.0, -1, 1.0),
        ("display.window", 10.0, -1, 5.0),
        ("display.update_interval", 0.1, 1, 0.11),
        ("display.update_interval", 0.01, -1, 0.01),
        ("peak_detection.difference_threshold", 1.1, -1, 1.0),
        ("roi.default_x1", 0, -1, 0),
        ("logging.file", "x.log", 1, "x.log"),
    ],
)
def test_steps(path: str, value: object, direction: int, after: object) -> None:
    found = stepped(by_path()[path], value, direction)
    assert found == (pytest.approx(after) if isinstance(after, float) else after)
    assert type(found) is type(after)


def test_another_value_changes_nothing_else() -> None:
    before = Settings(peak_detection=PeakDetection(show_peaks=False))
    after = with_value(before, "peak_detection.peak_threshold", 99.0)
    assert [
        leaf.path for leaf in fields() if value_of(before, leaf.path) != value_of(after, leaf.path)
    ] == ["peak_detection.peak_threshold"]


@pytest.mark.parametrize("width", [40, 45, 75, 95, 115, 195])
def test_a_row_fits_and_shows_the_longest_value_if_there_is_any_room(width: int) -> None:
    settings = Settings(server=Server(base_url="http://ultrasound-3.lab:8421"))
    leaf = by_path()["server.base_url"]
    text = str(setting_rows.row(leaf, settings, "config.json:3", width, chosen=False))
    assert cell_len(text) <= width
    assert ("http://ultrasound-3.lab:8421" in text) is (width >= 75)
    assert ("config.json:3" in text) is (width >= 100)


def test_the_columns_of_a_row_stand_apart() -> None:
    leaf = by_path()["display.theme"]
    for width in (75, 115, 195):
        text = str(setting_rows.row(leaf, Settings(), "default", width, chosen=False))
        value, allowed, *origin = re.split(" {2,}", text.strip())[1:]
        assert (value, allowed[:12]) == ("dark", "dark · light")
        assert allowed.endswith("mono") or width < 100
        assert origin == (["default"] if width >= 100 else [])


def test_in_the_row_under_the_cursor_nothing_is_dim() -> None:
    for chosen in (False, True):
        row = setting_rows.row(fields()[0], Settings(), "default", 115, chosen=chosen)
        assert any(span.style == "dim" for span in row.spans) is not chosen


@pytest.mark.parametrize(
    "theme,size", [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    chosen = Settings(display=Display(theme=theme))  # type: ignore[arg-type]
    app = make_app(live(60), settings=chosen)

    async def run(pilot: Pilot[None]) -> None:
        await settings(pilot, app)
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)
