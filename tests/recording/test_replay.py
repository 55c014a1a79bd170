"""A replay tells what the live source told; jumps, steps and speeds change only when."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from nhem_tui.plot import braille
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import ChartOptions, Size, Viewport
from nhem_tui.recording.peaks import Tuning
from nhem_tui.recording.places import Places
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.replay import ReplaySource
from nhem_tui.recording.script import Script
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Session
from nhem_tui.stream.source import Source
from tests.recording.support import FAULT, NOON, assert_same, samples, session, status, write


class Hand:
    """A clock set by hand, 0 at first."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


MARKS = [(31_000_000, ev.Mark(NOON, 12.0, "a")), (31_000_001, ev.Mark(NOON, 20.0, "b"))]


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    with Recording(write(tmp_path / "night.nhem", [*session(), *MARKS])) as recording:
        yield recording


def told() -> list[ev.Event]:
    return [entry for _, entry in [*session(), *MARKS]]  # type: ignore[misc]  # no parameters


async def listen(source: ReplaySource) -> list[ev.Event]:
    """Everything until the source ends or jumps."""
    source.want_pictures(1.0)
    async with aclosing(source.events()) as events:
        return [event async for event in events]


class Listener:
    """Takes events in while the test goes on."""

    def __init__(self, source: ReplaySource) -> None:
        source.want_pictures(1.0)
        self.heard: list[ev.Event] = []
        self.ended = False
        self._task = asyncio.create_task(self._listen(source))

    async def _listen(self, source: ReplaySource) -> None:
        async with aclosing(source.events()) as events:
            async for event in events:
                self.heard.append(event)
        self.ended = True

    @property
    def frames(self) -> list[int]:
        pieces = [e.numbers.tolist() for e in self.heard if _is_main(e)]
        return [number for piece in pieces for number in piece]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                assert not self._task.done() or self.ended or self._task.result()
                await asyncio.sleep(0.002)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def listen_to() -> AsyncIterator[Callable[[ReplaySource], Listener]]:
    listeners: list[Listener] = []

    def begin(source: ReplaySource) -> Listener:
        listeners.append(Listener(source))
        return listeners[-1]

    yield begin
    for listener in listeners:
        await listener.close()


def _is_main(event: ev.Event) -> bool:
    return isinstance(event, ev.Samples) and event.channel == "main"


async def test_the_same_events_come_as_were_recorded(recording: Recording) -> None:
    source: Source = ReplaySource(recording, speed=64, stay=False)
    assert source.label == "night.nhem"
    assert isinstance(source, ReplaySource)
    assert_same(await listen(source), told())


@pytest.mark.parametrize("wanted", [False, True])
async def test_a_jump_reads_no_picture_but_the_newest_where_it_is_wanted(
    recording: Recording, wanted: bool
) -> None:
    source = ReplaySource(recording, paused=True)
    source.want_pictures(float(wanted))
    await source.seek(20.0)
    asked: list[str] = []
    recording._connection.set_trace_callback(asked.append)
    async with aclosing(source.events()) as events:
        async for _ in events:
            break  # what was known has been read
    of_pictures = [query for query in asked if "FROM picture" in query]
    assert len(of_pictures) == wanted
    assert all("LIMIT 1" in query for query in of_pictures)
    assert any("FROM samples" in query for query in asked)


async def test_pictures_come_only_when_wanted(recording: Recording) -> None:
    source = ReplaySource(recording, speed=64, stay=False)
    async with aclosing(source.events()) as events:
        kinds = {type(event) async for event in events}
    assert ev.PictureSeen not in kinds
    assert ev.StatusSeen in kinds


async def test_the_same_frames_lead_to_the_same_screen(recording: Recording) -> None:
    live, replayed = Session(10_000, 1000, lambda: 5.0), Session(10_000, 1000, lambda: 5.0)
    for event in told():
        live.apply(event)
    for event in await listen(ReplaySource(recording, speed=64, stay=False)):
        replayed.apply(event)
    assert replayed.snapshot == live.snapshot
    assert screen(replayed) == screen(live)
    assert any("⠿" in row or "⡇" in row for row in screen(live))


