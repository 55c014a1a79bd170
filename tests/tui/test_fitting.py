"""Sizes that follow each other faster than screens are laid out; a program too busy to leave."""

from __future__ import annotations

import os
import threading

import pytest
from textual import events
from textual.geometry import Size
from textual.screen import Screen

from tests.tui.opened import SIZE, ready
from tests.tui.scripted import live, make_app, until

ENOUGH = 100
"""Layouts after which it would go on for ever; nothing else would run, not even a timeout."""


@pytest.mark.parametrize("key", ["", "question_mark", "l", "comma", "x"])
async def test_two_sizes_at_once_do_not_call_for_each_other_for_ever(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        if key:
            await pilot.press(key)
            await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.pause()
        layouts = []
        lay_out = Screen._screen_resized

        def counted(screen: Screen[object], size: Size) -> None:
            layouts.append(size)
            assert len(layouts) < ENOUGH
            lay_out(screen, size)

        monkeypatch.setattr(Screen, "_screen_resized", counted)
        for size in (Size(SIZE[0], SIZE[1] + 1), Size(*SIZE)):
            app.screen.post_message(events.Resize(size, size))
            app.screen.call_later(lambda: None)  # Textual leaves out what waits side by side
        await pilot.pause()
        await pilot.press("ctrl+l")
    assert set(layouts) <= {Size(*SIZE)}


async def test_without_a_terminal_it_ends_whatever_keeps_it_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = threading.Event()
    monkeypatch.setattr("nhem_tui.tui.app.LAST_PATIENCE", 0.05)
    monkeypatch.setattr(os, "_exit", lambda _: ended.set())
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        threading.Thread(target=app.hang_up).start()
        assert ended.wait(10)  # here nothing else runs
