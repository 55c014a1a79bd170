"""Why no usable answer came: exceptions of the transport in words that say what to do next."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

from nhem_tui.backend._httpx import httpx
from nhem_tui.backend.errors import LinkError, Refused, TimedOut, Unreachable

_ANOTHER_NAME: Final = {62, 64}
_NOT_NOW: Final = {9, 10}
"""Codes of OpenSSL for a certificate of another host, and for one out of date."""

_WANTS_CLIENT: Final = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE")
_CLIENT_CERTIFICATE: Final = "does it want a client certificate: server.tls_cert?"


def link_error(
    error: Exception, place: str, *, tls: bool, timeout: float, connect_timeout: float
) -> LinkError:
    """Translate an exception of httpx or of the sockets beneath it.

    Args:
        error: what was raised.
        place: host and port, as the user knows the server.
        tls: the server is reached by https.
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
    return Unreachable(_cut_off(error, place, tls=tls))


def _no_connection(error: Exception, place: str) -> LinkError:
    """Say why a connection could not be made, from the causes beneath the exception."""
    causes = list(_causes(error))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Refused(f"nothing listens at {place} - is the backend running?")
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(_untrusted(cause, place))
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or "handshake failed"
            if any(word in reason for word in _WANTS_CLIENT):
                return Unreachable(f"{place} refuses this client - {_CLIENT_CERTIFICATE}")
            return Unreachable(f"no TLS with {place} ({reason}) - should it be http://?")
        if isinstance(cause, socket.gaierror | UnicodeError):
            return Unreachable(f"the host name in {place} is not known - is it spelt right?")
    words = next((c.strerror for c in causes if isinstance(c, OSError) and c.strerror), "")
    because = f" ({words})" if words else ""
    return Unreachable(f"{place} cannot be reached{because} - check network, VPN and SSH tunnel")


def _untrusted(error: ssl.SSLCertVerificationError, place: str) -> str:
    """Say why a certificate is not accepted, and what would help."""
    code = getattr(error, "verify_code", 0)
    if code in _ANOTHER_NAME:
        return (
            f"the certificate of {place} is made out to another name - "
            "write the address with the name that stands in it"
        )
    late = code in _NOT_NOW
    what_helps = "is this machine's clock right?" if late else "give its CA file: server.tls_ca"
    return f"the certificate of {place} is not trusted ({error.verify_message}) - {what_helps}"


def _cut_off(error: Exception, place: str, *, tls: bool) -> str:
    """Say what became of a connection that was made."""
    words = str(error)
    if "without sending complete" in words or "incomplete chunked" in words:
        return f"{place} cut the connection in the middle of its answer"
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in words:
        return f"{place} does not speak HTTP as it should ({words}) - is this the right port?"
    why = (
        _CLIENT_CERTIFICATE
        if tls
        else "if this is an SSH tunnel, does the backend run at its far end?"
    )
    return f"{place} closed the connection without an answer - {why}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and everything that led to it, also from within groups."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _causes(member)
        error = error.__cause__ or error.__context__
