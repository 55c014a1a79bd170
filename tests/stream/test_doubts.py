"""A server whose answers contradict each other: what is told stays true, and says what is wrong."""

from __future__ import annotations

import math

import msgspec
import pytest

from nhem_tui.backend.errors import BadData, NoData, ServerFault, TimedOut
from nhem_tui.backend.types import Point, RoiPoint
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.simulator import engine
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream import troubles
from nhem_tui.stream.polling import main, shared
from nhem_tui.stream.session import Session
from tests.stream.disturbed import change, counting, hang, points, raised, refuse, roi_points
from tests.stream.live import UNDISTURBED, Live, back, live, lost

MAIN = "GET /data/window-capture"
ROI = "GET /data/roi-window-capture"
STATUS = "GET /status"


def seen(bench: Live) -> Session:
    """The session after everything that was told."""
    session = Session(10_000, 1000)
    for event in bench.listener.events:
        session.apply(event)
    return session


# --- another process that looks the same ----------------------------------------------------------


@pytest.mark.parametrize("lateness", [None, 0], ids=["own-times", "same-times"])
async def test_a_server_begun_again_with_the_same_seed_is_another_one(
    monkeypatch: pytest.MonkeyPatch, lateness: int | None
) -> None:
    if lateness is not None:
        monkeypatch.setattr(engine, "_LATENESS", lateness)
    async with live() as b:
        await b.play(3.0)
        await b.simulator.close()
        await lost(b)
        b.clock.go_on(1.0)
        options = SimulatorOptions(port=b.simulator.port, running=True)
        async with Simulator(options, clock=b.clock) as other:
            b.clock.go_on(1.0)
            b.source.retry_now()
            await b.listener.next(ev.Restarted)
            frames = other.backend.engine.frame_count
            await b.listener.until(lambda: b.listener.newest() == (2, frames))
            assert b.listener.all(ev.Trouble) == []
            numbers = [n for epoch, n in b.listener.numbers() if epoch == 2]
            assert numbers == list(range(1, len(numbers) + 1))
            assert len(numbers) > 40


async def test_frames_from_long_ago_are_no_restart_while_the_state_counts_on() -> None:
    async with live() as b:
        await b.play(1.0)
        old = await b.client.window(200, lenient=True)
        await b.play(1.0)
        end = change(b.client, "window", lambda reply: old)
        b.go_on(1.0)
        trouble = await b.listener.next(ev.Trouble)
        assert (trouble.endpoint, trouble.fault.kind) == (MAIN, "bad data")
        assert "before those already known" in trouble.fault.text
        end()
        await b.caught_up()
        assert b.listener.all(ev.Restarted) == []
        b.check()


async def test_answers_that_a_proxy_has_kept_are_no_restart() -> None:
    async with live() as b:
        await b.play(1.0)
        old, then = await b.client.window(200, lenient=True), await b.client.status()
        await b.play(1.0)
        over = [
            change(b.client, "window", lambda reply: old),
            change(b.client, "status", lambda reply: then),
        ]
        b.go_on(1.0)
        await b.listener.until(
            lambda: any(
                trouble.endpoint == MAIN and "before those already known" in trouble.fault.text
                for trouble in b.listener.all(ev.Trouble)
            )
        )
        await b.asked(MAIN, 5)
        for end in over:
            end()
        await b.caught_up()
        assert b.listener.all(ev.Restarted) == []
        b.check()


