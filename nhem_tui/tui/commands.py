"""Commands to the server and their outcome in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.settling import Order, carry_out


class Outcome(Struct, frozen=True):
    """What ``/status`` said after a command.

    Attributes:
        expected: the state is the one that was asked for.
        text: one line for the user.
    """

    expected: bool
    text: str


_DONE: Final[Mapping[Order, str]] = {
    "start": "Detection is running",
    "resume": "Detection goes on",
    "stop": "Detection is stopped",
    "pause": "Detection is paused",
}


async def control(client: BackendClient, order: Order) -> Outcome:
    """Send a command and wait until ``/status`` confirms it.

    Raises:
        BackendError: the command or the reading back failed.
    """
    outcome = await carry_out(client, order)
    if outcome.expected:
        return Outcome(True, f"{_DONE[order]} (read back from the server)")
    return Outcome(
        False,
        f"The server took the command ({order}) but still says {outcome.status.state}; "
        "if its screen capture hangs, try again in a few seconds",
    )
