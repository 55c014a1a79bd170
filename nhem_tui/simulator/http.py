"""HTTP/1.1 over asyncio streams: one task a connection, h11 for the protocol."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import h11

from nhem_tui.simulator.exchange import Manner, Reply, Request, pairs

Answerer = Callable[[Request], Awaitable[Reply]]

_IDLE: Final = 5.0  # seconds; uvicorn closes a connection that was silent so long
_CHUNK: Final = 64 * 1024
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class HttpServer:
    """Listens on one port; can stop listening and begin again on the same one.

    Listening begins and ends at once, without a turn of the event loop in between.
    """

    def __init__(self, host: str, port: int, answer: Answerer) -> None:
        """Prepare; port 0 takes a free one when listening begins."""
        self.host = host
        self.port = port
        self._answer = answer
        self._socket: socket.socket | None = None
        self._connections: dict[asyncio.Task[None], socket.socket] = {}

    def listen(self) -> None:
        """Accept connections on the running event loop.

        Raises:
            OSError: the port is in use or the host has no such address.
        """
        if self._socket is not None:
            return
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._socket = socket.create_server((self.host, self.port), family=family, backlog=100)
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        loop.add_reader(self._socket, self._accept)

    def refuse(self) -> None:
        """Stop listening and drop all connections: the next one is refused."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        self.drop_connections()

    def drop_connections(self) -> None:
        """Reset every connection there is."""
        for task, connection in self._connections.items():
            _reset_on_close(connection)
            task.cancel()

    async def close(self) -> None:
        """Stop listening and wait until every connection has ended."""
        self.refuse()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self) -> None:
        if self._socket is None:
            return
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return  # the client was gone again
        connection.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._connections[task] = connection
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        connection = self._connections.pop(task)
        if task.cancelled():  # perhaps before it began, so that nobody else would close it
            connection.close()

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            with contextlib.suppress(ConnectionError, TimeoutError, h11.ProtocolError):
                await _Connection(reader, writer, self._answer).serve()
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()


class _Connection:
    """One connection from its first request to its end."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answerer
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._protocol = h11.Connection(h11.SERVER)

    async def serve(self) -> None:
        """Answer requests until one side closes."""
        while (request := await self._request()) is not None:
            reply = await self._answer(request)
            if reply.delay:
                await asyncio.sleep(reply.delay)
            await self._send(reply, request)
            if reply.manner is not Manner.WHOLE or self._protocol.our_state is h11.MUST_CLOSE:
                return
            self._protocol.start_next_cycle()

    async def _request(self) -> Request | None:
        """Read the next request; None at the end of the connection."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            try:
                event = self._protocol.next_event()
            except h11.RemoteProtocolError:
                await self._write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
                return None
            if event is h11.NEED_DATA:
                if self._protocol.they_are_waiting_for_100_continue:
                    go_on = h11.InformationalResponse(status_code=100, headers=[])
                    await self._write(self._protocol.send(go_on) or b"")
                async with asyncio.timeout(_IDLE):
                    self._protocol.receive_data(await self._reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _read(head, bytes(body))
            else:
                return None

    async def _send(self, reply: Reply, request: Request) -> None:
        if reply.manner is Manner.NEVER:
            await self._reader.read()  # until the client gives up
            return
        if reply.manner is Manner.RESET:
            _reset_on_close(self._writer.get_extra_info("socket"))
            self._writer.transport.abort()
            return
        head = self._protocol.send(
            h11.Response(
                status_code=reply.status,
                reason=HTTPStatus(reply.status).phrase,
                headers=_headers(reply, request),
            )
        )
        whole = self._protocol.send(h11.Data(data=reply.body)) or b""
        end = self._protocol.send(h11.EndOfMessage()) or b""
        if reply.manner is Manner.TRUNCATE:
            await self._write((head or b"") + whole[: len(whole) // 2])
            return
        await self._write((head or b"") + whole[:_CHUNK])
        for start in range(_CHUNK, len(whole), _CHUNK):
            await self._write(whole[start : start + _CHUNK])
        await self._write(end)

    async def _write(self, data: bytes) -> None:
        if data:
            self._writer.write(data)
            await self._writer.drain()


def _headers(reply: Reply, request: Request) -> list[tuple[str, str]]:
    headers = [
        ("date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())),
        ("server", "uvicorn"),
        ("content-length", str(len(reply.body))),
        ("content-type", reply.content_type),
        *reply.headers,
    ]
    if "origin" in request.headers and reply.manner is not Manner.DROP:
        headers.append(("access-control-allow-origin", "*"))  # a crash is sent outside of it
    return headers


def _read(head: h11.Request, body: bytes) -> Request:
    path, _, query = head.target.decode("latin-1").partition("?")
    return Request(
        method=head.method.decode("latin-1").upper(),
        path=unquote(path),
        query=pairs(query),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
        body=body,
    )


def _reset_on_close(connection: socket.socket) -> None:
    """Make the end of a connection a RST instead of a FIN."""
    if connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
