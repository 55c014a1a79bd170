"""Why no usable answer came: exceptions of the transport in words that say what to do next."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from nhem_tui.backend._httpx import httpx
from nhem_tui.backend.errors import LinkError, Refused, TimedOut, Unreachable


def link_error(
    error: Exception, place: str, *, timeout: float, connect_timeout: float
) -> LinkError:
    """Translate an exception of httpx or of the sockets beneath it.

    Args:
        error: what was raised.
        place: host and port, as the user knows the server.
        timeout: seconds that were allowed for the answer.
        connect_timeout: seconds that were allowed for the connection.
    """
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(
            f"no connection to {place} within {connect_timeout:g} s - is the host up, "
            "is a firewall in between?"
        )
    if isinstance(error, httpx.PoolTimeout):
        return TimedOut(f"{place} is slow: too many requests are waiting for it already")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return TimedOut(f"{place} did not answer within {timeout:g} s - it may be busy, or hang")
    if isinstance(error, httpx.ConnectError | UnicodeError):
        return _no_connection(error, place)
    return Unreachable(_cut_off(error, place))


def _no_connection(error: Exception, place: str) -> LinkError:
    """Say why a connection could not be made, from the causes beneath the exception."""
    causes = list(_causes(error))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Refused(f"nothing listens at {place} - is the backend running?")
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(
                f"the certificate of {place} is not trusted ({cause.verify_message}) - "
                "give its CA file"
            )
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or "handshake failed"
            return Unreachable(f"no TLS with {place} ({reason}) - should it be http://?")
        if isinstance(cause, socket.gaierror | UnicodeError):
            return Unreachable(f"the host name in {place} is not known - is it spelt right?")
    words = next((c.strerror for c in causes if isinstance(c, OSError) and c.strerror), "")
    because = f" ({words})" if words else ""
    return Unreachable(f"{place} cannot be reached{because} - check network, VPN and SSH tunnel")


def _cut_off(error: Exception, place: str) -> str:
    """Say what became of a connection that was made."""
    words = str(error)
    if "without sending complete" in words or "incomplete chunked" in words:
        return f"{place} cut the connection in the middle of its answer"
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in words:
        return f"{place} does not speak HTTP as it should ({words}) - is this the right port?"
    return (
        f"{place} closed the connection without an answer - if this is an SSH tunnel, "
        "does the backend run at its far end?"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and everything that led to it, also from within groups."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _causes(member)
        error = error.__cause__ or error.__context__
