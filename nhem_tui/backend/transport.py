"""Requests over one pool of connections, each with a deadline and a limit on the reply.

`httpx.AsyncHTTPTransport` is driven directly and requests that repeat are built once: polling
runs 20 times a second, and `httpx.AsyncClient` costs half as much CPU again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Final

from nhem_tui.backend._httpx import httpx
from nhem_tui.backend.errors import BackendError, BadData, InvalidValue
from nhem_tui.backend.link_faults import link_error
from nhem_tui.backend.way import Way
from nhem_tui.backend.wire import Call, RawReply

BODY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of a reply that are read at most."""

_KEEP_ALIVE: Final = 4.0  # seconds; uvicorn closes an idle connection after 5
_DIED: Final = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class Transport:
    """The way to one server.

    Polls share kept-alive connections. The server drops those without a word after an internal
    error (contract section 2), so what must not be sent twice travels on a connection of its own,
    and what may is repeated once on such a connection.
    """

    def __init__(self, way: Way, inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Prepare; nothing is sent yet. `inner` replaces the network, for tests."""
        self._way = way
        self._headers = httpx.Headers(way.headers)
        self._kept = inner or _network(way.context, keep=4)
        self._single = inner or _network(way.context, keep=0)
        self._cached = lru_cache(maxsize=256)(self._build)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._single.aclose()

    async def send(self, call: Call, patience: float) -> RawReply:
        """Send a request and read the reply to its end, within `patience` seconds.

        Raises:
            LinkError: no usable answer came.
            BadData: the reply is too large or compressed.
            InvalidValue: the host name is impossible, or the query longer than a URL may be.
        """
        failure: BackendError
        try:
            async with asyncio.timeout(patience):
                response = await self._response(call, patience)
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
                self._way.address.place,
                tls=self._way.address.tls,
                timeout=patience,
                connect_timeout=min(patience, self._way.connect_timeout),
            )
        raise failure  # outside the handlers, whose exceptions hold the request

    async def _response(self, call: Call, patience: float) -> httpx.Response:
        """Send, and once more if a kept-alive connection died and the call may be repeated."""
        if not call.repeatable:
            return await self._single.handle_async_request(self._build(call, patience))
        request = self._cached(call, patience)
        _connected.set(False)
        try:
            return await self._kept.handle_async_request(request)
        except _DIED:
            if _connected.get():
                raise
        return await self._single.handle_async_request(request)

    def _build(self, call: Call, patience: float) -> httpx.Request:
        """Make the request; costs more than sending it, hence the cache for those that repeat."""
        url = f"{self._way.address.url}{call.path}"
        headers = self._headers
        if call.content_type:
            headers = headers.copy()
            headers["Content-Type"] = call.content_type
        timeouts = {
            "connect": min(patience, self._way.connect_timeout),
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
    if headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
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


def _network(context: ssl.SSLContext, *, keep: int) -> httpx.AsyncHTTPTransport:
    """Return a pool that keeps up to `keep` idle connections; proxies are not used."""
    limits = httpx.Limits(
        max_connections=8, max_keepalive_connections=keep, keepalive_expiry=_KEEP_ALIVE
    )
    return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)
