"""Boxes over a screen: what must be seen is seen at every size, and what lies below is not gone."""

from __future__ import annotations

from functools import partial

import pytest
from textual.color import Color
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Button, Input

from nhem_tui.backend.config_tree import Change
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.about import About
from nhem_tui.tui.screens.box import NARROW, TINY, Box
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.differences import Differences
from nhem_tui.tui.screens.documentation import Documentation, readme
from nhem_tui.tui.screens.help import Help
from nhem_tui.tui.screens.prompt import Prompt
from tests.tui.opened import happens, open_screen, ready, source
from tests.tui.scripted import live, lost, make_app, until

SIZES = [(200, 50), (120, 40), (80, 24), (50, 15), (30, 8), (10, 3)]


def boxes() -> list[Box[object]]:
    text = "A sentence that is longer than any terminal is wide. " * 9
    changes = [Change(("section", f"value_{number}"), number, number + 1) for number in range(40)]
    return [
        Confirm("Stop detection?", text, yes="Stop"),
        Prompt("How much?", text, check=str),
        Differences("40 values would change", changes),
        Help(),
        About(),
    ]


async def open_box(pilot: Pilot[None], app: NhemApp, box: Box[object]) -> None:
    app.push_screen(box)
    await until(pilot, lambda: app.screen is box and box.is_mounted)
    await pilot.pause()


def fits(box: Box[object], width: int, height: int) -> bool:
    """The box has taken in its size, and shows some of its text where there is room."""
    tiny = height < TINY or width < NARROW
    room = height < 15 or box.query_one("#text").size.height >= 5
    return room and tuple(box.size) == (width, height) and box.has_class("-tiny") is tiny


def seen(app: NhemApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_the_foot_is_seen_at_every_size() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZES[0]) as pilot:
        await until(pilot, lambda: ready(app))
        for box in boxes():
            await open_box(pilot, app, box)
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                await until(pilot, partial(fits, box, width, height))
                foot, outer = box.query_one("#foot"), box.query_one("#box")
                assert box.region.contains_region(foot.region), (box, width, height)
                assert box.region.contains_region(outer.region), (box, width, height)
            app.pop_screen()


async def test_a_question_in_a_corner_of_a_screen_is_one_line_and_can_be_answered() -> None:
    app = make_app(live())
    answers: list[bool | None] = []
    async with app.run_test(size=(10, 3)) as pilot:
        app.push_screen(Confirm("Stop detection?", "Every client …", yes="Stop"), answers.append)
        await until(pilot, lambda: "Stop? y/n" in seen(app))
        await pilot.press("y")
        await until(pilot, lambda: answers == [True])


async def test_buttons_and_field_are_seen_in_30_by_8() -> None:
    app = make_app(live())
    async with app.run_test(size=(30, 8)) as pilot:
        confirm, prompt, *_ = boxes()
        await open_box(pilot, app, confirm)
        assert "Cancel (n)" in seen(app)
        assert "Stop (y)" in seen(app)
        assert "Stop detection?" in seen(app)
        assert all(button.region.height == 1 for button in confirm.query(Button))
        app.pop_screen()
        await open_box(pilot, app, prompt)
        assert prompt.query_one(Input).region.height == 1
        assert "enter takes it" in seen(app)


async def test_nothing_that_a_box_shows_steers_the_terminal() -> None:
    hostile = "lab\x1b]0;owned\x07\x1b[2J\x9b31m [bold]3[/] [/nope]"
    app = make_app(live())
    source(app).label = hostile
    async with app.run_test(size=(80, 24)) as pilot:
        for box in (
            Confirm(hostile, hostile, yes="Stop"),
            Prompt(hostile, f"{hostile}\nsecond line", check=str, text=hostile),
            About(),
        ):
            await open_box(pilot, app, box)
            await until(pilot, lambda: "lab [bold]3[/] [/nope]" in seen(app))
            assert all(line.isprintable() for line in seen(app).split("\n"))
            app.pop_screen()


@pytest.mark.parametrize("key", ["", "o"])
async def test_what_lies_below_goes_on_telling_the_state(key: str) -> None:
    app = make_app(live())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app))
        if key:
            await open_screen(pilot, app, key)
        await open_box(pilot, app, boxes()[0])
        assert "RUNNING" in seen(app)
        for event in lost()[-2:]:
            happens(app, event)
        await until(pilot, lambda: "LOST" in seen(app) and "RUNNING" not in seen(app))


async def test_a_long_text_scrolls_by_keys() -> None:
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        for box in (boxes()[2], Help()):
            await open_box(pilot, app, box)
            text = box.query_one("#text")
            await until(pilot, lambda text=text: text.max_scroll_y > 0)
            await pilot.press("down", "down")
            assert text.scroll_offset.y == 2
            await pilot.press("pagedown")
            page = text.scrollable_content_region.height
            assert text.scroll_offset.y == min(2 + page, text.max_scroll_y)
            await pilot.press("end")
            assert text.scroll_offset.y == text.max_scroll_y
            await pilot.press("pageup", "up")
            assert text.scroll_offset.y == max(text.max_scroll_y - page, 0) - 1
            await pilot.press("home")
            assert text.scroll_offset.y == 0
            app.pop_screen()


@pytest.mark.parametrize("theme", ["dark", "ansi"])
async def test_what_lies_below_a_box_is_still_seen(theme: str) -> None:
    app = make_app(live())
    app.theme = theme
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: ready(app))
        await open_box(pilot, app, boxes()[0])
        assert app.screen.styles.background.a < 1
        assert app.screen.styles.background != Color.parse("black")
        assert "RUNNING" in app.export_screenshot()


async def test_the_documentation_is_the_readme() -> None:
    assert "The screen tells the truth" in readme()
    assert "<!--" not in readme()
    app = make_app(live())
    async with app.run_test(size=(80, 24)) as pilot:
        await open_box(pilot, app, Documentation())
        await until(pilot, lambda: "full-screen terminal client" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Documentation))


async def test_nothing_else_is_begun_over_a_question() -> None:
    """What another one would ask ends the waiting for this one: its answer would go nowhere."""
    app = make_app(live())
    async with app.run_test(size=SIZES[2]) as pilot:
        await until(pilot, lambda: ready(app))
        for box in boxes():
            await open_box(pilot, app, box)
            await pilot.press("ctrl+p")
            if isinstance(box, Help | About):
                await until(pilot, lambda: isinstance(app.screen, CommandPalette))
                await pilot.press("escape")
                await until(pilot, lambda box=box: app.screen is box)
            else:
                await pilot.pause()
                assert app.screen is box
            app.pop_screen()
