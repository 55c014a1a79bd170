"""Losing the simulated server, finding it again, and whatever else it may answer."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from nhem_tui.backend.errors import FaultKind
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream import poller
from nhem_tui.stream.backoff import CAP, Backoff
from tests.stream.live import UNDISTURBED, Live, back, live, lost

WINDOW = "GET /data/window-capture"
STATUS = "GET /status"

LINK_FAULTS = {
    "refuse": FaultKind.REFUSED,
    "reset": FaultKind.UNREACHABLE,
    "truncate": FaultKind.UNREACHABLE,
    "hang": FaultKind.TIMED_OUT,
    "slow=60": FaultKind.TIMED_OUT,
}
"""Faults that leave a request without an answer."""

REPLY_FAULTS = {
    "storm500": FaultKind.SERVER_FAULT,
    "garbage": FaultKind.BAD_DATA,
    "html": FaultKind.BAD_DATA,
    "huge": FaultKind.BAD_DATA,
    "empty": FaultKind.BAD_DATA,
    "foreign": FaultKind.BAD_DATA,
    "redirect": FaultKind.BAD_DATA,
}
"""Faults that make every answer useless."""


def set_fault(bench: Live, text: str) -> None:
    name, _, value = text.partition("=")
    bench.simulator.faults.set(name, float(value) if value else None)


# --- losing the server and finding it again -------------------------------------------------------


async def test_a_server_that_was_ended_and_begun_again_on_its_port() -> None:
    async with live() as b:
        await b.play(1.0)
        port = b.simulator.port
        await b.simulator.close()
        loss = await lost(b)
        assert loss.fault.kind is FaultKind.REFUSED
        assert loss.reached
        assert b.listener.all(ev.ConnectionRestored) == []
        options = SimulatorOptions(port=port, seed=9)
        async with Simulator(options) as other:
            b.source.retry_now()
            restored = await b.listener.next(ev.ConnectionRestored)
            restarted = await b.listener.next(ev.Restarted)
            status = await b.listener.next(ev.StatusSeen)
            assert other.backend.engine.frame_count == 0
        assert restored.outage > 0
        assert restarted.epoch == 2
        assert (status.epoch, status.state, status.frame_count) == (2, "stopped", 0)
        assert b.listener.kinds()["Connected"] == 1


async def test_tries_are_announced_with_growing_delays() -> None:
    async with live() as b:
        await b.play(0.5)
        b.simulator.faults.set("refuse")
        await lost(b)
        for _ in range(8):
            b.source.retry_now()
            await b.listener.next(ev.Retrying)
        await b.quiet()  # one try for each call, not more
        tries = b.listener.all(ev.Retrying)
        assert [t.attempt for t in tries] == list(range(1, 10))
        full = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, CAP, CAP, CAP]
        for t, most in zip(tries, full, strict=True):
            assert 0.75 * most <= t.delay <= most
            assert t.fault.kind is FaultKind.REFUSED
        assert len({t.delay for t in tries[-3:]}) == 3, "no jitter"
        assert b.listener.kinds()["ConnectionLost"] == 1
        assert b.listener.all(ev.ConnectionRestored) == []


async def test_a_try_that_takes_its_time_is_announced_and_another_can_be_asked_for() -> None:
    async with live(timeout=0.3) as b:
        await b.play(0.5)
        b.simulator.faults.set("hang")
        await lost(b)
        b.source.retry_now()
        assert (await b.listener.next(ev.Trying)).attempt == 1
        b.source.retry_now()  # during the try
        assert (await b.listener.next(ev.Retrying)).attempt == 2
        b.simulator.faults.clear()
        begun = b.listener.all(ev.Retrying)[-1].at
        assert (await b.listener.next(ev.Trying)).at - begun < 0.1, "it waits all the same"
        await b.listener.next(ev.ConnectionRestored)


async def test_what_was_asked_for_while_all_was_well_is_no_retry() -> None:
    async with live() as b:
        await b.play(0.5)
        b.source.retry_now()
        b.simulator.faults.set("refuse")
        first = (await lost(b)).at
        assert (await b.listener.next(ev.Trying)).at - first > 0.15


@pytest.mark.parametrize(("stable", "attempt"), [(60.0, 2), (0.0, 1)])
async def test_a_server_that_comes_and_goes_is_not_pressed(
    monkeypatch: pytest.MonkeyPatch, stable: float, attempt: int
) -> None:
    monkeypatch.setattr(poller, "STABLE", stable)
    async with live() as b:
        await b.play(0.5)
        for _ in range(2):
            b.simulator.faults.set("refuse")
            await lost(b)
            b.simulator.faults.clear()
            await back(b)
        assert [t.attempt for t in b.listener.all(ev.Retrying)] == [1, attempt]


def test_two_clients_of_one_server_do_not_come_back_together() -> None:
    one, other = Backoff(random.Random(1)), Backoff(random.Random(2))
    assert [one.next() for _ in range(3)] != [other.next() for _ in range(3)]


async def test_it_tries_by_itself_when_the_delay_is_over() -> None:
    async with live() as b:
        b.go_on(1.0)
        await b.caught_up()
        b.simulator.faults.set("refuse")
        await lost(b)
        b.simulator.faults.clear()
        await b.listener.next(ev.ConnectionRestored)
        b.go_on(1.0)
        await b.caught_up()
        assert b.listener.all(ev.Gap) == []
        b.check()


async def test_a_server_that_is_not_there_yet_is_lost_then_connected_never_restored() -> None:
    async with live(listen=False) as b:
        b.simulator.faults.set("refuse")
        async with b.listening():
            loss = await lost(b)
            assert not loss.reached
            b.simulator.faults.clear()
            b.source.retry_now()
            await b.listener.next(ev.Connected)
            b.go_on(1.0)
            await b.caught_up()
        assert b.listener.all(ev.ConnectionRestored) == []


@pytest.mark.parametrize("fault", ["refuse", "hang"])
async def test_closing_ends_at_once_whatever_it_waits_for(fault: str) -> None:
    async with live(listen=False, timeout=60) as b:
        b.simulator.faults.set(fault)
        events = b.source.events()
        if fault == "refuse":
            while not isinstance(event := await anext(events), ev.Retrying) or event.attempt < 2:
                b.source.retry_now()
        else:
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting
        async with asyncio.timeout(0.2):  # far less than the delay or the client's patience
            await events.aclose()
        assert [t for t in asyncio.all_tasks() if t.get_name() == "live source"] == []


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*LINK_FAULTS, *REPLY_FAULTS])
async def test_a_fault_is_told_by_its_kind_and_over_when_it_is_cleared(fault: str) -> None:
    kind = {**LINK_FAULTS, **REPLY_FAULTS}[fault]
    async with live(timeout=0.3 if kind is FaultKind.TIMED_OUT else 5.0) as b:
        await b.play(1.0)
        set_fault(b, fault)
        b.go_on(0.5)
        loss = await lost(b)
        assert loss.fault.kind is kind
        assert {t.fault.kind for t in b.listener.all(ev.Trouble)} <= {kind}
        assert bool(b.listener.all(ev.Trouble)) == (fault in REPLY_FAULTS)
        b.simulator.faults.clear()
        b.go_on(0.5)
        await back(b)
        await b.play(0.5)
        await b.roi_caught_up()
        told = b.listener.kinds()
        assert (told["ConnectionLost"], told["ConnectionRestored"], told["Connected"]) == (1, 1, 1)
        assert (told["Restarted"], told["Gap"]) == (0, 0)
        b.check()


async def test_a_newest_value_that_is_nan_is_told_when_it_has_come() -> None:
    async with live() as b:
        await b.play(0.5)
        b.simulator.faults.set("nan")
        for _ in range(10):
            b.go_on(0.1)
            frames = b.frames
            await b.listener.until(lambda n=frames: b.listener.newest() == (1, n - 1))
        trouble = await b.listener.next(ev.Trouble)
        assert trouble.fault.kind is FaultKind.BAD_DATA
        assert trouble.fault.text.startswith("NaN in the reply")
        b.simulator.faults.clear()
        await b.play(0.5)
        told = b.listener.kinds()
        assert (told["ConnectionLost"], told["Restarted"], told["Gap"]) == (0, 0, 0)
        b.check()


@pytest.mark.parametrize("fault", ["missing", "duplicate"])
async def test_windows_that_contradict_themselves_are_not_taken_in(fault: str) -> None:
    async with live() as b:
        await b.play(1.0)
        b.simulator.faults.set(fault)
        _, newest = b.listener.newest()
        b.go_on(0.5)
        trouble = await b.listener.next(ev.Trouble)
        assert trouble.fault.kind is FaultKind.BAD_DATA
        await b.asked(WINDOW, 6)
        assert b.listener.newest() == (1, newest)
        assert b.listener.kinds()["Trouble"] <= 2, "one for each channel is enough"
        b.simulator.faults.clear()
        await b.play(0.5)
        await b.roi_caught_up()
        told = b.listener.kinds()
        assert (told["ConnectionLost"], told["Restarted"], told["Gap"]) == (0, 0, 0)
        b.check()


async def test_counters_that_run_backwards_are_no_restart() -> None:
    async with live() as b:
        await b.play(3.0)
        b.simulator.faults.set("backwards")
        await b.play(2.0)
        while (trouble := await b.listener.next(ev.Trouble)).endpoint != STATUS:
            pass  # the ROI samples may be in trouble before
        assert trouble.fault.kind == FaultKind.BAD_DATA
        counts = [s.frame_count for s in b.listener.all(ev.StatusSeen)]
        assert counts == sorted(counts)
        b.simulator.faults.clear()
        await b.play(0.5)
        told = b.listener.kinds()
        assert (told["ConnectionLost"], told["Restarted"], told["Gap"]) == (0, 0, 0)
        b.check()


async def test_wild_values_are_told_as_they_came() -> None:
    async with live() as b:
        await b.play(1.0)
        b.simulator.faults.set("outlier", 1e6)
        await b.play(3.0)
        b.simulator.faults.clear()
        await b.play(0.5)
        wild = [n for s in b.listener.samples() for n in s.numbers[s.values == 1e6]]
        assert wild == [80, 120, 160]
        assert b.listener.kinds()["Trouble"] == 0
        b.check(wild=1e6)


async def test_a_clock_that_is_an_hour_off_moves_utc_and_nothing_else() -> None:
    async with live() as b:
        await b.play(1.0)
        before = b.listener.samples()[-1].utc
        b.simulator.faults.set("clock")
        await b.play(0.5)
        assert b.listener.samples()[-1].utc - before == pytest.approx(3600, abs=0.1)
        b.simulator.faults.clear()
        await b.play(0.5)
        assert b.listener.samples()[-1].utc == pytest.approx(before, abs=0.1)
        assert b.listener.kinds().keys() == UNDISTURBED
        b.check()


async def test_slow_replies_lose_nothing() -> None:
    async with live() as b:
        await b.play(0.5)
        b.simulator.faults.set("slow", 0.1)
        for _ in range(4):
            b.go_on(1.0)
            await b.caught_up()
        assert b.listener.kinds().keys() == UNDISTURBED
        assert all(s.latency >= 0.1 for s in b.listener.all(ev.StatusSeen)[-2:])
        b.check()


async def test_watching_needs_no_password() -> None:
    async with live() as b:
        b.simulator.faults.set("unauthorised")
        b.source.want_pictures(50)
        await b.play(1.0)
        await b.roi_caught_up()
        await b.listener.next(ev.PictureSeen)
        assert +b.failed == {}
        assert b.listener.kinds().keys() == UNDISTURBED
