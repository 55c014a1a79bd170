"""The settings screen by keyboard: in force at once, in the file, undone."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

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
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.charts import ChartScreen
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.settings import SettingsScreen
from nhem_tui.tui.setting_values import shown, stepped, with_value
from nhem_tui.tui.settings_file import SettingsFile
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.pictures import settle
from tests.tui.scripted import live, lost, make_app, until
from tests.tui.simulated import NOT_A_NUMBER, SimulatedBackend

SIZE = (120, 40)
SECRET = "geheim-4711"

Compare = Callable[..., bool]


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
    return "\n".join(row.text for row in app.screen.query_one("#about", TextPane).rows)


def told(app: NhemApp) -> str:
    last = app.monitor.journal.last
    return last.text if last else ""


def wrong(app: NhemApp) -> str:
    return str(app.screen.query_one("#wrong", Static).content)


def describes(app: NhemApp, path: str, doc: str) -> bool:
    return path in about(app) and doc in about(app)


def holds(app: NhemApp, path: str, value: object) -> bool:
    return bool(value_of(app.settings, path) == value)


async def settings(pilot: Pilot[None], app: NhemApp, path: str = "display.theme") -> None:
    """Open the screen and move the cursor to a setting."""
    await until(pilot, lambda: app.monitor.session.snapshot.state is not None)
    await pilot.press("comma")
    await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
    await until(pilot, lambda: "nobody has set it" in about(app) or "from " in about(app))
    go_to(app, path)


def go_to(app: NhemApp, path: str) -> None:
    options(app).highlighted = options(app).get_option_index(path)


async def answer(pilot: Pilot[None], app: NhemApp, text: str) -> None:
    """Type an answer into the question that `e` opens."""
    await pilot.press("e")
    await until(pilot, lambda: isinstance(app.screen, Prompt))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def test_every_setting_of_the_schema_has_a_row() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app)
        assert {option.id for option in options(app).options if option.id} == set(by_path())
        for leaf in fields():
            go_to(app, leaf.path)
            await until(pilot, partial(describes, app, leaf.path, leaf.doc))
            assert shown(leaf, leaf.default)[:20] in row(app, leaf.path)
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
        await pilot.press("u")
        assert app.theme == "dark"
        await until(pilot, lambda: "Saved display.theme = dark" in told(app))
        assert saved(home)["display"]["theme"] == "dark"
        await pilot.press("u")
        await until(pilot, lambda: "Nothing to undo" in told(app))


async def test_the_buffer_grows_and_keeps_what_it_has() -> None:
    app = make_app(live(20), settings=Settings(display=Display(buffer_size=500)))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.buffer_size")
        session = app.monitor.session
        newest = session.main.newest
        assert len(session.main) == 500
        await answer(pilot, app, "100000")
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
        await answer(pilot, app, "7.5")
        await until(pilot, lambda: dashboard.view.window == 7.5)


async def test_the_frame_rate_follows() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.max_framerate")
        await answer(pilot, app, "45")
        await until(pilot, lambda: app.context.framerate == 45)
        go_to(app, "display.ssh_framerate")
        await answer(pilot, app, "5")
        await until(pilot, lambda: app.settings.display.ssh_framerate == 5)
        assert app.context.framerate == 45


async def test_over_ssh_the_frame_rate_follows_its_own_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "a b")
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "display.ssh_framerate")
        await answer(pilot, app, "5")
        await until(pilot, lambda: app.context.framerate == 5)


async def test_the_clients_detector_follows() -> None:
    app = make_app(live(60))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "peak_detection.peak_threshold")
        await answer(pilot, app, "118.5")
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
            names = ("chart--line", "chart--stable", "chart--unstable")
            return {str(chart.get_component_styles(name).color) for name in names}

        assert len(colours()) == 3
        await pilot.press("enter")
        await until(pilot, lambda: len(colours()) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: len(colours()) == 3)


async def test_the_log_level_follows() -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "logging.level")
        await pilot.press("left")
        assert logging.getLogger().level == logging.DEBUG


async def test_what_is_read_at_the_start_says_so(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "server.timeout")
        await until(pilot, lambda: "at the next start" in about(app))
        await pilot.press("right")
        await until(pilot, lambda: "in force at the next start" in told(app))
        assert saved(home) == {"server": {"timeout": 10.0}}


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
        await answer(pilot, app, "http://lab10:1")
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
        assert SECRET not in "".join(entry.text for entry in app.monitor.journal.entries)


@pytest.mark.parametrize(
    "path", ["display.update_interval", "display.buffer_size", "roi.default_x1", "logging.max_size"]
)
async def test_what_is_not_allowed_is_said_and_changes_nothing(path: str, home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, path)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        for text in [*NOT_A_NUMBER, "-1", "9" * 13, "[bold]x", "\x1b[31m"]:
            app.screen.query_one(Input).value = text
            await pilot.press("enter")
            await until(pilot, lambda: "must" in wrong(app))
            app.screen.query_one(Input).value = "1"
            await until(pilot, lambda: wrong(app) == "")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert app.settings == Settings()
        assert not file(home).exists()


async def test_a_file_that_cannot_be_written_is_said_and_the_setting_stays(home: Path) -> None:
    (home / "config").write_text("a file where a folder should be")
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.state is not None)
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        go_to(app, "display.theme")
        await pilot.press("right")
        await until(pilot, lambda: "not saved" in told(app))
        assert app.theme == "light"
        assert "this session only" in row(app, "display.theme")


async def test_many_changes_at_once_all_arrive(home: Path) -> None:
    app = make_app(live(5))
    async with app.run_test(size=SIZE) as pilot:
        await settings(pilot, app, "peak_detection.peak_threshold")
        await pilot.press(*["right"] * 8, "escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await until(pilot, lambda: "peak_threshold = 113" in told(app))
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


@pytest.mark.parametrize("state", ["read-only", "lost", "refused"])
async def test_the_server_does_not_matter(state: str, home: Path) -> None:
    app = make_app(
        lost() if state == "lost" else live(5),
        read_only=state == "read-only",
        backend=SimulatedBackend(password="another"),
    )
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
