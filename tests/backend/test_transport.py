"""The network at its worst, with real sockets."""

from __future__ import annotations

import asyncio
import gzip
import ssl

import httpx
import pytest

from nhem_tui.backend.client import BackendClient, TlsOptions
from nhem_tui.backend.errors import (
    BadData,
    InvalidValue,
    Refused,
    ServerFault,
    TimedOut,
    Unreachable,
)
from nhem_tui.backend.transport import BODY_LIMIT

from .support import PASSWORD, STATUS, Desk, Peer, free_port, recorded, serving


def connect(url: str, timeout: float = 5.0) -> BackendClient:
    return BackendClient(url, PASSWORD, timeout=timeout)


async def test_connections_are_kept_alive_between_gets() -> None:
    connections = []

    async def handler(peer: Peer) -> None:
        connections.append(peer.number)
        while True:
            await peer.request()
            await peer.reply(STATUS)

    async with serving(handler) as url, connect(url) as client:
        for _ in range(3):
            await client.status()
    assert connections == [1]


async def test_get_survives_a_connection_that_died_after_a_500() -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        if peer.number == 1:
            seen.append(await peer.request())
            await peer.reply(recorded("paused-realtime-500"), status=500)
            seen.append(await peer.request())
        else:
            seen.append(await peer.request())
            await peer.reply(STATUS)
            await peer.closed()

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(ServerFault):
            await client.dual_realtime()
        assert (await client.status()).frame_count == 7
    assert seen == ["GET /data/dual-realtime?count=1", "GET /status", "GET /status"]


async def test_get_survives_a_kept_connection_that_is_reset() -> None:
    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.reply(STATUS)
        await peer.request()
        if peer.number == 1:
            peer.reset()

    async with serving(handler) as url, connect(url) as client:
        await client.status()
        assert (await client.status()).frame_count == 7


async def test_get_is_repeated_only_once() -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        seen.append(await peer.request())
        if peer.number == 1:
            await peer.reply(STATUS)
            seen.append(await peer.request())

    async with serving(handler) as url, connect(url) as client:
        await client.status()
        with pytest.raises(Unreachable, match="closed the connection without an answer"):
            await client.status()
    assert len(seen) == 3  # one that was answered, one that was not, its repetition


async def test_get_is_not_repeated_when_its_connection_was_fresh() -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        seen.append(await peer.request())

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(Unreachable):
            await client.status()
    assert seen == ["GET /status"]


async def test_post_never_rides_on_a_kept_connection_and_is_never_repeated() -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        seen.append((peer.number, await peer.request()))
        if peer.number == 1:
            await peer.reply(STATUS)
            await peer.closed()

    async with serving(handler) as url, connect(url) as client:
        await client.status()
        with pytest.raises(Unreachable):
            await client.set_roi(0, 0, 100, 100)
    assert seen == [(1, "GET /status"), (2, "POST /roi/config")]


async def test_start_is_repeated_when_a_kept_connection_died() -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        seen.append(await peer.request())
        if peer.number == 1:
            await peer.reply(STATUS)
            seen.append(await peer.request())
        else:
            await peer.reply(recorded("control-resume"))
            await peer.closed()

    async with serving(handler) as url, connect(url) as client:
        await client.status()
        assert (await client.start()).status == "success"
    assert seen == ["GET /status", "POST /control", "POST /control"]


async def test_nothing_listening_is_refused_and_names_the_place() -> None:
    port = free_port()
    async with connect(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(Refused) as caught:
            await client.status()
    assert caught.value.text == f"nothing listens at 127.0.0.1:{port} - is the backend running?"
    assert caught.value.endpoint == "GET /status"


async def test_server_that_hangs_times_out() -> None:
    async def handler(peer: Peer) -> None:
        await peer.closed()

    async with serving(handler) as url, connect(url, timeout=0.1) as client:
        with pytest.raises(TimedOut, match=r"did not answer within 0\.1 s"):
            await client.status()


async def test_server_that_drips_times_out_although_every_read_succeeds() -> None:
    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            await peer.send(b" ")
            await asyncio.sleep(0.01)

    async with serving(handler) as url, connect(url, timeout=0.2) as client:
        with pytest.raises(TimedOut):
            await client.status()


async def test_client_goes_on_after_a_timeout() -> None:
    async def handler(peer: Peer) -> None:
        await peer.request()
        if peer.number > 1:
            await peer.reply(STATUS)
        await peer.closed()

    async with serving(handler) as url, connect(url, timeout=0.2) as client:
        with pytest.raises(TimedOut):
            await client.status()
        assert (await client.status()).frame_count == 7


async def test_cancelling_a_request_leaves_the_client_usable() -> None:
    arrived = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        if peer.number > 1:
            await peer.reply(STATUS)
        await peer.closed()

    async with serving(handler) as url, connect(url) as client:
        task = asyncio.create_task(client.status())
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.status()).frame_count == 7


