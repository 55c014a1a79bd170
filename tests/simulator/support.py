"""A clock that is set by hand, and a client that shows replies and connections as they are."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import h11

from nhem_tui.simulator.server import Simulator, SimulatorOptions

PASSWORD = "31415"
NOON = 1_790_000_000_000_000
"""Where the clock begins, microseconds since 1970."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has become true.

    Raises:
        TimeoutError: it has not within 5 s.
    """
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - conditions of the simulator set no event
            await asyncio.sleep(0.005)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += round(seconds * 1e6)


@dataclass(frozen=True)
class Response:
    """A reply as it came."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


class Talker:
    """One connection, opened anew only when asked to."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._protocol = h11.Connection(h11.CLIENT)

    async def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        return await self.ask("GET", target, headers=headers)

    async def post(self, target: str, **form: object) -> Response:
        return await self.ask(
            "POST",
            target,
            urlencode(form).encode(),
            {"content-type": "application/x-www-form-urlencoded"},
        )

    async def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request over the open connection.

        Raises:
            ConnectionError: the server closed it.
        """
        if self._protocol.our_state is h11.DONE:
            self._protocol.start_next_cycle()
        fields = {"host": "x", "content-length": str(len(body)), **(headers or {})}
        request = h11.Request(method=method, target=target, headers=list(fields.items()))
        for part in (request, h11.Data(data=body), h11.EndOfMessage()):
            self._writer.write(self._protocol.send(part) or b"")
        await self._writer.drain()
        status, content = 0, b""
        received: dict[str, str] = {}
        while True:
            event = self._protocol.next_event()
            if event is h11.NEED_DATA:
                data = await self._reader.read(65536)
                if not data and self._protocol.their_state is h11.SEND_RESPONSE:
                    raise ConnectionAbortedError("closed without a reply")
                self._protocol.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
                received = {k.decode(): v.decode() for k, v in event.headers}
            elif isinstance(event, h11.Data):
                content += event.data
            else:
                return Response(status, received, content)

    async def ended(self) -> bool:
        """Wait for more bytes; tell whether the server closed the connection instead."""
        try:
            return await self._reader.read(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self._writer.close()


@dataclass(frozen=True)
class Bench:
    """A simulator, its clock and a connection to it."""

    simulator: Simulator
    clock: Clock
    talker: Talker

    async def get(self, target: str) -> dict[str, Any]:
        """Return the body of a reply that must be a success."""
        response = await self.talker.get(target)
        assert response.status == 200, response
        return response.body

    async def post(self, target: str, **form: object) -> dict[str, Any]:
        """Likewise for a form; the password is added."""
        response = await self.talker.post(target, **form, password=PASSWORD)
        assert response.status == 200, response
        return response.body

    async def control(self, command: str) -> dict[str, Any]:
        return await self.post("/control", command=command)


@contextlib.asynccontextmanager
async def bench(
    *, running: bool = False, roi_configured: bool = True, faults: tuple[str, ...] = ()
) -> AsyncIterator[Bench]:
    """Run a simulator whose frames follow the hand-set clock."""
    clock = Clock()
    options = SimulatorOptions(
        port=0,
        running=running,
        roi_configured=roi_configured,
        faults=faults,
        line_detection_seconds=0.0,
    )
    async with Simulator(options, clock=clock) as simulator:
        talker = Talker(simulator.port)
        await talker.open()
        yield Bench(simulator, clock, talker)
        talker.close()