async def test_one_moment_in_which_all_answers_are_old_is_no_restart() -> None:
    async with live() as b:
        await b.play(1.0)
        old, then = await b.client.window(200, lenient=True), await b.client.status()
        await b.play(1.0)
        moment = ["before", "now", "over"]

        def window(reply: WindowReply) -> WindowReply:
            if len(moment) > 1:
                moment.pop(0)
            return old if moment[0] == "now" else reply

        change(b.client, "window", window)
        change(b.client, "status", lambda reply: then if moment[0] == "now" else reply)
        await b.play(1.0)
        assert moment == ["over"]
        assert b.listener.all(ev.Restarted) == []
        b.check()


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
async def test_numbers_that_the_race_raised_at_the_start_are_put_right(stopped: bool) -> None:
    async with live(listen=False) as b:
        end = change(b.client, "window", raised(1))
        b.go_on(1.0)
        async with b.listening():
            await b.listener.until(lambda: b.listener.newest() == (1, b.frames + 1))
            end()
            if stopped:
                await b.client.stop()
            else:
                await b.asked(MAIN, 2)
                b.go_on(0.5)
            told = await b.listener.next(ev.Renumbered)
            assert (told.epoch, told.channel, told.shift) == (2, "main", 1)
            if stopped:
                await b.listener.until(lambda: b.listener.all(ev.StatusSeen)[-1].state == "stopped")
                assert seen(b).snapshot.frame_count == b.frames
                assert b.listener.all(ev.StatusSeen)[-1].epoch == 2
            else:
                await b.caught_up(epoch=2)
                right = [n for epoch, n in b.listener.numbers() if epoch == 2]
                assert right == list(range(46, b.frames + 1))
            assert b.listener.kinds()["Restarted"] == 0
            assert b.listener.all(ev.Gap) == []


async def test_a_counter_that_leaps_and_stays_there_is_followed_with_a_gap() -> None:
    async with live() as b:
        await b.play(1.0)
        before = b.frames
        change(b.client, "window", raised(1_000_000))
        change(b.client, "status", lambda s: counting(s.frame_count + 1_000_000)(s))
        await b.asked(MAIN, 2)  # the first may have been under way
        b.go_on(0.5)
        newest = b.frames + 1_000_000
        await b.listener.until(lambda: b.listener.newest() == (1, newest))
        assert b.listener.gaps() == [(1, before + 1, before + 1_000_000)]


async def test_a_wild_count_is_forgotten_with_the_next_one() -> None:
    async with live(running=False) as b:
        await b.client.start()
        end = change(b.client, "status", counting(10**9))
        await b.listener.until(
            lambda: any(s.frame_count == 10**9 for s in b.listener.all(ev.StatusSeen))
        )
        assert seen(b).snapshot.frame_count == 10**9  # nothing else is known
        await b.play(0.5)
        assert seen(b).snapshot.frame_count == b.frames
        end()
        assert b.listener.all(ev.Restarted) == []


async def test_the_state_is_told_even_if_it_counts_backwards() -> None:
    async with live() as b:
        await b.play(1.0)
        change(b.client, "status", counting(3))
        await b.client.stop()
        await b.listener.until(lambda: b.listener.all(ev.StatusSeen)[-1].state == "stopped")
        status = b.listener.all(ev.StatusSeen)[-1]
        assert (status.epoch, status.frame_count) == (1, b.frames)
        trouble = await b.listener.next(ev.Trouble)
        assert trouble.endpoint == STATUS
        assert "went back" in trouble.fault.text


async def test_a_count_that_lies_a_raised_label_lower_is_not_worth_a_word() -> None:
    async with live() as b:
        await b.play(1.0)
        change(b.client, "status", lambda s: counting(s.frame_count - 1)(s))
        await b.client.stop()
        await b.listener.until(lambda: b.listener.all(ev.StatusSeen)[-1].state == "stopped")
        await b.asked(STATUS, 3)
        assert b.listener.all(ev.StatusSeen)[-1].frame_count == b.frames
        assert b.listener.all(ev.Trouble) == []


async def test_no_frames_of_a_server_that_counts_them_is_a_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(troubles, "INTERVAL", 0.0)
    async with live(listen=False) as b:
        end = refuse(b.client, "window", NoData("no data", status=404, endpoint=MAIN))
        b.go_on(1.0)
        async with b.listening():
            trouble = await b.listener.next(ev.Trouble)
            assert trouble.endpoint == MAIN
            assert trouble.fault.text == f"no frames, though the server has counted {b.frames}"
            end()
            await b.play(0.5)
            end = refuse(b.client, "window", NoData("no data", status=404, endpoint=MAIN))
            await b.listener.next(ev.Trouble)
            assert b.listener.all(ev.Restarted) == []


