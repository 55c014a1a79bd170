"""The log screen by keyboard."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from nhem_tui.config.schema import Display, Settings
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.log import LEVELS, Lines, LogScreen
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.opened import open_screen
from tests.tui.pictures import settle
from tests.tui.scripted import NOW, Compare, lost, make_app, until

SIZE = (80, 24)


def shown(app: NhemApp) -> str:
    return "\n".join(row.text for row in app.screen.query_one("#entries", TextPane).rows)


def title(app: NhemApp) -> str:
    return str(app.screen.query_one("#body").border_title)


async def test_it_lists_what_happened_and_filters_by_severity_and_text() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "l")
        await until(pilot, lambda: "Connected" in shown(app))
        assert "Connection lost" in shown(app)
        assert "Peak" in shown(app)
        seen = {}
        for name, severities in LEVELS:
            await until(pilot, lambda name=name: name in title(app))
            seen[name] = shown(app)
            entries = app.monitor.journal.entries
            listed = [entry for entry in entries if entry.severity in severities]
            assert len(seen[name].splitlines()) == max(len(listed), 1)
            await pilot.press("v")
        assert "Peak ▽" not in seen["warnings and errors"]
        assert "Peak ▽" in seen["peaks"]
        keys = app.screen.query_one(KeyBar)
        assert "/ Find" in keys.rows[0].text
        await pilot.press("slash", *"gap-free")
        await until(pilot, lambda: "/ Find" not in keys.rows[0].text)  # it would be typed
        await until(pilot, lambda: "No line contains ‘gap-free’." in shown(app))
        assert "‘gap-free’" in title(app)
        app.screen.query_one(Input).value = "FRAMES"
        await until(pilot, lambda: "40 frames" in shown(app))
        assert "Connected" not in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, LogScreen), "out of the field first"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_it_follows_until_somebody_scrolls_up_or_says_so() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, app, "l")
        for number in range(60):
            app.tell(f"line {number}")
        lines = app.screen.query_one(Lines)
        await until(pilot, lambda: "line 59" in shown(app))
        await until(pilot, lambda: lines.scroll_y == lines.max_scroll_y > 0)
        assert "following" in title(app)
        await pilot.press("f")
        assert "standing still" in title(app)
        place = lines.scroll_y
        app.tell("another line")
        await until(pilot, lambda: "another line" in shown(app))
        assert lines.scroll_y == place
        await pilot.press("f")
        await until(pilot, lambda: lines.scroll_y == lines.max_scroll_y > place)
        await pilot.press("home")
        await until(pilot, lambda: "standing still" in title(app) and lines.scroll_y == 0)
        app.tell("a line more")
        await until(pilot, lambda: "a line more" in shown(app))
        assert lines.scroll_y == 0
        await pilot.press("end")
        await until(pilot, lambda: "following" in title(app))


async def test_a_long_line_is_whole_at_every_width_and_markup_is_text() -> None:
    text = "[bold red]no markup[/] " + "a word and another one " * 8 + "the end"
    app = make_app(lost())
    async with app.run_test(size=(50, 15)) as pilot:
        await open_screen(pilot, app, "l")
        app.tell(f"{text} \\x1b[31m")
        for width in (50, 30, 80):
            await pilot.resize_terminal(width, 15)
            await until(pilot, lambda: text in " ".join(shown(app).split()))


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    settings = Settings(display=Display(theme=theme))  # type: ignore[arg-type]
    app = make_app(lost(), settings=settings)

    async def run(pilot: Pilot[None]) -> None:
        await open_screen(pilot, app, "l")
        app.monitor.journal.add(NOW, "A long line. " * 12, "warning", "user")
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)
