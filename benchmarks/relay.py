"""A TCP relay that makes a loopback connection slow and late: ``tc netem`` for everybody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 2048
RECEIVE_BUFFER = 1 << 14
"""Bytes the relay holds itself: what is more waits where it waits in a network, at the sender."""


class Relay:
    """Hands bytes on at `rate` bytes a second towards the client, `delay`/2 late either way."""

    def __init__(self, target: int, rate: float, delay: float) -> None:
        self._target = target
        self._rate = rate
        self._delay = delay
        self.port = 0

    async def serve(self, ready: threading.Event) -> None:
        """Accept connections until `stop`."""
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0, limit=RECEIVE_BUFFER)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """End, from another thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target, limit=RECEIVE_BUFFER)
        back.transport.get_extra_info("socket").setsockopt(1, 8, RECEIVE_BUFFER)  # SO_RCVBUF
        # The relay ends before its connections, or an end of it is killed.
        with suppress(asyncio.CancelledError, ConnectionError):
            await asyncio.gather(
                self._pass(reader, back, float("inf")), self._pass(there, writer, self._rate)
            )

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, rate: float
    ) -> None:
        loop, free_at = asyncio.get_running_loop(), 0.0
        while data := await source.read(CHUNK):
            free_at = max(free_at, loop.time()) + len(data) / rate
            await asyncio.sleep(free_at - loop.time())
            loop.call_later(self._delay / 2, target.write, data)
        await asyncio.sleep(self._delay / 2)
        target.close()


@contextmanager
def relay(target: int, *, rate: float, delay: float) -> Iterator[int]:
    """Run a relay to a local port in a thread; its own port."""
    made, ready = Relay(target, rate, delay), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(made.serve(ready)), daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield made.port
    finally:
        made.stop()
        thread.join(5)
