"""Commands to the server and their outcome in words."""

from __future__ import annotations

from typing import Final, cast

from msgspec import Struct

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.settling import Order, carry_out


class Outcome(Struct, frozen=True):
    """What `/status` said after a command.

    Attributes:
        state: the state read back.
        expected: it is the one that was asked for.
        text: one line for the user.
    """

    state: str
    expected: bool
    text: str


_DONE: Final = {
    "start": "Detection is running",
    "resume": "Detection goes on",
    "stop": "Detection is stopped",
    "pause": "Detection is paused",
}


async def control(client: BackendClient, command: str) -> Outcome:
    """Send start, stop, pause or resume and wait until `/status` confirms it.

    Raises:
        BackendError: the command or the reading back failed.
    """
    outcome = await carry_out(client, cast(Order, command))
    state = outcome.status.state
    if outcome.expected:
        return Outcome(state, True, f"{_DONE[command]} (read back from the server)")
    return Outcome(
        state,
        False,
        f"The server took the command ({command}) but still says {state}; "
        "if its screen capture hangs, try again in a few seconds",
    )
