"""Addresses that lead nowhere, or not yet."""

from __future__ import annotations

import asyncio
import contextlib
import math
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream import poller
from nhem_tui.stream.poller import LiveSource
from tests.faults.matrix import FAULTS, MACHINE
from tests.faults.test_server import screen
from tests.stream.live import Listener

TLS = Path(__file__).parent.parent / "data" / "tls" / "server.pem"


async def seen(url: str, words: str) -> list[ev.Event]:
    """Watch an address until the screen says so."""
    return await watched(url, lambda told: words in screen(told))


async def watched(url: str, done: Callable[[list[ev.Event]], bool]) -> list[ev.Event]:
    """Watch an address until enough was told."""
    async with BackendClient(url, "", timeout=1.0) as client:
        listener = Listener(LiveSource(client, interval=0.01, status_interval=0.02))
        reading = asyncio.create_task(listener.read())
        try:
            await listener.until(lambda: done(listener.events))
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        return listener.events


async def test_an_address_that_leads_nowhere() -> None:
    told = await seen("http://no-such-host.invalid:8421", "is not known")
    assert "○ NO CONNECTION" in screen(told)
    assert "unreachable" in screen(told)


async def test_a_certificate_that_is_not_trusted() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS)

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert "unreachable" in screen(await seen(f"https://127.0.0.1:{port}", "is not trusted"))


async def test_a_server_on_ipv6() -> None:
    try:
        simulator = Simulator(SimulatorOptions(host="::1", port=0, running=True))
        await simulator.__aenter__()
    except OSError:
        pytest.skip("this machine has no IPv6")
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_exit(simulator)
        port = simulator.url.rpartition(":")[2]
        told = await seen(f"http://[::1]:{port}", "● RUNNING")
        assert any(isinstance(event, ev.Connected) for event in told)


async def test_refused_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried all the time, never pressed, told in one line; and there again at once."""
    delays: list[float] = []
    simulator: list[Simulator] = []

    async def no_waiting(event: asyncio.Event, seconds: float) -> bool:
        delays.append(seconds)
        if sum(delays) > 3600 and not simulator:
            simulator.append(Simulator(SimulatorOptions(port=port, running=True)))
            await simulator[0].__aenter__()
        await asyncio.sleep(0)
        return False

    async with Simulator(SimulatorOptions(port=0)) as gone:
        port = int(gone.url.rpartition(":")[2])
    monkeypatch.setattr(poller, "wait_at_most", no_waiting)
    told = await watched(
        f"http://127.0.0.1:{port}", lambda told: isinstance(told[-1:] and told[-1], ev.StatusSeen)
    )
    await simulator[0].__aexit__(None, None, None)
    tries = [event for event in told if isinstance(event, ev.Retrying)]
    assert 360 <= len(tries) <= 3600
    assert max(delays[: len(tries)]) <= 10.0
    text = screen(told)
    assert "● RUNNING" in text
    assert text.count("No connection yet") + text.count("Connection lost") == 1
    assert math.isfinite(tries[-1].delay)


@pytest.mark.parametrize("row", MACHINE, ids=lambda row: row.name)
def test_every_row_of_the_table_names_a_test(row: object) -> None:
    file, _, function = row.test.partition("::")  # type: ignore[attr-defined]
    text = (Path(__file__).parents[2] / file).read_text()
    assert f"def {function}(" in text


def test_no_row_is_told_twice() -> None:
    names = [row.name for row in (*FAULTS, *MACHINE)]
    assert len(names) == len(set(names))
