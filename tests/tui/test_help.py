"""Help and palette: the keys of the screen that is open come first, under the user's key map."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise

import msgspec
import pytest
from rich.cells import cell_len
from textual.command import DiscoveryHit
from textual.pilot import Pilot

from nhem_tui.config import layers
from nhem_tui.config.schema import Settings
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.help_rows import Block, page
from nhem_tui.tui.keynames import bindings_of, key_names, key_of
from nhem_tui.tui.palette import ActionCommands
from nhem_tui.tui.screens.about import About
from nhem_tui.tui.screens.documentation import Documentation
from nhem_tui.tui.screens.help import Help
from nhem_tui.tui.screens.roi import RoiScreen
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.keybar import KeyBar
from tests.tui.opened import dashboard, open_screen, pane, ready, told
from tests.tui.pictures import settle
from tests.tui.scripted import Compare, live, lost, make_app, until
from tests.tui.simulated import SimulatedBackend

REMAPPED = msgspec.structs.replace(
    Settings(),
    keys={"tool.read": "f5", "roi.undo": "f6", "link.retry": "f7", "detection.start": "f8"},
)


async def help_of(pilot: Pilot[None], app: NhemApp) -> str:
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(app.screen, Help) and len(pane(app, "keys")) > 100)
    return " ".join(pane(app, "keys").split())


async def test_it_begins_with_the_keys_of_the_screen_also_those_without_a_place_below() -> None:
    app = make_app(live(), backend=SimulatedBackend(), settings=REMAPPED)
    async with app.run_test(size=(60, 30)) as pilot:
        await open_screen(pilot, app, "o")
        words = await help_of(pilot, app)
        assert words.startswith("ROI")
        assert "← → ↑ ↓ Move the draft by one step." in words
        assert "shift+← Resize the draft by one step. shift+→ shift+↑ shift+↓" in words
        assert "f6 Send the ROI that was in force before" in words
        assert words.index("Send the draft") < words.index("Everywhere")
        assert words.index("tab ") < words.index("Dashboard: Detection")
        await pilot.press("escape", "escape")
        await open_screen(pilot, app, "t")
        assert "shift+→ Much more" in await help_of(pilot, app)


@pytest.mark.parametrize("name", [action.opens for action in ACTIONS if action.opens])
def test_every_binding_of_every_screen_says_what_it_does(name: str) -> None:
    screen = import_module(f"nhem_tui.tui.screens.{name}").SCREEN
    told: set[str] = set()
    for binding in bindings_of(screen):
        assert binding.tooltip.endswith("."), binding
        if not binding.action.startswith(("move(", "resize(")):  # four directions, one sentence
            assert not {binding.description, binding.tooltip} & told
            told |= {binding.description, binding.tooltip}


def test_a_page_has_two_columns_only_where_they_can_be_read() -> None:
    rows = (("x", "does something " * 6), ("pagedown shift+→ f99", "more"))
    blocks = [Block(name, rows) for name in "ABC"]
    for width in (30, 60, 85, 86, 120):
        told = page(blocks, width)
        assert {cell_len(row.text) for row in told} == {width}
        assert (told[0].text.strip() == "A") is (width < 86)


def test_texts_stand_in_one_column_however_long_the_keys_are() -> None:
    blocks = [
        Block("A", (("x", "first"), ("pageup shift+←", "second"))),
        Block("B", (("backspace", "third"),)),
    ]
    told = [row.text.rstrip() for row in page(blocks, 40)]
    assert told == [
        "A",
        "x          first",
        "pageup     second",
        "shift+←",
        "",
        "B",
        "backspace  third",
    ]


def test_keys_are_written_as_they_are_printed_on_a_keyboard() -> None:
    assert key_names("plus,equals_sign") == "+ ="
    assert key_names("shift+left") == "shift+←"
    assert key_of(RoiScreen, "roi.apply", {}) == "a"
    assert key_of(RoiScreen, "roi.apply", {"roi.apply": "left_square_bracket,x"}) == "["
    assert key_of(RoiScreen, "tool.read", {}) == "r", "inherited"


@pytest.mark.parametrize("name", [action.opens for action in ACTIONS if action.opens])
async def test_a_key_has_one_name_below_the_screen_and_in_its_help(name: str) -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=(160, 60)) as pilot:
        (action,) = (action for action in ACTIONS if action.opens == name)
        await open_screen(pilot, app, action.keys.split(",")[0])
        keys = app.screen.query_one(KeyBar).rows[0]
        parts = [keys.text[start:end] for start, end, _ in keys.spans]
        named = {key for key, label in pairwise(parts) if key.strip() == key and label[0] == " "}
        assert {"?", "esc"} <= named
        assert named <= set((await help_of(pilot, app)).split())


async def test_texts_and_buttons_follow_the_key_map() -> None:
    app = make_app(lost(), settings=REMAPPED)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await until(pilot, lambda: "Start (f8)" in app.export_screenshot().replace("&#160;", " "))
        await pilot.press("f8")
        assert told(app) == "No connection to the server; f7 tries again now."
        await open_screen(pilot, app, "o")
        await until(pilot, lambda: "f5 tries again now" in pane(app, "why"))


# --- the palette ----------------------------------------------------------------------------------


async def offered(app: NhemApp) -> dict[str, DiscoveryHit]:
    """What the palette offers on the screen that is open, by its words."""
    hits = ActionCommands(app.screen).discover()
    return {str(hit.text): hit async for hit in hits if isinstance(hit, DiscoveryHit)}


SEED = {
    "File": ("Export data", "Export chart", "Exit"),
    "View": ("Show grid", "Show peaks", "Settings"),
    "Tools": ("ROI configuration", "Peak detection settings", "System diagnostics"),
    "Help": ("Documentation", "About"),
}
"""The menus of the desktop client."""


async def test_it_has_the_menus_of_the_desktop_client_with_their_keys() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app))
        found = await offered(app)
        for menu, entries in SEED.items():
            for entry in entries:
                assert f"{menu}: {entry}" in found
        assert "Tools: ROI configuration  o" in str(found["Tools: ROI configuration"].display)
        assert next(iter(found)).startswith("File: ")


async def test_the_screen_comes_first_and_its_actions_run() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    async with app.run_test(size=(120, 40)) as pilot:
        await open_screen(pilot, app, "o")
        found = await offered(app)
        assert next(iter(found)) == "ROI: Apply"
        app.call_later(found["ROI: Step"].command)
        await until(pilot, lambda: "move 1 px" in pane(app, "notes"))


async def test_about_and_documentation_open_and_close() -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        found = await offered(app)
        for name, kind in (("About", About), ("Documentation", Documentation)):
            app.call_later(found[f"Help: {name}"].command)
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is dashboard(app))


@pytest.mark.parametrize("stronger", [False, True])
async def test_a_theme_that_was_chosen_is_kept(
    stronger: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, at_the_next_start = "Theme light, saved", "light"
    if stronger:
        monkeypatch.setenv("NHEM_THEME", "mono")
        words, at_the_next_start = f"{words}, but NHEM_THEME is stronger at the next start", "mono"
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        found = await offered(app)
        app.call_later(found["View: Theme light"].command)
        await until(pilot, lambda: told(app) == words)
        assert (app.theme, app.settings.display.theme) == ("light", "light")
        assert layers.load().settings.display.theme == at_the_next_start


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_picture_of_the_help(size: tuple[int, int], snap_compare: Compare) -> None:
    app = make_app(live(), backend=SimulatedBackend())

    async def run(pilot: Pilot[None]) -> None:
        await open_screen(pilot, app, "o")
        assert isinstance(app.screen, ToolScreen)
        await help_of(pilot, app)
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)
