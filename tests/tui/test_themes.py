"""Every theme, on the dashboard and on every screen: nothing is left without a colour."""

from __future__ import annotations

import msgspec
import pytest

from nhem_tui.config.schema import Settings
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.themes import THEMES
from tests.tui.scripted import live, make_app, until
from tests.tui.test_keys import dashboard, ready


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_screen_opens(theme: str) -> None:
    display = msgspec.structs.replace(Settings().display, theme=theme)
    app = make_app(live(), settings=msgspec.structs.replace(Settings(), display=display))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app))
        for action in ACTIONS:
            if action.opens:
                await pilot.press(action.keys.split(",")[0])
                await until(pilot, lambda: app.screen is not dashboard(app))
                await pilot.pause()
                for _ in range(3):  # out of a field, then back
                    if app.screen is not dashboard(app):
                        await pilot.press("escape")
                await until(pilot, lambda: app.screen is dashboard(app))
