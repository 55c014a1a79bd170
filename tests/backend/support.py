"""Servers and replies that the tests of the client share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from nhem_tui.backend.caller import Observer
from nhem_tui.backend.client import BackendClient

RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"
PASSWORD = "s3cret-pass"

STATUS = {
    "status": "running",
    "frame_count": 7,
    "current_value": 1.5,
    "peak_signal": None,
    "buffer_size": 7,
    "baseline": 1.0,
    "timestamp": "2026-11-23T05:34:36.413775",
}


def recording(name: str) -> dict[str, Any]:
    """Return request, status and body of a real reply."""
    loaded: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return loaded


def recorded(name: str) -> dict[str, Any]:
    """Return the body of a real reply."""
    body: dict[str, Any] = recording(name)["body"]
    return body


class Desk:
    """Answers every request alike and keeps what came."""

    def __init__(
        self,
        body: object = None,
        status: int = 200,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.requests: list[httpx.Request] = []
        self._content = json.dumps(body).encode() if content is None else content
        self._status = status
        self._headers = {"Content-Type": "application/json", **(headers or {})}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self._status, content=self._content, headers=self._headers)

    def client(
        self,
        url: str = "http://lab3:8421",
        password: str | Callable[[], str] = PASSWORD,
        *,
        read_only: bool = False,
        headers: Mapping[str, str] | None = None,
        observe: Observer | None = None,
    ) -> BackendClient:
        """Return a client whose only server this is."""
        return BackendClient(
            url,
            password,
            read_only=read_only,
            headers=headers,
            observe=observe,
            transport=httpx.MockTransport(self),
        )


class Peer:
    """The server's end of one connection."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.number = number
        self._reader = reader
        self._writer = writer

    async def request(self) -> str:
        """Read one request and return its first line without the protocol."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        for line in head.lower().splitlines():
            if line.startswith("content-length:"):
                await self._reader.readexactly(int(line.partition(":")[2]))
        return head.split("\r\n", 1)[0].removesuffix(" HTTP/1.1")

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self, body: object, status: int = 200) -> None:
        """Send a JSON reply and leave the connection open."""
        content = json.dumps(body).encode()
        await self.send(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )

    async def closed(self) -> None:
        """Wait until the client is gone."""
        with contextlib.suppress(ConnectionError):
            await self._reader.read()

    def reset(self) -> None:
        """Cut the connection with RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()


Handler = Callable[[Peer], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve on a free port of the loopback; `handler` runs once a connection, then it closes."""
    tasks: set[asyncio.Task[Any]] = set()
    count = 0

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        ended = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*ended):
            await handler(Peer(count, reader, writer))
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def free_port() -> int:
    """Return a port of the loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