@pytest.mark.parametrize("frame", [10**6, 2**53])
async def test_roi_samples_are_not_taken_after_they_are_heard_of(frame: int) -> None:
    async with live(listen=False) as b:
        change(
            b.client,
            "roi_window",
            lambda reply: msgspec.structs.replace(reply, main_frame_range=(0, frame)),
        )
        b.go_on(5.0)
        async with b.listening():
            await b.play(1.0)
            await b.roi_caught_up()
            frames, samples = b.listener.samples()[-1], b.listener.samples("roi")[-1]
            assert samples.t[-1] - frames.t[-1] < 60.0
            b.check()


async def test_a_first_frame_made_after_it_was_asked_for_is_no_trouble() -> None:
    async with live(listen=False) as b:
        too_early = [NoData("no data", status=404, endpoint=MAIN)]

        def window(reply: WindowReply) -> WindowReply:
            if too_early:
                raise too_early.pop()
            return reply

        change(b.client, "window", window)
        b.go_on(1.0)
        async with b.listening():
            await b.caught_up()
            assert not too_early
            assert b.listener.all(ev.Trouble) == []


# --- values and times -----------------------------------------------------------------------------


async def test_a_frame_without_a_value_is_lost_alone_and_said_so() -> None:
    async with live() as b:
        await b.play(0.5)
        blank = b.frames + 5
        change(
            b.client,
            "window",
            points(lambda n, p: Point(p.t, math.nan) if n == blank else p),
        )
        await b.play(1.0)
        assert b.listener.gaps() == [(1, blank, blank)]
        (trouble,) = b.listener.all(ev.Trouble)
        assert trouble.endpoint == MAIN
        assert trouble.fault.text == "NaN in the reply: 1 new value missing"
        b.check()


async def test_an_roi_sample_without_a_value_is_lost_alone() -> None:
    async with live() as b:
        await b.play(1.0)
        await b.roi_caught_up()
        blank = b.simulator.backend.engine.sample_count + 1
        change(
            b.client,
            "roi_window",
            roi_points(lambda p: RoiPoint(p.t, math.nan, blank) if p.roi_index == blank else p),
        )
        b.go_on(2.0)
        await b.roi_caught_up()
        assert b.listener.gaps("roi") == [(1, blank, blank)]
        b.check()


async def test_nan_beside_the_frames_costs_nothing() -> None:
    async with live() as b:
        await b.play(0.5)
        change(
            b.client,
            "status",
            lambda s: msgspec.structs.replace(s, current_value=math.nan, baseline=math.nan),
        )
        await b.play(0.5)
        trouble = await b.listener.next(ev.Trouble)
        assert (trouble.endpoint, trouble.fault.text) == (
            STATUS,
            "NaN in the reply: 2 new values missing",
        )
        snapshot = seen(b).snapshot
        assert (snapshot.link, snapshot.state, snapshot.baseline) == ("up", "running", None)
        assert snapshot.value == b.simulator.truth.frames[-1].value
        b.check()


@pytest.mark.parametrize("set_by", [3600.0, -3600.0, -0.03])
async def test_a_clock_that_is_set_during_a_run_does_not_move_the_session(
    set_by: float,
) -> None:
    async with live() as b:
        await b.play(0.5)
        last = b.frames
        reached = b.listener.samples()[-1].t[-1]

        def skewed(number: int, point: Point) -> Point:
            return Point(point.t + set_by, point.value) if number > last else point

        change(b.client, "window", points(skewed))
        await b.play(3.0)  # as long as the step is in the window, and longer
        assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
        assert b.listener.samples()[-1].t[-1] - reached == pytest.approx(3.0, abs=0.1)
        assert b.listener.kinds().keys() == UNDISTURBED


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("absurd", [1e12, 1e20, 1e305])
async def test_a_time_that_cannot_be_costs_one_frame(absurd: float) -> None:
    async with live(listen=False) as b:
        b.go_on(1.0)
        wrong = b.frames - 20
        change(
            b.client,
            "window",
            points(lambda n, p: Point(absurd, p.value) if n == wrong else p),
        )
        async with b.listening():
            await b.play(1.0)
            assert b.listener.gaps() == [(1, wrong, wrong)]
            assert b.listener.all(ev.Restarted) == []
            b.check()


