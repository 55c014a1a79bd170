"""The log screen by keyboard."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, RichLog

from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.dashboard import Dashboard
from nhem_tui.tui.screens.log import LogScreen
from tests.tui.scripted import lost, make_app, until
from tests.tui.test_snapshots import Compare

SIZE = (80, 24)


def shown(app: NhemApp) -> str:
    return "\n".join(strip.text for strip in app.screen.query_one("#lines", RichLog).lines)


async def test_it_lists_what_happened_and_filters_by_severity_and_text() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "Connected" in shown(app))
        assert "Connection lost" in shown(app)
        await pilot.press("v", "v")
        await until(pilot, lambda: "Connected" not in shown(app))
        assert "Connection lost" in shown(app)
        await pilot.press("v", "slash", *"gap-free")
        await until(pilot, lambda: shown(app).strip() == "")
        app.screen.query_one(Input).value = "FRAMES"
        await until(pilot, lambda: "40 frames" in shown(app))
        assert "Connected" not in shown(app)
        await pilot.press("enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, Dashboard))


async def test_it_follows_until_told_to_stand_still() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        for number in range(60):
            app.tell(f"line {number}")
        pane = app.screen.query_one("#lines", RichLog)
        await until(pilot, lambda: "line 59" in shown(app) and pane.is_vertical_scroll_end)
        await pilot.press("f", "home")
        await until(pilot, lambda: pane.scroll_offset.y == 0)
        app.tell("another line")
        await until(pilot, lambda: "another line" in shown(app))
        assert pane.scroll_offset.y == 0


async def test_markup_in_a_line_is_text() -> None:
    app = make_app(lost())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        app.tell("[bold red]no markup[/] \\x1b[31m")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "[bold red]" in shown(app))


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    app = make_app(lost())

    async def run(pilot: Pilot[None]) -> None:
        app.choose_theme(theme)
        await until(pilot, lambda: app.monitor.session.snapshot.link == "lost")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "Connected" in shown(app))
        before, picture = "", app.export_screenshot()
        while picture != before:
            await pilot.pause(0.3)
            before, picture = picture, app.export_screenshot()

    assert snap_compare(app, terminal_size=size, run_before=run)
