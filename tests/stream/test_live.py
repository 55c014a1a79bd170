"""What a live source tells of the simulated server over real sockets is what was measured."""

from __future__ import annotations

import asyncio
import math

import msgspec
import pytest

from nhem_tui.backend.types import DualRealtime, Point, Realtime
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.simulator.router import Router
from nhem_tui.simulator.routes import realtime, roi, state, windows
from nhem_tui.stream import events as ev
from nhem_tui.stream import poller
from nhem_tui.stream.polling import pictures
from tests.stream.disturbed import change
from tests.stream.live import UNDISTURBED, back, live, lost

WINDOW = "GET /data/window-capture"
REALTIME = "GET /data/realtime"
STATUS = "GET /status"

# --- the signal -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_frame_and_roi_sample_is_told_once_as_it_was_made(seed: int) -> None:
    async with live(seed=seed) as b:
        await b.play(4.0)
        await b.roi_caught_up()
        assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
        assert b.frames > 170
        assert b.listener.numbers("roi") == [(1, n) for n in range(1, 9)]
        assert not any(s.simulated for s in b.listener.all(ev.Samples))
        assert b.listener.kinds().keys() == UNDISTURBED
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


async def test_a_server_that_keeps_few_frames_is_asked_before_it_drops_them() -> None:
    async with live(buffer_size=10) as b:
        await b.play(0.5)
        b.source.look_every(60.0)
        await b.play(0.5)
        assert b.listener.gaps() == []
        b.check()


async def test_utc_is_the_time_of_the_first_frame() -> None:
    async with live() as b:
        await b.play(1.0)
        told = b.listener.samples()[-1]
        frame = b.simulator.truth.frames[-1]
        assert told.utc + told.t[-1] == pytest.approx(frame.time / 1e6, abs=0.03)


# --- another process ------------------------------------------------------------------------------


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

        async def ask_later(count: int, *, lenient: bool) -> WindowReply:
            await release.wait()
            return await ask(count, lenient=lenient)

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


@pytest.mark.parametrize("outage", [True, False], ids=["outage", "unseen"])
async def test_first_roi_samples_of_a_process_wait_until_frames_tell_whose_they_are(
    monkeypatch: pytest.MonkeyPatch, *, outage: bool
) -> None:
    async with live(roi=False) as b:
        await b.play(4.0)
        if outage:
            b.simulator.faults.set("refuse")
            await lost(b)
        ask = b.client.window

        async def ask_later(count: int, *, lenient: bool) -> WindowReply:
            if outage:
                await asyncio.sleep(0.1)
            else:
                await b.asked("GET /data/roi-window-capture")
            return await ask(count, lenient=lenient)

        monkeypatch.setattr(b.client, "window", ask_later)
        b.simulator.restart(running=True)
        backend = b.simulator.backend
        backend.engine.set_region(backend.default_region, b.clock())
        b.go_on(1.0)
        if outage:
            b.simulator.faults.clear()
            await back(b, epoch=2)
        else:
            await b.listener.next(ev.Restarted)
            monkeypatch.setattr(b.client, "window", ask)
        await b.roi_caught_up(epoch=2)
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


# --- start, stop, pause, resume -------------------------------------------------------------------


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
        b.clock.go_on(1.5)
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
    monkeypatch.setattr(pictures, "RECHECK_INTERVAL", interval)
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


# --- servers without windows, and readers without time --------------------------------------------


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
async def test_without_windows_a_copied_gray_value_is_no_frame_of_the_signal() -> None:
    async with live() as b:
        await b.play(1.0)
        assert b.requests[REALTIME] == 1, "each adds the gray value of ROI 1 to the ROI samples"
        values = {f.number: f.value for f in b.simulator.truth.frames}
        for samples in b.listener.samples():
            assert samples.values.tolist() == [values[number] for number in samples.numbers]
        before = b.failed.copy()
        await b.client.stop()
        await b.idle()
        told, gaps = b.listener.numbers(), b.listener.gaps()
        missed = [(1, n) for _, first, last in gaps for n in range(first, last + 1)]
        assert sorted(told + missed) == [(1, n) for n in range(told[0][1], b.frames + 1)]
        assert len(told) <= 21  # one a look
        expected = told[0][1]
        for event in b.listener.events:
            match event:
                case ev.Samples(channel="main", numbers=numbers):
                    assert numbers[0] == expected, "a sample was told before the gap that it ends"
                    expected = numbers[-1] + 1
                case ev.Gap(channel="main", last=last):
                    expected = last + 1
        assert all(isinstance(gap, ev.UsualGap) for gap in b.listener.all(ev.Gap)), (
            "each would be news"
        )
        await b.asked(STATUS, 20)
        assert (b.failed - before).total() <= 2
        b.simulator.restart(keep_roi=True, running=True)
        b.go_on(0.5)
        await b.caught_up(epoch=2)
        b.simulator.faults.set("reset")
        await lost(b)
        b.simulator.faults.clear()
        await back(b, epoch=2)
        await b.asked(STATUS)
        assert b.requests[REALTIME] == 1
        told_of = b.listener.kinds()
        assert (told_of["Restarted"], told_of["Notice"], told_of["Trouble"]) == (1, 1, 0)


@pytest.mark.usefixtures("without_windows")
async def test_without_windows_a_frame_without_a_value_is_a_trouble_and_no_loss() -> None:
    def blank(reply: Realtime) -> Realtime:
        return msgspec.structs.replace(reply, series=(Point(0.0, math.nan),))

    async with live(roi=False) as b:
        await b.play(0.5)
        restore = change(b.client, "realtime", blank)
        await b.asked(REALTIME)  # what was under way came as it was
        b.go_on(0.1)
        trouble = await b.listener.next(ev.Trouble)
        assert trouble.endpoint == REALTIME
        restore()
        await b.play(0.5)
        assert b.listener.all(ev.ConnectionLost) == []


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
