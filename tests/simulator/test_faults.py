"""Each fault does what its line of words says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import (
    BackendError,
    BadData,
    Refused,
    ServerFault,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from nhem_tui.simulator.faults import FAULTS, FaultSpec, parse_fault
from tests.simulator.support import PASSWORD, bench, until

WINDOW = "/data/window-capture?count=100"

SEEN_AS: dict[str, tuple[type[BackendError], str]] = {
    "refuse": (Refused, "nothing listens"),
    "hang": (TimedOut, ""),
    "slow=60": (TimedOut, ""),
    "reset": (Unreachable, ""),
    "truncate": (Unreachable, "in the middle"),
    "garbage": (BadData, "not valid JSON"),
    "nan": (BadData, ""),
    "html": (BadData, "HTML"),
    "huge=17": (BadData, "more than 16 MB"),
    "empty": (BadData, "empty"),
    "foreign": (BadData, "does not fit"),
    "redirect": (BadData, "redirects"),
    "storm500": (ServerFault, "500"),
}
SEEN_IN_DATA = {
    "outlier",
    "restart",
    "unauthorised",
    "clock",
    "markup",
    "duplicate",
    "missing",
    "backwards",
}


def test_every_fault_is_tested() -> None:
    assert {parse_fault(text).name for text in SEEN_AS} | SEEN_IN_DATA == set(FAULTS)


@pytest.mark.parametrize("text", SEEN_AS)
async def test_a_client_sees_the_fault_and_recovers_when_it_is_cleared(text: str) -> None:
    error, words = SEEN_AS[text]
    async with bench(running=True) as b:
        b.clock.go_on(5)
        client = BackendClient(b.simulator.url, PASSWORD, timeout=0.3 if error is TimedOut else 5)
        async with client:
            await client.window()
            spec = parse_fault(text)
            b.simulator.faults.set(spec.name, spec.value)
            with pytest.raises(error) as caught:
                await client.window()
            assert words in caught.value.text
            b.simulator.faults.clear(spec.name)
            assert len((await client.window()).series) == 100


async def test_a_reset_is_not_an_orderly_end() -> None:
    async with bench() as b:
        b.simulator.faults.set("reset")
        with pytest.raises(ConnectionResetError):
            await b.talker.get("/status")


async def test_no_password_is_accepted() -> None:
    async with bench() as b, BackendClient(b.simulator.url, PASSWORD) as client:
        b.simulator.faults.set("unauthorised")
        with pytest.raises(Unauthorised):
            await client.control_status()
        with pytest.raises(Unauthorised):
            await client.config()
        await client.status()
        b.simulator.faults.clear()
        await client.control_status()


async def test_outliers_keep_their_frame_from_reply_to_reply() -> None:
    async with bench(running=True) as b:
        b.simulator.faults.set("outlier", -5e9)
        wild: list[set[int]] = []
        for _ in range(2):
            b.clock.go_on(1.5)
            window = await b.get(WINDOW)
            first = window["frame_range"][0] + 1
            wild.append(
                {i for i, point in enumerate(window["series"], first) if point["value"] == -5e9}
            )
        assert wild[0]
        assert wild[0] & wild[1] or max(wild[0]) < min(wild[1])
        assert all(number % 40 == 0 for number in wild[0] | wild[1])
        assert all(frame.value > 0 for frame in b.simulator.truth.frames)


async def test_one_sample_twice_or_not_at_all() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        whole = (await b.get(WINDOW))["series"]
        b.simulator.faults.set("duplicate")
        doubled = (await b.get(WINDOW))["series"]
        assert len(doubled) == 101
        assert [y for x, y in pairwise(doubled) if x == y] == [whole[50]]
        b.simulator.faults.clear()
        b.simulator.faults.set("missing")
        reply = await b.get(WINDOW)
        assert reply["series"] == whole[:50] + whole[51:]
        assert reply["frame_range"][1] - reply["frame_range"][0] == 99


async def test_frame_numbers_go_backwards_and_forwards() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        b.simulator.faults.set("backwards")
        windows = [await b.get(WINDOW) for _ in range(4)]
        ends = [window["frame_range"][1] for window in windows]
        assert ends[0] == ends[2]
        assert ends[1] == ends[3]
        assert abs(ends[0] - ends[1]) == 30
        assert len({str(window["series"]) for window in windows}) == 1
        counts = {(await b.get("/status"))["frame_count"] for _ in range(2)}
        assert counts == {end + 1 for end in ends}


async def test_texts_carry_markup_and_escape_sequences() -> None:
    async with bench(running=True) as b, BackendClient(b.simulator.url, PASSWORD) as client:
        b.simulator.faults.set("markup")
        raw = (await b.get("/health"))["system"]
        assert "\x1b[31m" in raw
        assert "[bold red]" in raw
        response = await b.talker.post("/roi/config", x1=9, y1=9, x2=5, y2=9, password=PASSWORD)
        assert "\x1b" in response.body["error_message"]
        assert (await client.status()).state == "running"


async def test_the_clock_is_an_hour_off_and_the_frames_are_not() -> None:
    async with bench(running=True) as b, BackendClient(b.simulator.url, PASSWORD) as client:
        b.clock.go_on(5)
        right = (await client.status()).unix
        assert right == b.clock.now / 1e6
        b.simulator.faults.set("clock")
        status = await client.status()
        assert status.unix == right + 3600
        assert status.frame_count == b.simulator.backend.engine.frame_count
        b.simulator.faults.set("clock", -90)
        assert (await client.status()).unix == right - 90


async def test_a_restart_can_be_set_like_any_fault() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        async with BackendClient(b.simulator.url, PASSWORD) as client:
            assert (await client.status()).frame_count > 200
            b.simulator.faults.set("restart", 0.05)
            with pytest.raises(Refused):  # away for a moment
                await client.status()
            await until(lambda: not b.simulator.faults.active("restart"))
            status = await client.status()
            assert (status.frame_count, status.state) == (0, "stopped")


async def test_connections_can_be_dropped() -> None:
    async with bench() as b:
        await b.get("/status")
        b.simulator.drop_connections()
        assert await b.talker.ended()
        await b.talker.open()
        await b.get("/status")


async def test_a_fault_of_the_options_sets_in_when_it_should() -> None:
    async with bench(faults=("html", "storm500@0.05")) as b:
        assert (await b.talker.get("/status")).headers["content-type"].startswith("text/html")
        assert not b.simulator.faults.active("storm500")
        await until(lambda: b.simulator.faults.active("storm500"))
        assert (await b.talker.get("/status")).status == 500


def test_how_faults_are_written() -> None:
    assert parse_fault("nan") == FaultSpec("nan")
    assert parse_fault("slow=2.5@10") == FaultSpec("slow", 2.5, 10.0)
    assert parse_fault("clock=-60") == FaultSpec("clock", -60.0)
    for wrong in ("bogus", "nan=3", "slow=fast", "slow=-1", "slow@-1", "nan@", "", "slow="):
        with pytest.raises(ValueError, match=r"there is no fault|takes no value|a number"):
            parse_fault(wrong)
