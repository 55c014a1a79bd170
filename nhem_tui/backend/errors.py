"""Everything that can go wrong between this program and an NHEM server, as one hierarchy.

The classes separate what a user must do differently: check that the server runs (`Refused`),
the network (`Unreachable`), wait (`TimedOut`), look at the server's log (`ServerFault`), check
the address (`BadData`), or correct the request (`Rejected` and its kinds).
"""

from __future__ import annotations

from enum import StrEnum


class FaultKind(StrEnum):
    """One word a state on screen; the value is the word that is shown."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    SERVER_FAULT = "server fault"
    BAD_DATA = "bad data"
    UNAUTHORISED = "password refused"
    REJECTED = "rejected"
    READ_ONLY = "read-only"


class BackendError(Exception):
    """A request that did not bring what was asked for.

    Attributes:
        kind: the state this error puts the client into.
        text: what happened, in one line, free of control characters and of the password.
        status: HTTP status, or None where no reply came.
        code: the server's `error_code` if it sent one; for display, never to switch on alone.
        endpoint: method and path, e.g. ``GET /status``, without query.
    """

    kind: FaultKind = FaultKind.SERVER_FAULT

    def __init__(
        self, text: str, *, status: int | None = None, code: str = "", endpoint: str = ""
    ) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.code = code
        self.endpoint = endpoint


class LinkError(BackendError):
    """No usable answer came: the link to the server is down."""


class Refused(LinkError):
    """Nothing listens at that address and port."""

    kind = FaultKind.REFUSED


class Unreachable(LinkError):
    """The host cannot be reached: DNS, routing, TLS, or a connection cut in the middle."""

    kind = FaultKind.UNREACHABLE


class TimedOut(LinkError):
    """The server took the connection and did not answer in time."""

    kind = FaultKind.TIMED_OUT


class ServerFault(BackendError):
    """The server answered 5xx. Endpoints 3-5 do so whenever detection is not running."""

    kind = FaultKind.SERVER_FAULT


class BadData(BackendError):
    """An answer that the contract does not know: not JSON, too large, a redirect."""

    kind = FaultKind.BAD_DATA


class Rejected(BackendError):
    """The server understood and said no (4xx, or 200 with ``success: false``)."""

    kind = FaultKind.REJECTED


class Unauthorised(Rejected):
    """The password was refused (401)."""

    kind = FaultKind.UNAUTHORISED


class NoData(Rejected):
    """404 of an endpoint that exists: the server holds no data yet."""


class RouteMissing(Rejected):
    """404 or 405 of the router itself: this server does not have the endpoint."""


class InvalidValue(Rejected):
    """A value was refused, by the server (400, 422) or by this client before sending."""


class ReadOnly(Rejected):
    """A write was asked of a client opened read-only; nothing was sent."""

    kind = FaultKind.READ_ONLY
