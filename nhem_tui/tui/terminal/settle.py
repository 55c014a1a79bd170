"""When a key has had its effect, and the next one may be looked at.

What is typed ahead comes in one piece over a slow line: the letters of a file name after ``e`` are
for the question that ``e`` opens, and not for the dashboard, where they would steer the server.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

from textual.app import App, ScreenStackError
from textual.worker import Worker

PATIENCE: Final = 1.0
"""Seconds after which the next key is looked at anyway."""

QUESTION: Final = "question"
"""Group of the workers that open a box and wait for the answer."""

GLANCE: Final = 0.005
"""Seconds between two looks at whether the box is there."""


class Settling:
    """Waits for the effects of keys, one after the other."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waited: WeakSet[Worker[Any]] = WeakSet()

    async def wait(self) -> None:
        """Return once every part on the way of a key has dealt with it, and nothing opens."""
        with suppress(TimeoutError, ScreenStackError):
            async with asyncio.timeout(PATIENCE):
                await self._pass()
                while self._asking():  # noqa: ASYNC110 - a screen or the end of a worker ends it
                    await asyncio.sleep(GLANCE)
                await self._pass()
        self._waited.update(self._app.workers)  # one that took too long is waited for once

    async def _pass(self) -> None:
        """Go the way of a key until it leads nowhere else."""
        app, before = self._app, None
        while before != (place := (app.screen, app.focused)):
            before = place
            for part in (app, *(app.focused or app.screen).ancestors_with_self):
                passed = asyncio.Event()
                if part.call_later(passed.set):
                    await passed.wait()

    def _asking(self) -> bool:
        """A question of the screen has begun and is not to be seen yet."""
        return any(
            worker.group == QUESTION
            and worker.node is self._app.screen
            and not worker.is_finished
            and worker not in self._waited
            for worker in self._app.workers
        )
