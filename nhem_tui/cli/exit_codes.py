"""What a command's exit code says, the same for every command.

One rule decides: whose turn is it now?

* 1: the server's, or this machine's. The request arrived and was not done, or did not lead to what
  it was for; a file could not be written though nothing was wrong with its name; this program
  failed.
* 2: the user's, before anything is done. What was typed or configured cannot be used: an unknown
  option, a value out of range, an input that is missing, an output that is in the way, a password
  that cannot be had.
* 3: the network's. No server answered, or a proxy said so for it (502, 503, 504): the same command
  may succeed later.
* 4: the user's, after the server refused the password.
* 5: whoever runs the server: it answers, but not as its interface promises; or a recording that is
  damaged.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from nhem_tui.backend.errors import BackendError, FaultKind, InvalidValue, LinkError


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    UNAUTHORISED = 4
    BAD_DATA = 5
    INTERRUPTED = 130


_OF_FAULT = {
    FaultKind.REFUSED: ExitCode.UNREACHABLE,
    FaultKind.UNREACHABLE: ExitCode.UNREACHABLE,
    FaultKind.TIMED_OUT: ExitCode.UNREACHABLE,
    FaultKind.SERVER_FAULT: ExitCode.REFUSED,
    FaultKind.BAD_DATA: ExitCode.BAD_DATA,
    FaultKind.UNAUTHORISED: ExitCode.UNAUTHORISED,
    FaultKind.REJECTED: ExitCode.REFUSED,
    FaultKind.READ_ONLY: ExitCode.REFUSED,
}

_GATEWAY_FAULTS: Final = {502, 503, 504}
"""A proxy's words for a server that may be back in a moment; its own 500 says no for good."""


def of_fault(kind: FaultKind) -> ExitCode:
    """Return the exit code for a state of the link or a refusal."""
    return _OF_FAULT[kind]


def of_error(error: BackendError) -> ExitCode:
    """Return the exit code a failed request ends the command with."""
    if isinstance(error, InvalidValue) and error.status is None:
        return ExitCode.USAGE  # found wrong here, nothing was sent
    return ExitCode.UNREACHABLE if may_pass(error) else of_fault(error.kind)


def may_pass(error: BackendError) -> bool:
    """Tell whether the same request may succeed in a moment."""
    return isinstance(error, LinkError) or error.status in _GATEWAY_FAULTS