def screen(session: Session) -> list[str]:
    """Both charts as they are drawn."""
    rows: list[str] = []
    for buffer in (session.main, session.roi):
        shown = buffer.window(0.0, 30.0)
        series = with_gaps(shown.t, shown.values, shown.keys, 1.0)
        viewport = Viewport(0.0, 30.0, 80.0, 130.0)
        rows += [row.text for row in braille.render(viewport, series, Size(80, 12), ChartOptions())]
    return rows


async def test_it_is_told_at_the_pace_it_was_heard(
    recording: Recording, clock: Hand, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, monotonic=clock)
    listener = listen_to(source)
    await listener.until(lambda: len(listener.heard) >= 1)
    assert [type(event) for event in listener.heard] == [ev.Connected]
    clock.now = 0.0025
    source.set_speed(1.0)  # wakes it: the hand-set clock does not
    await listener.until(lambda: len(listener.frames) == 5)
    clock.now += 5.0
    source.set_speed(2.0)
    await listener.until(lambda: source.position > 4.8)
    assert source.position <= 5.0025
    assert source.clock == pytest.approx(5.0025)
    clock.now += 2.0
    source.set_speed(0.25)
    await listener.until(lambda: source.position > 8.8)
    assert source.clock == pytest.approx(9.0025)
    assert source.wall == pytest.approx(NOON + 9.0025)
    assert source.speed == 0.25


async def test_speed_stays_within_its_limits(recording: Recording) -> None:
    source = ReplaySource(recording, speed=1000)
    assert source.speed == 64
    source.set_speed(0.01)
    assert source.speed == 0.25


async def test_paused_it_stands_still_and_steps_frame_by_frame(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, paused=True)
    listener = listen_to(source)
    await source.step()
    await listener.until(lambda: listener.frames == [1])
    await source.step(3)
    await listener.until(lambda: listener.frames == [1, 2, 3, 4])
    assert not source.playing
    await source.step(6)
    await listener.until(lambda: listener.frames == list(range(1, 11)))
    assert source.clock == pytest.approx(0.2 + 9 / 45)  # when the piece with frame 10 was heard
    source.set_speed(64)
    source.play()
    await listener.until(lambda: len(listener.frames) == 1179)
    assert listener.frames[:455] == list(range(1, 456))


async def test_a_step_back_is_a_jump_to_the_frame_before(recording: Recording) -> None:
    source = ReplaySource(recording, paused=True, stay=False)
    await source.seek_frame(100)
    await source.step(-3)
    async with aclosing(source.events()) as events:
        frames = await first_frames(events)
    assert frames == list(range(1, 98))


async def first_frames(events: AsyncIterator[ev.Event]) -> list[int]:
    """The frames told at once, until the source wants to wait."""
    frames: list[int] = []
    with pytest.raises(TimeoutError):
        while True:
            async with asyncio.timeout(0.3):
                event = await anext(events)
            if _is_main(event):
                assert isinstance(event, ev.Samples)
                frames += event.numbers.tolist()
    return frames


@pytest.mark.parametrize("frame", [5, 6, 7, 100, 455, 500, 539, 548])
async def test_after_a_jump_the_session_is_as_it_was_live(recording: Recording, frame: int) -> None:
    source = ReplaySource(recording, speed=64, stay=False)
    assert await source.seek_frame(frame)
    jumped, live = Session(10_000, 1000, lambda: 5.0), Session(10_000, 1000, lambda: 5.0)
    for event in await listen(source):
        jumped.apply(event)
    for event in told():
        live.apply(event)
    assert jumped.snapshot == live.snapshot
    assert screen(jumped) == screen(live)
    assert jumped.main.last(9999).numbers.tolist() == live.main.last(9999).numbers.tolist()