# --- endpoints that fail alone --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_lost_frames_are_a_gap_where_the_roi_samples_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(main, "VERDICT_PATIENCE", 0.05)
    async with live() as b:
        await b.play(1.0)
        await b.roi_caught_up()
        _, newest = b.listener.newest()
        if how == "fails":
            refuse(b.client, "roi_window", ServerFault("500", status=500, endpoint=ROI))
        else:
            hang(b.client, "roi_window")
        b.go_on(6.0)
        await b.caught_up()
        assert b.listener.gaps() == [(1, newest + 1, b.frames - 100)]
        assert b.listener.all(ev.Restarted) == []
        b.check()


@pytest.mark.parametrize("name", ["dual_realtime", "roi_window"])
async def test_an_endpoint_that_hangs_does_not_stop_the_frames(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(shared, "VERDICT_PATIENCE", 0.05)
    async with live(listen=False) as b:
        hang(b.client, name)
        async with b.listening():
            await b.play(0.5)
            assert b.listener.numbers() == [(1, n) for n in range(1, b.frames + 1)]
            assert b.listener.all(ev.ConnectionLost) == []


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [("window", MAIN), ("roi_window", ROI), ("dual_realtime", "GET /data/dual-realtime")],
)
async def test_an_endpoint_without_an_answer_is_a_trouble_and_no_loss(
    name: str, endpoint: str
) -> None:
    async with live() as b:
        await b.play(0.5)
        end = refuse(b.client, name, TimedOut("no answer", endpoint=endpoint))
        b.source.want_pictures(50)
        trouble = await b.listener.next(ev.Trouble)
        assert (trouble.endpoint, trouble.fault.kind) == (endpoint, "timed out")
        await b.asked(STATUS, 3)
        end()
        await b.play(0.5)
        assert b.listener.all(ev.ConnectionLost) == []
        b.check()


async def test_roi_samples_do_not_wait_for_a_signal_in_trouble() -> None:
    async with live(listen=False) as b:
        end = refuse(b.client, "window", ServerFault("500", status=500, endpoint=MAIN))
        b.go_on(20.0)
        async with b.listening():
            await b.roi_caught_up()
            end()
            await b.play(0.5)
            frames, samples = b.listener.samples()[-1], b.listener.samples("roi")[-1]
            assert abs(float(frames.t[-1] - samples.t[-1])) < 1.0, "they share no time"
            b.check()


def test_a_signal_in_trouble_is_asked_again_soon_and_then_less_often() -> None:
    now = [0.0]
    endpoints = troubles.Troubles(lambda event: None, 0.05, lambda: now[0])
    error = BadData("junk", endpoint=MAIN)
    assert [endpoints.suffer(error) for _ in range(3)] == [0.05, 0.1, 0.1]
    assert [endpoints.suffer(error) for _ in range(5)] == [0.1] * 5
    now[0] = 10.0
    assert endpoints.suffer(error) == pytest.approx(0.5)
    now[0] = 1000.0
    assert endpoints.suffer(error) == 1.0
    for trouble_is_over in (lambda: endpoints.over(MAIN), endpoints.forget):
        trouble_is_over()
        assert [endpoints.suffer(error) for _ in range(3)] == [0.05, 0.1, 0.1]
        now[0] += 1000.0


async def test_a_lost_link_is_no_trouble_of_an_endpoint() -> None:
    async with live() as b:
        await b.play(0.5)
        b.simulator.faults.set("refuse")
        await lost(b)
        b.simulator.faults.clear()
        await back(b)
        assert b.listener.all(ev.Trouble) == []
