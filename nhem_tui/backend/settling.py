"""Commands to the server and what comes of them: the state is read back, never assumed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.types import Status

Order = Literal["start", "stop", "pause", "resume"]

AFTERWARDS: Final[Mapping[Order, str]] = MappingProxyType(
    {"start": "running", "resume": "running", "stop": "stopped", "pause": "stopped"}
)
"""What ``/status`` says then; a paused server calls itself stopped (contract section 4)."""

SETTLE: Final = 2.5
"""Seconds to wait for that: a stop may take 2 s (contract section 4)."""

LOOK: Final = 0.1
"""Seconds between looks."""


class Outcome(Struct, frozen=True):
    """What ``/status`` said last after a command.

    Attributes:
        expected: the state is the one that was asked for.
    """

    status: Status
    expected: bool


async def carry_out(client: BackendClient, order: Order) -> Outcome:
    """Send a command and wait until ``/status`` confirms it, `SETTLE` seconds at most.

    The server reports success for stop, pause and resume also when nothing changes, and for a
    start that it ignored (contract section 4), so only the state counts.

    Raises:
        BackendError: the command or the reading back failed.
    """
    send = {
        "start": client.start,
        "stop": client.stop,
        "pause": client.pause,
        "resume": client.resume,
    }[order]
    await send()
    deadline = asyncio.get_running_loop().time() + SETTLE
    while True:
        status = await client.status(lenient=True)
        expected = status.state == AFTERWARDS[order]
        if expected or asyncio.get_running_loop().time() >= deadline:
            return Outcome(status, expected)
        await asyncio.sleep(LOOK)
