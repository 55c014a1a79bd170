"""The live source against the simulated server over real sockets: the screen tells the truth."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from nhem_tui.backend.errors import FaultKind
from nhem_tui.backend.types import DualRealtime
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.simulator.router import Router
from nhem_tui.simulator.routes import realtime, roi, state, windows
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream import loops, poller
from nhem_tui.stream.backoff import CAP, Backoff
from tests.stream.live import Live, live

WINDOW = "GET /data/window-capture"
REALTIME = "GET /data/realtime"
PICTURES = "GET /data/dual-realtime"
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
    "nan": FaultKind.BAD_DATA,
}
"""Faults that make every answer useless."""


def set_fault(bench: Live, text: str) -> None:
    name, _, value = text.partition("=")
    bench.simulator.faults.set(name, float(value) if value else None)


async def lost(bench: Live) -> ev.ConnectionLost:
    """Wait until the source waits for its next try."""
    loss = await bench.listener.next(ev.ConnectionLost)
    await bench.listener.next(ev.Retrying)
    return loss


async def back(bench: Live, epoch: int = 1) -> None:
    """Let the source try now and wait until it is connected and up to date."""
    bench.source.retry_now()
    await bench.listener.next(ev.ConnectionRestored)
    await bench.caught_up(epoch)


# --- the signal -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_frame_and_roi_sample_is_told_once_as_it_was_made(seed: int) -> None:
    async with live(seed=seed) as b:
        await b.play(4.0)
        await b.roi_caught_up()
        assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
        assert b.frames > 170
        assert b.listener.numbers("roi") == [(1, n) for n in range(1, 9)]
        assert not any(s.simulated for s in b.listener.all(ev.Samples))
        assert b.listener.kinds().keys() == {"Connected", "StatusSeen", "Samples", "PictureSeen"}
        b.check()


async def test_an_roi_sample_stands_at_the_time_of_the_frame_that_shows_it() -> None:
    async with live(listen=False) as b:
        b.go_on(10.0)
        async with b.listening():
            await b.play(2.0)
            await b.roi_caught_up()
            b.check_alignment()
            b.check()


async def test_the_history_of_a_stopped_server_is_told() -> None:
    async with live(running=False, listen=False) as b:
        await b.client.start()
        b.go_on(5.0)
        await b.client.stop()
        async with b.listening():
            await b.caught_up()
            await b.roi_caught_up()
        assert b.listener.numbers() == [(1, n) for n in range(b.frames - 99, b.frames + 1)]
        assert b.listener.numbers("roi")[0] == (1, 1)
        assert b.listener.all(ev.Gap) == []
        b.check()


async def test_frames_that_the_server_dropped_are_a_gap_of_exactly_those() -> None:
    async with live() as b:
        await b.play(1.0)
        _, newest = b.listener.newest()
        b.go_on(6.0)  # 266 frames; the server keeps 100
        await b.caught_up()
        assert b.listener.gaps() == [(1, newest + 1, b.frames - 100)]
        assert b.listener.all(ev.Restarted) == []
        await b.play(0.5)
        b.check()


async def test_utc_is_the_time_of_the_first_frame() -> None:
    async with live() as b:
        await b.play(1.0)
        told = b.listener.samples()[-1]
        frame = b.simulator.truth.frames[-1]
        assert told.utc + told.t[-1] == pytest.approx(frame.time / 1e6, abs=0.03)


# --- losing the server and finding it again -------------------------------------------------


async def test_a_server_that_was_ended_and_begun_again_on_its_port() -> None:
    async with live() as b:
        await b.play(1.0)
        port = b.simulator.port
        await b.simulator.close()
        loss = await lost(b)
        assert loss.fault.kind is FaultKind.REFUSED
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
            await lost(b)
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


# --- another process ------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [0.5, 3.0], ids=["before-two-windows", "after"])
async def test_a_restart_begins_another_epoch_without_inventing_frames(seen: float) -> None:
    async with live() as b:
        await b.play(seen)
        b.simulator.restart()
        await b.listener.next(ev.Restarted)
        status = await b.listener.next(ev.StatusSeen)
        assert (status.epoch, status.state, status.frame_count) == (2, "stopped", 0)
        await b.client.set_roi(100, 100, 300, 250)
        await b.client.start()
        await b.play(1.0, epoch=2)
        await b.roi_caught_up(epoch=2)
        assert b.listener.kinds()["Restarted"] == 1
        assert b.listener.all(ev.Gap) == []
        assert not any(s.simulated for s in b.listener.all(ev.Samples))
        b.check()


@pytest.mark.parametrize("keep_roi", [True, False], ids=["roi", "no-roi"])
@pytest.mark.parametrize(
    ("before", "after"),
    [(4.0, 1.0), (4.0, 3.0), (1.0, 2.0), (1.0, 4.0)],
    ids=["lower", "lower-gap", "overtaken-overlap", "overtaken-beyond"],
)
async def test_a_restart_while_nobody_looked(before: float, after: float, keep_roi: bool) -> None:
    async with live() as b:
        await b.play(before)
        await b.roi_caught_up()
        b.simulator.restart(keep_roi=keep_roi, running=True)
        b.go_on(after)
        await b.caught_up(epoch=2)
        if keep_roi:
            await b.roi_caught_up(epoch=2)
        unseen = b.frames - 100
        assert b.listener.gaps() == ([(2, 1, unseen)] if unseen > 0 else [])
        assert b.listener.kinds()["Restarted"] == 1
        await b.play(0.5, epoch=2)
        made_up = {s.simulated for s in b.listener.samples() if s.epoch == 2}
        assert made_up == {not keep_roi}
        b.check()


async def test_roi_samples_alone_can_show_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    async with live() as b:
        b.go_on(20.0)
        await b.caught_up()
        await b.roi_caught_up()
        release, ask = asyncio.Event(), b.client.window

        async def ask_later(count: int) -> WindowReply:
            await release.wait()
            return await ask(count)

        monkeypatch.setattr(b.client, "window", ask_later)
        b.simulator.restart(keep_roi=True, running=True)
        b.go_on(2.0)
        await b.listener.next(ev.Restarted)
        release.set()
        await b.caught_up(epoch=2)
        await b.roi_caught_up(epoch=2)
        assert b.listener.kinds()["Restarted"] == 1
        b.check_alignment()
        b.check()


async def test_a_process_that_stopped_at_the_very_same_count_is_another_one() -> None:
    async with live() as b:
        await b.play(1.0)
        b.simulator.faults.set("refuse")
        await lost(b)
        b.simulator.restart(keep_roi=True, running=True)
        while b.frames < b.listener.newest()[1]:
            b.go_on(0.001)
        b.simulator.backend.engine.stop(b.clock())
        b.simulator.faults.clear()
        b.source.retry_now()
        await b.caught_up(epoch=2)
        b.check()


@pytest.mark.parametrize("after", [1.0, 4.0], ids=["lower", "overtaken"])
async def test_a_restart_between_two_runs_of_made_up_frames(after: float) -> None:
    """Both processes make up the same values; only the time steps tell them apart."""
    async with live(roi=False) as b:
        await b.play(2.0)
        b.simulator.restart(running=True)
        b.go_on(after)
        await b.caught_up(epoch=2)
        await b.play(0.5, epoch=2)
        assert all(s.simulated for s in b.listener.samples())
        b.check()


async def test_roi_samples_that_a_new_process_took_unseen_are_a_gap() -> None:
    async with live() as b:
        b.go_on(20.0)
        await b.roi_caught_up()
        b.simulator.restart(keep_roi=True, running=True)
        b.go_on(260.0)  # more samples than the server keeps
        await b.roi_caught_up(epoch=2)
        samples = b.simulator.backend.engine.sample_count
        assert samples > 500
        assert b.listener.gaps("roi") == [(2, 1, samples - 500)]
        b.check()


# --- faults ---------------------------------------------------------------------------------


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
        trouble = await b.listener.next(ev.Trouble)
        assert (trouble.endpoint, trouble.fault.kind) == (STATUS, FaultKind.BAD_DATA)
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
        assert b.listener.kinds().keys() == {"Connected", "StatusSeen", "Samples", "PictureSeen"}
        b.check()


async def test_slow_replies_lose_nothing() -> None:
    async with live() as b:
        await b.play(0.5)
        b.simulator.faults.set("slow", 0.1)
        for _ in range(4):
            b.go_on(1.0)
            await b.caught_up()
        assert b.listener.kinds().keys() == {"Connected", "StatusSeen", "Samples", "PictureSeen"}
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
        assert b.listener.kinds().keys() == {"Connected", "StatusSeen", "Samples", "PictureSeen"}


# --- start, stop, pause, resume -------------------------------------------------------------


@pytest.mark.parametrize("how", ["stop", "pause"])
async def test_a_stopped_server_is_only_asked_for_its_state(how: str) -> None:
    async with live() as b:
        b.source.want_pictures(20)
        await b.play(1.0)
        await getattr(b.client, how)()
        await b.idle()
        await b.caught_up()
        await b.roi_caught_up()
        before, told = b.requests.copy(), len(b.listener.events)
        b.clock.go_on(30.0)
        await b.asked(STATUS, 20)
        assert (b.requests - before).keys() == {STATUS}
        assert b.failed.total() <= 2  # pictures, until the state was known
        assert {type(event) for event in b.listener.events[told:]} == {ev.StatusSeen}
        await b.client.resume()
        await b.play(1.0)
        await b.roi_caught_up()
        assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
        assert not any(s.simulated for s in b.listener.samples())
        b.check()


async def test_samples_of_a_pause_nobody_noticed_go_on_with_its_length() -> None:
    async with live() as b:
        await b.play(1.0)
        await b.client.pause()
        b.clock.go_on(1.056)
        await b.client.resume()
        await b.play(0.5)
        assert b.listener.all(ev.Gap) == []
        b.check()


async def test_frames_made_without_an_roi_are_simulated_from_the_first_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with live(running=False, roi=False) as b:
        await b.listener.next(ev.StatusSeen)
        ask = b.client.dual_realtime

        async def ask_late(count: int) -> DualRealtime:
            await asyncio.sleep(0.1)  # the frames are there long before the words
            return await ask(count)

        monkeypatch.setattr(b.client, "dual_realtime", ask_late)
        await b.client.resume()
        await b.play(1.0)
        await b.client.stop()
        assert all(s.simulated for s in b.listener.samples())
        await b.idle()
        await b.client.set_roi(100, 100, 300, 250)
        _, made_up = b.listener.newest()
        await b.client.start()
        await b.play(1.0)
        for told in b.listener.samples():
            assert told.simulated == (told.numbers[0] <= made_up)
            assert told.simulated == (told.numbers[-1] <= made_up)
        b.check()


@pytest.mark.parametrize(("interval", "asked"), [(0.05, False), (60.0, True)])
async def test_measured_frames_after_an_roi_was_set_are_soon_called_so(
    monkeypatch: pytest.MonkeyPatch, interval: float, asked: bool
) -> None:
    monkeypatch.setattr(loops, "RECHECK_INTERVAL", interval)
    async with live(roi=False) as b:
        await b.play(1.0)
        await b.client.set_roi(100, 100, 300, 250)
        if asked:
            b.source.retry_now()
        await b.listener.until(lambda: b.listener.all(ev.PictureSeen)[-1].roi1.png != b"")
        await b.play(0.5)
        assert not b.listener.samples()[-1].simulated


async def test_a_late_listener_tells_measured_and_made_up_frames_apart() -> None:
    async with live(roi=False, listen=False) as b:
        b.go_on(3.0)
        made_up = b.frames
        await b.client.set_roi(100, 100, 300, 250)
        b.go_on(1.0)
        await b.client.stop()
        async with b.listening():
            await b.caught_up()
        first, last = b.listener.samples()
        assert (first.simulated, last.simulated) == (True, False)
        assert last.numbers[0] == made_up + 1


# --- servers without windows, and readers without time --------------------------------------


@pytest.fixture
def without_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [r for part in (state, realtime, roi, windows) for r in part.ROUTES]
    kept = [r for r in routes if r.path != "/data/window-capture"]
    monkeypatch.setattr("nhem_tui.simulator.server.router", lambda: Router(kept))


@pytest.mark.usefixtures("without_windows")
async def test_without_windows_the_count_tells_which_frames_are_new() -> None:
    async with live(roi=False) as b:
        await b.play(2.0)
        (notice,) = b.listener.all(ev.Notice)
        assert "no window capture" in notice.text
        assert b.requests[WINDOW] == 1
        assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
        assert all(s.simulated for s in b.listener.samples())
        values = [f.value for f in b.simulator.truth.frames]
        assert [v for s in b.listener.samples() for v in s.values] == values
        assert b.listener.all(ev.Trouble) == []


@pytest.mark.usefixtures("without_windows")
async def test_without_windows_only_the_newest_of_the_copies_is_a_measurement() -> None:
    async with live() as b:
        await b.play(1.0)
        told, gaps = b.listener.numbers(), b.listener.gaps()
        missed = [(1, n) for _, first, last in gaps for n in range(first, last + 1)]
        assert sorted(told + missed) == [(1, n) for n in range(told[0][1], b.frames + 1)]
        assert len(told) <= 21  # one a look
        before = b.failed.copy()
        await b.client.stop()
        await b.idle()
        await b.asked(STATUS, 20)
        assert (b.failed - before).total() <= 2
        b.simulator.restart(keep_roi=True, running=True)
        b.go_on(0.5)
        await b.caught_up(epoch=2)
        b.simulator.faults.set("reset")
        await lost(b)
        b.simulator.faults.clear()
        await back(b, epoch=2)
        await b.asked(REALTIME)
        told_of = b.listener.kinds()
        assert (told_of["Restarted"], told_of["Notice"], told_of["Trouble"]) == (1, 1, 0)


async def test_a_slow_reader_stops_the_polling_and_loses_only_what_the_server_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(poller, "QUEUED", 8)
    async with live(listen=False) as b:
        events = b.source.events()

        async def read_up_to(frame: int) -> None:
            while b.listener.newest()[1] < frame:
                b.listener.events.append(await anext(events))

        b.go_on(1.0)
        await read_up_to(b.frames)
        await b.quiet()
        b.go_on(2.0)  # 88 frames, which the server still has
        await read_up_to(b.frames)
        assert b.listener.all(ev.Gap) == []
        await b.quiet()
        seen = b.frames
        b.go_on(4.0)  # 177 frames, of which it keeps 100
        await read_up_to(b.frames)
        await events.aclose()
        assert b.listener.gaps() == [(1, seen + 1, b.frames - 100)]
        b.check()
