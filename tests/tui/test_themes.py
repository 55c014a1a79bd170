"""Every theme, on the dashboard and on every screen: nothing is left without a colour."""

from __future__ import annotations

import pytest
from textual.widgets import Button, Input, OptionList

from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.themes import THEMES
from nhem_tui.tui.widgets.controls import Controls
from nhem_tui.tui.widgets.number_field import NumberField
from tests.tui.contrast import contrast, faint, ground, style_at
from tests.tui.opened import dashboard, open_screen, ready
from tests.tui.pictures import settle
from tests.tui.scripted import live, make_app, until
from tests.tui.simulated import SimulatedBackend


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


async def test_all_text_stands_out_on_every_screen_and_in_every_box() -> None:
    app = make_app(live(), backend=SimulatedBackend())
    themes = [theme.name for theme in THEMES if not theme.ansi]  # those colours are the terminal's

    async def read(place: str = "") -> None:
        for theme in themes:
            app.theme = theme
            await pilot.pause()
            widget = app.screen.query_one(place) if place else app.screen
            assert (theme, app.screen, faint(app, widget)) == (theme, app.screen, set())

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await read()
        for action in ACTIONS:
            if action.opens:
                await open_screen(pilot, app, action.keys.split(",")[0])
                await read()
                app.screen.dismiss()
                await until(pilot, lambda: app.screen is dashboard(app))
        for key, place in (("e", "#box"), ("x", "#box"), ("?", "#box"), ("ctrl+p", "#--container")):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not dashboard(app))
            if key == "ctrl+p":
                await until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
            await read(place)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is dashboard(app))


every_theme = pytest.mark.parametrize("theme", [theme.name for theme in THEMES])


@every_theme
async def test_the_number_that_keys_change_is_marked(theme: str) -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        await open_screen(pilot, app, "t")
        await until(pilot, lambda: app.screen.focused)
        marks = []
        for field in app.screen.query(NumberField):
            label = field.query_one(".label")
            lines = app.screen._compositor.render_strips()
            marks.append(lines[label.region.y].text[label.region.x])
        assert marks == ["▌", " ", " ", " "]


@every_theme
async def test_the_answer_that_enter_gives_is_the_one_that_is_filled(theme: str) -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        app.push_screen(Confirm("Stop?", "Every client …", yes="Stop"))
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        for _ in range(2):
            await pilot.pause()
            box = app.screen.query_one("#box")
            behind = ground(style_at(app, box, 0, 0))
            for button in app.screen.query(Button):
                seen = contrast(ground(style_at(app, button, 1, 0)), behind)
                assert seen > 3 if button.has_focus else seen == 1
            await pilot.press("right")


async def test_buttons_and_fields_have_an_edge_in_high_contrast() -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = "high-contrast"
        await until(pilot, lambda: ready(app))
        await settle(pilot, app)
        controls = app.screen.query_one(Controls)
        behind = ground(style_at(app, controls, -1, 0))
        button = style_at(app, controls.query(Button).first(), 1, 0)
        await open_screen(pilot, app, "o")
        await settle(pilot, app)
        region = style_at(app, app.screen.query(Input).first(), 5, 0)
        app.screen.dismiss()
        await until(pilot, lambda: app.screen is dashboard(app))
        await open_screen(pilot, app, "t")
        await settle(pilot, app)
        number = style_at(app, app.screen.query(Input).first(), 5, 0)
        for edged in (button, region, number):
            assert contrast(ground(edged), behind) > 3