async def test_what_was_lost_long_before_a_jump_is_not_forgotten(recording: Recording) -> None:
    source = ReplaySource(recording, speed=64, stay=False, backfill=1.0)
    await source.seek_frame(600, epoch=2)
    jumped = Session(10_000, 1000, lambda: 5.0)
    for event in await listen(source):
        jumped.apply(event)
    snapshot = jumped.snapshot
    assert (snapshot.lost, snapshot.roi_lost, snapshot.epoch) == (44, 3, 2)
    assert (snapshot.url, snapshot.link) == ("http://lab3:8421", "up")


async def test_only_as_much_is_told_again_as_was_asked_for(recording: Recording) -> None:
    source = ReplaySource(recording, paused=True, backfill=1.0)
    await source.seek_frame(300)
    async with aclosing(source.events()) as events:
        frames = await first_frames(events)
    assert frames[-1] == 300
    assert 45 <= len(frames) < 45 + 256 + 10  # a row is told whole


async def test_a_jump_ends_the_iteration_and_the_next_begins_there(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, paused=True)
    before = listen_to(source)
    await source.step(9)
    await before.until(lambda: len(before.frames) == 9)
    await source.seek(5.0)
    await before.until(lambda: before.ended)
    after = listen_to(source)
    await after.until(lambda: len(after.frames) > 200)
    assert source.position == after.heard[-2].t[-1]  # type: ignore[union-attr]
    assert 5.0 - 1 / 45 < source.position <= 5.0
    assert isinstance(after.heard[-1], ev.StatusSeen)


async def test_seeking_by_frame_needs_that_frame_of_that_process(recording: Recording) -> None:
    source = ReplaySource(recording)
    assert await source.seek_frame(10, epoch=2)
    assert source.position == pytest.approx(15.3 + 9 / 45)
    assert not await source.seek_frame(470, epoch=1)
    assert await source.seek_frame(470)  # of whichever process has it
    assert not await source.seek_frame(540, epoch=3)


async def test_seeking_by_landmark_goes_on_from_one_to_the_next_and_back(
    recording: Recording,
) -> None:
    source = ReplaySource(recording, paused=True)
    marks = []
    while await source.seek_landmark("mark", 1):
        marks.append(source.position)
    assert [round(t, 1) for t in marks] == [13.2, 20.0]  # the first lies in a gap
    assert await source.seek_landmark("mark", -1)
    assert source.position == marks[0]
    assert not await source.seek_landmark("mark", -1)
    await source.seek(0.0)
    assert await source.seek_landmark("gap", 1)
    assert source.position == 13.2


async def test_seeking_by_peak_finds_the_apexes_of_the_roi_samples(tmp_path: Path) -> None:
    values = np.full(60, 90.0)
    values[[10, 11, 12, 30, 31]] = [110.0, 125.0, 112.0, 130.0, 111.0]
    roi = ev.Samples("roi", 1, np.arange(1, 61), np.arange(60) / 2, values, False, math.nan)
    path = write(tmp_path / "peaks.nhem", [(1, samples(1, 1350, 0.0)), (2, roi)])
    with Recording(path) as recording:
        source = ReplaySource(recording, paused=True)
        found = []
        by = [Tuning(-math.inf, 105.0, 1.1)]
        while await source.seek_landmark("peak", 1, by):
            found.append(round(source.position, 6))
    assert found == [5.511111, 15.0]  # the first frames not before 5.5 s and 15 s


