"""Screens that are left while something is under way."""

from __future__ import annotations

import asyncio
import gc
import weakref

from nhem_tui.tui.screens.dashboard import Dashboard
from tests.tui.opened import open_screen
from tests.tui.scripted import live, make_app, until
from tests.tui.simulated import SimulatedBackend

ASKS = {
    "o": "GET /roi/config",
    "t": "GET /peak-detection/config",
    "c": "GET /config",
    "i": "GET /api/roi/line-intersection/status",
}
"""Keys of screens, and what they ask the server when they are opened."""


async def test_an_answer_that_comes_while_its_screen_goes_harms_nothing() -> None:
    backend = SimulatedBackend()
    app = make_app(live(5), backend=backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.monitor.session.snapshot.state)
        for key, asked in ASKS.items():
            backend.gate.clear()
            backend.asked.clear()
            await pilot.press(key)
            await until(pilot, lambda asked=asked: asked in backend.asked)
            app.screen.dismiss()
            for _ in range(20):  # the widgets go, and nobody has told the worker yet
                await asyncio.sleep(0)
            backend.gate.set()
            await until(pilot, lambda: isinstance(app.screen, Dashboard))
            await pilot.pause()
        assert app.is_running
        assert not app.context.kept.changing


async def test_screens_that_were_left_are_forgotten() -> None:
    app = make_app(live(5), backend=SimulatedBackend())
    async with app.run_test(size=(80, 24)) as pilot:
        left = []
        for key in ("l", "comma", "P", "w"):  # those that ask a server go with its deadlines
            await open_screen(pilot, app, key)
            left.append(weakref.ref(app.screen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, Dashboard))
        await until(pilot, lambda: gc.collect() >= 0 and not any(screen() for screen in left))
