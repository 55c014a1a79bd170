"""Every theme, on the dashboard and on every screen: nothing is left without a colour."""

from __future__ import annotations

from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.themes import THEMES
from tests.tui.opened import open_screen
from tests.tui.scripted import live, make_app, until
from tests.tui.test_keys import dashboard, ready


async def test_every_screen_can_have_every_theme() -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        for action in ACTIONS:
            if action.opens:
                await open_screen(pilot, app, action.keys.split(",")[0])
                app.screen.dismiss()
                await until(pilot, lambda: app.screen is dashboard(app))
        await open_screen(pilot, app, "o")
        for theme in THEMES:  # the styles of all screens are loaded and read anew
            app.theme = theme.name
            await pilot.pause()
        assert app.is_running