async def test_while_it_plays_the_landmark_before_is_not_the_one_just_left(
    tmp_path: Path, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    values = np.full(60, 90.0)
    values[[10, 11, 12, 30, 31]] = [110.0, 125.0, 112.0, 130.0, 111.0]
    roi = ev.Samples("roi", 1, np.arange(1, 61), np.arange(60) / 2, values, False, math.nan)
    told = [(1_000_000 * s + 1, samples(45 * s + 1, 45, float(s))) for s in range(60)]
    path = write(tmp_path / "peaks.nhem", [told[0], (2, roi), *told[1:]])
    by = [Tuning(-math.inf, 105.0, 1.1)]
    with Recording(path) as recording:
        source = ReplaySource(recording, speed=16, paused=True)
        assert await source.seek_landmark("peak", 1, by)
        assert await source.seek_landmark("peak", 1, by)
        listener = listen_to(source)
        source.play()
        await listener.until(lambda: source.position > 15.0)
        assert await source.seek_landmark("peak", -1, by)
        assert round(source.position, 1) == 5.5
        assert await source.seek_landmark("mark", 1, also=[20.0])
        assert source.position == 20.0


async def test_at_the_end_it_waits_for_a_jump_or_begins_again(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, speed=64)
    listener = listen_to(source)
    await listener.until(lambda: source.clock >= source.duration)
    assert not listener.ended
    await source.seek(0.0)
    await listener.until(lambda: listener.ended)
    looping = ReplaySource(recording, speed=64, loop=True)
    assert_same(await listen(looping), told())
    assert_same(await listen(looping), told())


async def test_a_recording_without_samples_can_be_replayed(tmp_path: Path) -> None:
    path = write(tmp_path / "empty.nhem", [])
    with Recording(path) as recording:
        source = ReplaySource(recording, stay=False)
        await source.seek(3.0)
        assert await listen(source) == []
        assert not await source.seek_landmark("gap", 1)


def pressed_late(*standing: ev.Event) -> list[tuple[int, ev.Event]]:
    """A recording begun after an hour: what stood then, and 20 s of samples of epoch 2."""
    told: list[tuple[int, ev.Event]] = [(n, event) for n, event in enumerate(standing)]
    for n in range(40):
        t = 3600.0 + n / 2
        roi = samples(900 + n, 1, t + 0.1, channel="roi", epoch=2, utc=NOON - 3600)
        told += [
            (10_000 + n * 500_000, samples(162_001 + 22 * n, 22, t, epoch=2, utc=NOON - 3600)),
            (10_001 + n * 500_000, roi),
        ]
    return told


async def test_seconds_count_from_the_first_frame_whenever_the_recording_began(
    tmp_path: Path, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    marks = [(9_000, ev.Mark(NOON, 3590.0, "before")), (12_000_000, ev.Mark(NOON, 3605.0, "in"))]
    path = write(tmp_path / "late.nhem", sorted([*pressed_late(), *marks], key=lambda one: one[0]))
    with Recording(path) as recording:
        assert recording.origin == 3600.0
        assert recording.span == (0.0, pytest.approx(19.96, abs=0.01))
        assert [mark.t for mark in recording.marks()] == [-10.0, 5.0]
        assert len(recording.window("main", 0.0, 1.0).t) == 45
        source = ReplaySource(recording, paused=True)
        assert (source.place, source.length) == (0.0, pytest.approx(19.96, abs=0.01))
        await source.seek(10.0)
        assert source.place == pytest.approx(10.0, abs=0.03)
        listener = listen_to(source)
        await listener.until(lambda: len(listener.frames) > 440)
        frames = [e for e in listener.heard if isinstance(e, ev.Samples) and e.channel == "main"]
        assert frames[0].t[0] == 0.0
        assert frames[0].utc == NOON  # of t = 0


async def test_a_seek_before_the_first_frame_goes_to_it(
    tmp_path: Path, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    with Recording(write(tmp_path / "late.nhem", pressed_late())) as recording:
        source = ReplaySource(recording, paused=True)
        for t in (0.0, -5.0):
            await source.seek(t)
            listener = listen_to(source)
            await listener.until(lambda listener=listener: listener.frames == [162_001])
            await listener.close()


async def test_what_stood_when_the_recording_began_is_told_first(tmp_path: Path) -> None:
    standing = (
        ev.Connected(NOON, "http://lab3:8421", "1.0.0"),
        ev.Restarted(NOON, 2),
        status(NOON, 162_000, epoch=2),
        ev.ConnectionLost(NOON, FAULT),
        ev.Retrying(NOON, 3, 2.0, FAULT),
        ev.Mark(NOON, 3590.0, "before"),
    )
    with Recording(write(tmp_path / "late.nhem", pressed_late(*standing)[:8])) as recording:
        told = await listen(ReplaySource(recording, speed=64, stay=False))
    replayed = Session(100, 100, lambda: 5.0)
    for event in told:
        replayed.apply(event)
    snapshot = replayed.snapshot
    assert (snapshot.epoch, snapshot.link, snapshot.fault) == (2, "lost", FAULT)
    assert told[5] == ev.Mark(NOON, -10.0, "before")


async def test_the_detector_is_tuned_as_it_was_then(recording: Recording, tmp_path: Path) -> None:
    tunings = [
        (5, ev.Tuned(NOON, 105.0, 1.1)),
        (8, ev.Parameters(NOON, {"peak_threshold": 104.0, "difference_threshold": 2.0})),
        (20_000_000, ev.Tuned(NOON, 120.0, 1.5)),
    ]
    roi = [(n * 500_000 + 10, samples(1 + n, 1, n / 2, channel="roi")) for n in range(60)]
    told = sorted([*tunings, *roi], key=lambda one: one[0])
    with Recording(write(tmp_path / "tuned.nhem", told)) as tuned:
        source = ReplaySource(tuned, speed=64, stay=False)
        assert source.tunings == [Tuning(-math.inf, 105.0, 1.1), Tuning(19.5, 120.0, 1.5)]
        heard = [e for e in await listen(source) if isinstance(e, ev.Tuned)]
    assert heard == [event for _, event in tunings if isinstance(event, ev.Tuned)]
    # Where only the server's parameters are known they are taken for it.
    with Recording(write(tmp_path / "server.nhem", [tunings[1], *roi])) as server:
        assert ReplaySource(server).tunings == [Tuning(-math.inf, 104.0, 2.0)]
    assert ReplaySource(recording).tunings == []


async def test_at_the_end_it_stands_and_play_begins_again(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, speed=64)
    listener = listen_to(source)
    await listener.until(lambda: not source.playing)
    assert len(listener.frames) == 1179
    source.play()
    await listener.until(lambda: listener.ended)
    assert source.playing
    again = listen_to(source)
    await again.until(lambda: len(again.frames) == 1179)


async def test_a_loop_wished_for_at_the_end_begins_at_once(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, speed=64)
    listener = listen_to(source)
    await listener.until(lambda: not source.playing)
    source.loop = True
    await listener.until(lambda: listener.ended)


async def test_a_paused_replay_does_not_loop_into_nothing(
    recording: Recording, listen_to: Callable[[ReplaySource], Listener]
) -> None:
    source = ReplaySource(recording, paused=True, loop=True)
    await source.seek(1e9)
    listener = listen_to(source)
    await listener.until(lambda: len(listener.frames) == 1179)
    await source.step()
    await listener.until(lambda: listener.heard[-1] == MARKS[-1][1])
    for _ in range(20):  # nothing is left to be read: it is at its end at once
        await asyncio.sleep(0)
    assert not listener.ended


def test_a_night_of_gaps_is_searched_at_once(tmp_path: Path) -> None:
    told: list[tuple[int, ev.Event]] = []
    for n in range(6000):
        told += [
            (3 * n, samples(1 + 3 * n, 2, n / 10)),
            (3 * n + 1, ev.Gap("main", 1, 3 + 3 * n, 3 + 3 * n)),
        ]
    with Recording(write(tmp_path / "gaps.nhem", told, commit_each=20_000)) as recording:
        began = time.process_time()
        found = Places(recording).landmarks("gap")
        seconds = time.process_time() - began
        script = Script(recording)
        few = [one.what for one in script.happenings(3000, 3030)]
    assert found.tolist() == [n / 10 for n in range(1, 6000)]
    assert seconds < 0.3  # 0.03 here; one look at all rows for each gap takes 0.6
    assert few == [ev.Gap("main", 1, 3 + 3 * n, 3 + 3 * n) for n in range(1000, 1010)]