@pytest.mark.parametrize("reset", [True, False])
async def test_connection_cut_in_the_middle_of_the_body_is_unreachable(reset: bool) -> None:
    seen = []

    async def handler(peer: Peer) -> None:
        seen.append(await peer.request())
        await peer.send(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"status": ')
        if reset:
            peer.reset()

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(Unreachable):
            await client.status()
    assert seen == ["GET /status"]


async def test_truncated_json_with_a_correct_length_is_bad_data() -> None:
    with pytest.raises(BadData, match="ends too early"):
        await Desk(content=b'{"status": "running", "frame').client().status()


async def test_fifty_megabytes_announced_are_not_read() -> None:
    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
        await peer.closed()

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(BadData, match="more than 16 MB"):
            await client.status()


async def test_fifty_megabytes_without_a_length_are_cut_off() -> None:
    sent = 0

    async def handler(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        block = b" " * (1 << 20)
        for _ in range(50):
            await peer.send(block)
            sent += len(block)

    async with serving(handler) as url, connect(url, timeout=30) as client:
        with pytest.raises(BadData, match="more than 16 MB"):
            await client.status()
    assert BODY_LIMIT < sent < 2 * BODY_LIMIT


async def test_compressed_reply_is_refused_before_it_can_unfold() -> None:
    bomb = gzip.compress(b" " * 10_000_000)

    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.send(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
            + str(len(bomb)).encode()
            + b"\r\n\r\n"
            + bomb
        )

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(BadData, match="compressed"):
            await client.status()


@pytest.mark.parametrize("encoding", ["identity", "Identity", " ", ""])
async def test_a_reply_that_says_it_is_not_compressed_is_read(encoding: str) -> None:
    client = Desk(STATUS, headers={"Content-Encoding": encoding}).client()
    assert (await client.status()).frame_count == 7


async def test_another_protocol_is_not_taken_for_a_lost_link() -> None:
    async def handler(peer: Peer) -> None:
        await peer.send(b"SSH-2.0-OpenSSH_9.6\r\n")
        await peer.request()
        await peer.send(b"Invalid SSH identification string.\r\n\r\n")

    async with serving(handler) as url, connect(url) as client:
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            await client.status()


async def test_https_to_a_plain_server_suggests_http() -> None:
    async def handler(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(handler) as url, connect(url.replace("http:", "https:")) as client:
        with pytest.raises(Unreachable, match="should it be http://"):
            await client.status()


async def test_untrusted_certificate_says_so() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        untrusted = ssl.SSLCertVerificationError("bad")
        untrusted.verify_message = "self-signed certificate"
        raise httpx.ConnectError("failed") from untrusted

    client = BackendClient("https://lab3", PASSWORD, transport=httpx.MockTransport(handler))
    with pytest.raises(Unreachable, match=r"lab3:443 is not trusted \(self-signed certificate\)"):
        await client.status()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70])
async def test_host_names_that_lead_nowhere_are_unreachable(host: str) -> None:
    async with connect(f"http://{host}:8421") as client:
        with pytest.raises(Unreachable, match="is not known"):
            await client.status()


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (httpx.ConnectTimeout("x"), TimedOut, "no connection to lab3:8421 within 3 s"),
        (httpx.PoolTimeout("x"), TimedOut, "too many requests"),
        (httpx.ReadTimeout("x"), TimedOut, "did not answer within 5 s"),
        (httpx.ConnectError("x"), Unreachable, "cannot be reached"),
    ],
)
async def test_each_failure_has_its_own_class_and_words(
    error: Exception, kind: type[Exception], words: str
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    client = BackendClient("http://lab3:8421", PASSWORD, transport=httpx.MockTransport(handler))
    with pytest.raises(kind, match=words):
        await client.status()


async def test_missing_certificate_file_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"/no/such/ca\.pem"):
        BackendClient("https://lab3", PASSWORD, tls=TlsOptions(ca_file="/no/such/ca.pem"))


async def test_a_query_longer_than_a_url_can_be_is_an_invalid_value() -> None:
    with pytest.raises(InvalidValue, match="URL too long"):
        await Desk({}).client().set_config_value("roi", "note", "x" * 70_000)


async def test_identical_polls_are_built_once() -> None:
    desk = Desk(STATUS)
    client = desk.client()
    await client.status()
    await client.status()
    assert desk.requests[0] is desk.requests[1]


async def test_patience_and_password_can_change_under_way() -> None:
    seen: list[str] = []

    async def handler(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            if "/data/fps" in seen[-1]:
                await peer.closed()  # never answers
            await peer.reply(STATUS if "/status" in seen[-1] else {"config": {}})

    async with serving(handler) as url, connect(url) as client:
        await client.status()
        client.use_password("another-one")
        await client.config()
        client.use_timeout(0.1)
        with pytest.raises(TimedOut):
            await client.fps()
    assert "another-one" in seen[1]
    assert PASSWORD not in seen[1]


async def test_another_timeout_is_in_force_for_requests_that_were_sent_before() -> None:
    desk = Desk(STATUS)
    client = desk.client()
    await client.status()
    for timeout in (0.5, 60.0):
        client.use_timeout(timeout)
        await client.status()
    allowed = [request.extensions["timeout"] for request in desk.requests]
    assert [seconds["read"] for seconds in allowed] == [5.0, 0.5, 60.0]
    assert [seconds["connect"] for seconds in allowed] == [3.0, 0.5, 3.0]
