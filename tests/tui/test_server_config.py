"""The screen of the server's configuration by keyboard, against the simulated server."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, Static, Tree

from nhem_tui.backend import config_tree
from nhem_tui.backend.config_tree import SECTIONS
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.config.schema import Display, Export, Settings
from nhem_tui.notation.mask import MASK
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.differences import Differences
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.server_config import ServerConfiguration
from nhem_tui.tui.themes import THEMES
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.contrast import contrast, ground, style_at
from tests.tui.opened import all_told, answer, open_screen, pane, refuses, told, wrong
from tests.tui.pictures import settle
from tests.tui.scripted import Compare, live, lost, make_app, until
from tests.tui.simulated import MARKUP, NOT_A_NUMBER, SHAPES, SimulatedBackend

SIZE = (100, 40)
SECRET = "geheim-4711"


def opened(
    backend: SimulatedBackend, *, read_only: bool = False, folder: Path | None = None
) -> NhemApp:
    settings = Settings(export=Export(directory=str(folder or "")))
    return make_app(live(20), backend=backend, settings=settings, read_only=read_only)


def tree(app: NhemApp) -> Tree[tuple[str, ...]]:
    return app.screen_stack[1].query_one(Tree)


def shown(app: NhemApp) -> str:
    """Every line of the tree."""
    lines = []

    def walk(node: object) -> None:
        lines.append(str(node.label))  # type: ignore[attr-defined]
        for child in node.children:  # type: ignore[attr-defined]
            walk(child)

    walk(tree(app).root)
    return "\n".join(lines)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def configuration(pilot: Pilot[None], app: NhemApp) -> None:
    """Open the screen and wait until the tree is there."""
    await open_screen(pilot, app, "c")
    await until(pilot, lambda: "threshold" in shown(app))
    await pilot.pause()


def go_to(app: NhemApp, *path: str) -> None:
    """Move the cursor to a value."""
    for line in range(tree(app).last_line + 1):
        node = tree(app).get_node_at_line(line)
        if node is not None and node.data == path:
            tree(app).move_cursor(node)
            return
    raise AssertionError(f"no {path}")


def at_cursor(app: NhemApp) -> object:
    node = tree(app).cursor_node
    return None if node is None else node.data


async def test_a_replay_has_no_configuration_and_says_so() -> None:
    app = make_app(live())
    app.context = replace(app.context, client=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, app, "c")
        await until(pilot, lambda: "This is a replay" in pane(app, "empty"))


async def test_the_keyboard_reaches_every_value() -> None:
    app = opened(SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("home")
        seen = set()
        for _ in range(tree(app).last_line + 1):
            node = tree(app).cursor_node
            assert node is not None
            seen.add(node.data)
            await pilot.press("down")
        assert {("security", "password"), ("roi_capture", "default_config", "y2")} <= seen


async def test_it_shows_everything_but_passwords() -> None:
    backend = SimulatedBackend()
    backend.server.config.merge("proxy", {"api_token": "t0ken-abcdef", "note": "use 31415 there"})
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        assert f"password                {MASK}" in shown(app)
        assert "31415" not in shown(app).replace("30415", "")
        assert "t0ken" not in shown(app)
        assert "104.0" in shown(app)
        assert backend.writes() == []


async def test_one_value_is_edited_and_read_back() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        edited = ("peak_detection", "threshold")
        go_to(app, *edited)
        await until(pilot, lambda: "from 0 to 200" in pane(app, "about"))
        await pilot.press("enter")
        await answer(pilot, app, "111.5")
        await until(pilot, lambda: "threshold is 111.5" in told(app))
        assert "until the server restarts" in told(app)
        assert backend.server.config.data["peak_detection"]["threshold"] == 111.5
        assert backend.server.peaks.threshold == 104.0
        assert "111.5" in shown(app)
        await until(pilot, lambda: (node := tree(app).cursor_node) and node.data == edited)


async def test_what_was_written_is_taken_back_step_by_step() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        steps = app.context.kept.values
        for path, typed in (
            (("peak_detection", "threshold"), "111.5"),
            (("roi_capture", "default_config", "x1"), "120"),
            (("security", "password"), SECRET),
        ):
            go_to(app, *path)
            await pilot.press("e")
            await answer(pilot, app, typed)
            await until(pilot, lambda: steps and steps[-1][0] == at_cursor(app))
        data = backend.server.config.data
        await pilot.press("u")
        await until(pilot, lambda: data["security"]["password"] == "31415")
        assert "31415" not in told(app)
        await pilot.press("u")
        await until(pilot, lambda: "x1 is 100" in told(app))
        await pilot.press("escape", "c")  # the steps outlive the screen
        await until(pilot, lambda: "threshold" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "threshold is 104.0" in told(app))
        assert data["peak_detection"]["threshold"] == 104.0
        await pilot.press("u")
        await until(pilot, lambda: "Nothing to undo" in told(app))


async def test_a_value_that_did_not_arrive_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forget(*_: object) -> None:
        """Say yes, as a server does whose value another client changes at once."""

    app = opened(SimulatedBackend())
    monkeypatch.setattr(app.context.client, "set_config_value", forget)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        go_to(app, "peak_detection", "threshold")
        await pilot.press("enter")
        await answer(pilot, app, "111.5")
        await until(pilot, lambda: "said yes, but peak_detection.threshold is 104.0" in told(app))


async def test_a_corner_of_the_region_is_sent_with_its_neighbours() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        go_to(app, "roi_capture", "default_config", "x1")
        await pilot.press("e")
        await answer(pilot, app, "120")
        await until(pilot, lambda: "x1 is 120" in told(app))
        region = backend.server.config.data["roi_capture"]["default_config"]
        assert region == {"x1": 120, "y1": 100, "x2": 300, "y2": 250}
        await pilot.press("e")
        await answer(pilot, app, "280")
        await until(pilot, lambda: "50" in told(app))
        assert backend.server.config.data["roi_capture"]["default_config"] == region


async def test_a_password_is_typed_unseen_and_never_told() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        go_to(app, "security", "password")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert app.screen.query_one(Input).value == ""
        assert app.screen.query_one(Input).password
        await answer(pilot, app, SECRET)
        await until(pilot, lambda: "password is" in told(app))
        assert backend.server.config.data["security"]["password"] == SECRET
        everything = shown(app) + "".join(entry.text for entry in app.monitor.journal.entries)
        assert SECRET not in everything
        assert SECRET not in app.export_screenshot()


async def test_what_is_no_allowed_value_is_said_and_never_sent() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        for path, texts in (
            (("data_processing", "fps"), ["1e999", "１０５", "0", "100000"]),
            (("roi_capture", "update_interval"), ["", "NaN", "-1"]),
            (("security", "password"), ["", "  "]),
        ):
            go_to(app, *path)
            await pilot.press("enter")
            await refuses(pilot, app, texts, "must be")
            await pilot.press("escape")
        assert isinstance(app.screen, ServerConfiguration)
        assert backend.writes() == []


@pytest.mark.parametrize("path", [("data_processing", "fps"), ("roi_capture", "update_interval")])
@pytest.mark.parametrize("text", [*NOT_A_NUMBER, "-1", "0", "100000"])
def test_what_is_no_allowed_number(path: tuple[str, str], text: str) -> None:
    with pytest.raises(InvalidValue, match="must be"):
        config_tree.parse_value(path, text, 4)


async def test_a_server_that_cannot_save_is_offered_the_cure() -> None:
    backend = SimulatedBackend()
    backend.server.config.merge("roi_capture", {"frame_rate": 45})
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        go_to(app, "peak_detection", "threshold")
        await pilot.press("enter")
        await answer(pilot, app, "90")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "配置保存失败" in told(app)
        await pilot.press("y")
        await until(pilot, lambda: "read its configuration file again" in told(app))
        assert backend.server.config.data["roi_capture"]["frame_rate"] == 4
        await until(pilot, lambda: "frame_rate              4" in shown(app))


async def test_a_reload_is_asked_about_first() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ServerConfiguration))
        assert backend.writes() == []
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "read its configuration file again" in told(app))
        assert backend.writes() == ["POST /config/reload"]


@pytest.mark.parametrize("key", ["x", "X"])
async def test_an_export_is_private_and_holds_passwords_only_if_asked(
    key: str, tmp_path: Path
) -> None:
    backend = SimulatedBackend(password=SECRET)
    app = opened(backend, folder=tmp_path)
    app.context.client._give_password = lambda: SECRET  # type: ignore[union-attr]
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "Saved as" in told(app))
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = json.loads(file.read_text())
    assert found["peak_detection"]["threshold"] == 104.0
    assert found["security"]["password"] == (SECRET if key == "X" else MASK)
    assert (SECRET in file.read_text()) == (key == "X")


async def test_an_export_never_overwrites(tmp_path: Path) -> None:
    there = tmp_path / "mine.json"
    there.write_text("precious")
    app = opened(SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("x")
        for text, words in (
            (str(there), "already"),
            ("", "name of a file"),
            ("a\x1b[31mb", "name of a file"),
            (str(tmp_path / "no" / "folder.json"), "no folder"),
        ):
            await answer(pilot, app, text)
            await until(pilot, lambda words=words: words in wrong(app))
    assert there.read_text() == "precious"


async def test_an_export_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    app = opened(SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("x")
        await answer(pilot, app, str(tmp_path / ("x" * 300)))
        await until(pilot, lambda: "cannot be written: File name too long" in told(app))
        assert app.monitor.journal.entries[-1].severity == "error"
    assert files(tmp_path) == []


async def test_an_import_shows_what_changes_and_asks(tmp_path: Path) -> None:
    backend = SimulatedBackend()
    file = tmp_path / "lab.json"
    masked = json.loads(json.dumps(backend.server.config.data))
    masked["security"]["password"] = MASK
    masked["data_processing"]["fps"] = 50
    masked["server"]["name"] = "[bold]lab"
    file.write_text(json.dumps(masked))
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("i")
        await answer(pilot, app, str(file))
        await until(pilot, lambda: isinstance(app.screen, Differences))
        listed = str(app.screen.query_one("#list", Static).content)
        assert "data_processing.fps\n  − 45\n  + 50" in listed
        assert '+ "[bold]lab"' in listed
        assert "password" not in listed
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ServerConfiguration))
        assert backend.writes() == []
        await pilot.press("i")
        await answer(pilot, app, str(file))
        await until(pilot, lambda: isinstance(app.screen, Differences))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert backend.writes() == []
        await pilot.press("y")
        await until(pilot, lambda: "Imported and read back" in told(app))
        assert backend.server.config.data["data_processing"]["fps"] == 50
        assert backend.server.config.data["security"]["password"] == "31415"
        assert "fps                     50" in shown(app)


DEEP = '{"b": ' * 400 + "1" + "}" * 400
"""JSON that Python reads and nobody can walk."""

WRONG_FILES = {
    "": "no valid JSON",
    "[1]": "JSON object",
    '{"server": NaN}': "no valid JSON",
    '{"server": {"a": 1e999}}': "no valid JSON",
    '{"server": {}}': "lacks the sections",
    "[" * 100_000: "no valid JSON",
    "\x00\xff": "no text",
    json.dumps({name: {"a": {}} for name in SECTIONS}).replace("{}", DEEP): "levels deep",
}


async def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path) -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("i")
        for number, (content, words) in enumerate(WRONG_FILES.items()):
            file = tmp_path / f"lab{number}.json"
            file.write_bytes(content.encode("latin-1"))
            await answer(pilot, app, str(file))
            await until(pilot, lambda words=words: words in wrong(app))
        assert backend.writes() == []


async def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    app = opened(SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await pilot.press("i")
        for name, words in (
            (tmp_path / "none", "none cannot be read: No such file"),
            (tmp_path, "irectory"),
        ):
            await answer(pilot, app, str(name))
            await until(pilot, lambda words=words: words in wrong(app))


async def test_read_only_it_can_be_read_and_exported_and_says_why_the_rest_is_grey() -> None:
    backend = SimulatedBackend()
    app = opened(backend, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        await until(pilot, lambda: "--read-only" in pane(app, "why"))
        go_to(app, "peak_detection", "threshold")
        for key in ("e", "L", "i", "enter"):
            app.tell("a question")
            await pilot.press(key)
            assert "--read-only" in told(app)
            assert isinstance(app.screen, ServerConfiguration)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert backend.writes() == []


async def test_a_refused_password_is_said_and_another_one_is_in_force_at_once() -> None:
    backend = SimulatedBackend(password=SECRET)
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "c")
        await until(pilot, lambda: "K types another password" in pane(app, "empty"))
        assert "31415" not in pane(app, "empty")
        for key in ("e", "x", "i"):
            app.tell("something else")
            await pilot.press(key)
            assert told(app).startswith("K types another password"), key
        await pilot.press("K")
        await answer(pilot, app, "wrong as well")
        await until(pilot, lambda: "Not taken, the password before stays" in told(app))
        await pilot.press("K")
        await answer(pilot, app, SECRET)
        await until(pilot, lambda: "The server takes the password" in told(app))
        await until(pilot, lambda: "threshold" in shown(app))
        assert pane(app, "why") == ""
        assert app.settings == opened(backend).settings, "for this session only"
        assert SECRET not in all_told(app) + app.export_screenshot()


async def test_r_tries_a_refused_password_again() -> None:
    backend = SimulatedBackend(password=SECRET)
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "c")
        await until(pilot, lambda: "K types another password" in pane(app, "empty"))
        backend.instead["GET /config"] = httpx.Response(
            200, json={"config": {"peak_detection": {"threshold": 99.0}}}
        )
        await pilot.press("r")
        await until(pilot, lambda: "99.0" in shown(app))
        assert pane(app, "why") == ""


async def test_without_a_server_it_says_so_and_can_be_left() -> None:
    backend = SimulatedBackend()
    app = make_app(lost(), backend=backend)
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "c")
        await until(pilot, lambda: "No connection" in pane(app, "empty"))
        assert pane(app, "why") == ""
        await pilot.press("e")
        await until(pilot, lambda: "No connection" in told(app))
        assert backend.asked == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_an_error_of_any_shape_is_shown_as_text() -> None:
    backend = SimulatedBackend()
    app = opened(backend)
    async with app.run_test(size=(160, 30)) as pilot:
        await configuration(pilot, app)
        for shape, reply in SHAPES.items():
            backend.instead["GET /config"] = reply
            app.tell(f"next is {shape}")
            await pilot.press("r")
            await until(pilot, lambda: "[bold red]no[/]" in told(app))
            assert "\x1b" not in told(app)
            assert "31415" not in told(app)
            assert isinstance(app.screen, ServerConfiguration)


async def test_a_configuration_too_deep_to_walk_is_bad_data(tmp_path: Path) -> None:
    backend = SimulatedBackend()
    app = opened(backend, folder=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        content = f'{{"config": {{"server": {DEEP}}}}}'
        backend.instead["GET /config"] = httpx.Response(200, content=content)
        await pilot.press("r")
        await until(pilot, lambda: "levels deep" in told(app))
        exported = httpx.Response(200, json={"success": True, "config_json": DEEP})
        backend.instead["GET /config/export"] = exported
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "levels deep" in told(app))
    assert files(tmp_path) == []


async def test_names_and_values_of_the_server_are_text() -> None:
    backend = SimulatedBackend()
    backend.server.config.merge(MARKUP, {MARKUP: MARKUP, "empty": {}, "list": [MARKUP]})
    backend.server.config.data["scalar"] = 5
    app = opened(backend)
    async with app.run_test(size=SIZE) as pilot:
        await configuration(pilot, app)
        assert "[bold red]no[/]" in shown(app)
        assert "\x1b" not in shown(app)
        go_to(app, MARKUP, MARKUP)
        await pilot.press("enter")
        await answer(pilot, app, "[red]x")
        await until(pilot, lambda: "[red]x" in all_told(app) and "[red]x" in shown(app))
        await until(pilot, lambda: at_cursor(app) == (MARKUP, MARKUP))  # it was written anew
        go_to(app, "scalar")
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a value" in told(app))


@pytest.mark.parametrize(
    "theme,size", [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    settings = Settings(display=Display(theme=theme))  # type: ignore[arg-type]
    app = make_app(live(60), backend=SimulatedBackend(), settings=settings)

    async def run(pilot: Pilot[None]) -> None:
        await configuration(pilot, app)
        go_to(app, "data_processing", "fps")
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)


def test_picture_of_the_differences(snap_compare: Compare, tmp_path: Path) -> None:
    backend = SimulatedBackend()
    file = tmp_path / "lab.json"
    tree = json.loads(json.dumps(backend.server.config.data))
    tree["data_processing"]["fps"] = 50
    tree["peak_detection"] |= {"threshold": 110.5, "margin_frames": 7}
    file.write_text(json.dumps(tree))
    app = opened(backend)

    async def run(pilot: Pilot[None]) -> None:
        await configuration(pilot, app)
        await pilot.press("i")
        await answer(pilot, app, str(file))
        await until(pilot, lambda: isinstance(app.screen, Differences))
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=(80, 24), run_before=run)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_the_cursor_is_a_bar_as_wide_as_the_tree(theme: str) -> None:
    app = opened(SimulatedBackend())
    async with app.run_test(size=SIZE) as pilot:
        app.theme = theme
        await configuration(pilot, app)
        go_to(app, "data_processing", "fps")
        await settle(pilot, app)
        y = tree(app).cursor_line
        ends = [style_at(app, tree(app), x, y) for x in (0, tree(app).content_size.width - 2)]
        other = style_at(app, tree(app), 0, y + 1)
        assert all(contrast(ground(end), ground(other)) > 3 for end in ends)


async def test_why_there_is_nothing_is_said_to_the_end_where_it_is_narrow() -> None:
    app = make_app(lost(), backend=SimulatedBackend())
    async with app.run_test(size=(50, 15)) as pilot:
        await open_screen(pilot, app, "c")
        await until(pilot, lambda: pane(app, "empty").endswith("tries again now."))
        empty = app.screen.query_one("#empty", TextPane)
        assert all(cell_len(row.text) <= empty.content_size.width for row in empty.rows)
