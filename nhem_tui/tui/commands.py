"""Commands to the server: send, then read the state back; the outcome is never assumed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from nhem_tui.backend.client import BackendClient

SETTLE: Final = 2.5
"""Seconds to wait for the state asked for: a stop may take 2 s (contract section 4)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `/status` said after a command.

    Attributes:
        state: the state read back.
        expected: it is the one that was asked for.
        text: one line for the user.
    """

    state: str
    expected: bool
    text: str


_ASKED: dict[str, tuple[str, str]] = {
    "start": ("running", "Detection is running"),
    "resume": ("running", "Detection goes on"),
    "stop": ("stopped", "Detection is stopped"),
    "pause": ("stopped", "Detection is paused"),
}


async def control(client: BackendClient, command: str) -> Outcome:
    """Send start, stop, pause or resume and wait until `/status` confirms it.

    The server reports success for stop, pause and resume also when nothing changes, and for a
    start that it ignored (contract section 4), so only the state counts.

    Raises:
        BackendError: the command or the reading back failed.
    """
    wanted, words = _ASKED[command]
    await getattr(client, command)()
    deadline = asyncio.get_running_loop().time() + SETTLE
    while True:
        status = await client.status()
        if status.state == wanted:
            return Outcome(status.state, True, f"{words} (read back from the server)")
        if asyncio.get_running_loop().time() >= deadline:
            return Outcome(
                status.state,
                False,
                f"The server took the command ({command}) but still says {status.state}; "
                "if its screen capture hangs, try again in a few seconds",
            )
        await asyncio.sleep(0.1)
