"""Waiting that can be cut short."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def wait_at_most(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event or until the time is over, whichever comes first; None is no limit.

    Not with `asyncio.wait_for`: up to Python 3.11 that forgets that it was cancelled when the event
    came in the same moment, and whoever ends the waiting task then waits for it for ever.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
