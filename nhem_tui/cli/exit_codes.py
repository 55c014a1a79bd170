"""What a command's exit code says, the same for every command."""

from __future__ import annotations

from enum import IntEnum

from nhem_tui.backend.errors import BackendError, FaultKind, InvalidValue


class ExitCode(IntEnum):
    """How a command ended.

    A server that fails (5xx) counts as one that refused: the request arrived and was not done,
    and the server's own text says why. Files of this machine that cannot be read or written
    are refusals too.
    """

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


def of_fault(kind: FaultKind) -> ExitCode:
    """Return the exit code for a state of the link or a refusal."""
    return _OF_FAULT[kind]


def of_error(error: BackendError) -> ExitCode:
    """Return the exit code a failed request ends the command with."""
    if isinstance(error, InvalidValue) and error.status is None:
        return ExitCode.USAGE  # found wrong here, nothing was sent
    return of_fault(error.kind)
