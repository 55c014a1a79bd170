"""Requests over one pool of connections, each with a deadline and a limit on the reply.

`httpx.AsyncHTTPTransport` is driven directly and requests that repeat are built once: polling
runs 20 times a second, and `httpx.AsyncClient` costs half as much CPU again.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from nhem_tui import __version__
from nhem_tui.backend._httpx import httpx
from nhem_tui.backend.errors import BackendError, BadData, InvalidValue
from nhem_tui.backend.link_faults import link_error
from nhem_tui.backend.wire import Call, RawReply
from nhem_tui.notation.address import Address

BODY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of a reply that are read at most."""

_KEEP_ALIVE: Final = 4.0  # seconds; uvicorn closes an idle connection after 5
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_DIED: Final = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How to trust an https server and how to be trusted by it.

    Attributes:
        ca_file: PEM file of the authorities to trust instead of the system's.
        cert_file: PEM file of the client's certificate.
        key_file: PEM file of its key, if not in `cert_file`.
        verify: check the server's certificate at all.
    """

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify: bool = True


class Transport:
    """The way to one server.

    Polls share kept-alive connections. The server drops those without a word after an internal
    error (contract section 2), so what must not be sent twice travels on a connection of its own,
    and what may is repeated once on such a connection.
    """

    def __init__(
        self,
        address: Address,
        *,
        timeout: float,
        connect_timeout: float,
        tls: TlsOptions | None = None,
        headers: Mapping[str, str] | None = None,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare the way; nothing is sent yet.

        Args:
            address: of the server.
            timeout: seconds for a whole exchange.
            connect_timeout: seconds of them for the connection.
            tls: for https only.
            headers: sent with every request.
            inner: replaces the network, for tests.

        Raises:
            InvalidValue: a header cannot be sent, or a TLS file not be read.
        """
        self._address = address
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._headers = _headers(address, headers or {})
        if inner is not None:
            self._kept = self._single = inner
        else:
            context = _tls_context(address, tls or TlsOptions())
            self._kept = _network(context, keep=4)
            self._single = _network(context, keep=0)
        self._cached = lru_cache(maxsize=256)(self._build)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._single.aclose()

    def use_timeout(self, timeout: float) -> None:
        """Give exchanges so many seconds from now on."""
        self._timeout = timeout
        self._cached.cache_clear()

    async def send(self, call: Call) -> RawReply:
        """Send a request and read the reply to its end.

        Raises:
            LinkError: no usable answer came.
            BadData: the reply is too large or compressed.
            InvalidValue: the host name is impossible, or the query longer than a URL may be.
        """
        timeout = call.timeout or self._timeout
        failure: BackendError
        try:
            async with asyncio.timeout(timeout):
                response = await self._response(call)
                try:
                    body = await _read_body(response)
                finally:
                    await response.aclose()
                return RawReply(response.status_code, response.headers, body)
        except BackendError as error:
            failure = error
        except httpx.InvalidURL as error:
            failure = InvalidValue(f"the request has no valid address ({error})")
        except (httpx.TransportError, OSError, UnicodeError) as error:
            failure = link_error(
                error,
                self._address.place,
                tls=self._address.tls,
                timeout=timeout,
                connect_timeout=min(timeout, self._connect_timeout),
            )
        raise failure  # outside the handlers, whose exceptions hold the request

    async def _response(self, call: Call) -> httpx.Response:
        """Send, and once more if a kept-alive connection died and the call may be repeated."""
        if not call.repeatable:
            return await self._single.handle_async_request(self._build(call))
        request = self._cached(call)
        _connected.set(False)
        try:
            return await self._kept.handle_async_request(request)
        except _DIED:
            if _connected.get():
                raise
        return await self._single.handle_async_request(request)

    def _build(self, call: Call) -> httpx.Request:
        """Make the request; costs more than sending it, hence the cache for those that repeat."""
        url = f"{self._address.url}{call.path}"
        headers = self._headers
        if call.content_type:
            headers = headers.copy()
            headers["Content-Type"] = call.content_type
        patience = call.timeout or self._timeout
        timeouts = {
            "connect": min(patience, self._connect_timeout),
            "read": patience,
            "write": patience,
            "pool": patience,
        }
        return httpx.Request(
            call.method,
            f"{url}?{call.query}" if call.query else url,
            headers=headers,
            content=call.body or None,
            extensions={"timeout": timeouts, "trace": _note_connection},
        )


_connected: ContextVar[bool] = ContextVar("connected", default=False)
"""The request of this task opened a connection of its own."""


async def _note_connection(event: str, info: Mapping[str, object]) -> None:
    """Trace hook of httpcore: tells a fresh connection from a kept-alive one."""
    if event == "connection.connect_tcp.started":
        _connected.set(True)


async def _read_body(response: httpx.Response) -> bytes:
    """Read the reply up to `BODY_LIMIT` bytes.

    Raises:
        BadData: there is more, or it is compressed although that was not asked for.
    """
    headers = response.headers
    if headers.get("content-encoding", "identity") != "identity":
        raise BadData("a compressed reply that was not asked for - is a proxy in between?")
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BODY_LIMIT:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > BODY_LIMIT:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> BadData:
    return BadData(
        f"a reply of more than {BODY_LIMIT >> 20} MB, not an NHEM reply - "
        "is this the address of an NHEM server?"
    )


def _headers(address: Address, extra: Mapping[str, str]) -> httpx.Headers:
    """Return what is sent with every request.

    Raises:
        InvalidValue: a header of the user's holds what no header can.
    """
    headers = httpx.Headers(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"nhem-tui/{__version__}",
        }
    )
    if address.authorization:
        headers["Authorization"] = address.authorization
    for name, value in extra.items():
        if not _HEADER_NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise InvalidValue(f"the header {name!r} cannot be sent: only plain ASCII is possible")
        headers[name] = value
    return headers


def _network(context: ssl.SSLContext, *, keep: int) -> httpx.AsyncHTTPTransport:
    """Return a pool that keeps up to `keep` idle connections; proxies are not used."""
    limits = httpx.Limits(
        max_connections=8, max_keepalive_connections=keep, keepalive_expiry=_KEEP_ALIVE
    )
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)


def _tls_context(address: Address, options: TlsOptions) -> ssl.SSLContext:
    """Return the TLS settings; for http an empty one, since loading authorities takes 20 ms.

    Raises:
        InvalidValue: a file cannot be read or is no PEM file.
    """
    if not address.tls:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in filter(None, (options.ca_file, options.cert_file, options.key_file)):
        _check_readable(file)
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
    except ssl.SSLError:
        raise InvalidValue(f"the TLS file {options.ca_file} holds no certificate (PEM)") from None
    if options.cert_file is not None:
        try:
            context.load_cert_chain(options.cert_file, options.key_file)
        except ssl.SSLError:
            files = " and ".join(filter(None, (options.cert_file, options.key_file)))
            text = f"the TLS file {files} holds no certificate with its key (PEM)"
            raise InvalidValue(text) from None
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _check_readable(file: str) -> None:
    """Find out what ssl says without the name of the file.

    Raises:
        InvalidValue: it cannot be read.
    """
    try:
        Path(file).open("rb").close()
    except OSError as error:
        raise InvalidValue(f"the TLS file {file} cannot be read: {error.strerror}") from None
