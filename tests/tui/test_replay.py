"""A recording on the dashboard: as if it were live, and steered."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Static

from nhem_tui.backend.roi import Roi
from nhem_tui.config.schema import Settings
from nhem_tui.recording.dataset import InForce, of_recording
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.recorder import Recorder
from nhem_tui.recording.replay import ReplaySource
from nhem_tui.recording.schema import Ended, Identity
from nhem_tui.recording.seeking import FrameNumber, Moment, NextLandmark, parse_target
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Clock, Context
from nhem_tui.tui.roi_words import recorded
from nhem_tui.tui.screens.help import Help
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.roi import RoiScreen
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.picture import RoiPicture
from tests.tui.opened import (
    SIZE,
    all_told,
    answer,
    chart_text,
    dashboard,
    pane,
    pane_text,
    ready,
    told,
)
from tests.tui.scripted import MONOTONIC, NOW, live, make_app, until

FIRST, LAST = 260_001, 261_125


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    """The scripted session as it would have been recorded, an event each second."""
    clock = iter(range(0, 10**12, 10**9))
    recorder = Recorder(tmp_path / "night.nhem", monotonic=lambda: next(clock), wall=lambda: NOW)
    for event in live():
        recorder.take(event)
    assert recorder.close().failure == ""
    with Recording(tmp_path / "night.nhem") as opened:
        yield opened


def keys(app: NhemApp) -> str:
    return app.screen.query_one(KeyBar).rows[0].text


async def test_the_keys_of_a_replay_come_first_and_say_what_they_do_now(
    recording: Recording,
) -> None:
    app, source = replaying(recording)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        await until(pilot, lambda: "Play" in keys(app))
        for word in ("Slower", "Faster", "Step", "Go to", "Next peak", "Help", "Quit"):
            assert word in keys(app)
        await pilot.press("enter")
        await until(pilot, lambda: source.playing and " Pause" in keys(app))
        assert "Play" not in keys(app)
        await pilot.press("enter")
        await until(pilot, lambda: not source.playing and " Play" in keys(app))


async def test_a_small_replay_says_where_in_it_one_is(recording: Recording) -> None:
    app, _ = replaying(recording)
    async with app.run_test(size=(50, 15)) as pilot:
        await until(pilot, lambda: "‖1× 0:00" in pane(app, "pane"))


async def test_the_region_of_a_replay_is_the_one_that_was_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "region.nhem", wall=lambda: NOW)
    recorder.take(ev.Parameters(NOW - 30, {"roi": [120, 80, 420, 380]}))
    for event in live():
        recorder.take(event)
    assert recorder.close().failure == ""
    with Recording(tmp_path / "region.nhem") as opened:
        app, _ = replaying(opened, speed=64, paused=False)
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: recorded(app.monitor.in_force))
            await pilot.press("o")
            await until(pilot, lambda: isinstance(app.screen, RoiScreen) and app.screen.is_open)
            assert app.screen.draft.roi == Roi(120, 80, 420, 380)
            assert "300" in pane(app, "sizes")


@pytest.mark.parametrize("held", [None, "1,2,3,4", [1, 2, 3], [1, 2, 3, "4"], [1.5, 2, 3, 4]])
def test_what_is_no_region_is_not_shown_as_one(held: object) -> None:
    assert recorded([InForce(None, NOW, "server", {"roi": held})]) is None
    assert recorded([]) is None


def replaying(
    recording: Recording, *, speed: float = 1.0, paused: bool = True
) -> tuple[NhemApp, ReplaySource]:
    source = ReplaySource(recording, speed=speed, paused=paused)
    clock = Clock(lambda: MONOTONIC, lambda: NOW)
    return NhemApp(Context(source=source, client=None, settings=Settings(), clock=clock)), source


def frame(app: NhemApp) -> int:
    newest = app.monitor.session.main.last(1).numbers
    return int(newest[0]) if len(newest) else 0


async def settled(pilot: Pilot[None], app: NhemApp) -> tuple[str, str]:
    """Both charts once ten looks in a row see the same."""
    seen: list[tuple[str, str]] = []

    def calm() -> bool:
        seen.append(both_charts(app))
        return len(seen) >= 10 and len(set(seen[-10:])) == 1

    await until(pilot, calm)
    return seen[-1]


def both_charts(app: NhemApp) -> tuple[str, str]:
    return chart_text(app), chart_text(app, "#roi")


async def test_the_same_frames_lead_to_the_same_chart_as_live(recording: Recording) -> None:
    shown_live = make_app(live())
    async with shown_live.run_test(size=SIZE) as pilot:
        await pilot.press("y")  # a fitted axis remembers how it came about
        await until(pilot, lambda: ready(shown_live))  # by the last of its events
        charts = await settled(pilot, shown_live)
    assert all("▲" in chart for chart in charts)
    app, _ = replaying(recording, speed=64, paused=False)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: both_charts(app) == charts)


async def test_it_is_stepped_jumped_in_and_played(recording: Recording) -> None:
    app, source = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"#260500", "enter")
        await until(pilot, lambda: frame(app) == 260_500)
        await pilot.press("f")
        await until(pilot, lambda: frame(app) == 260_501)
        for number in (260_500, 260_499):
            await pilot.press("F")
            await until(pilot, lambda number=number: frame(app) == number)
        await pilot.press("n")
        await until(pilot, lambda: frame(app) > 260_501)
        await pilot.press("home")
        await until(pilot, lambda: frame(app) == FIRST)
        await pilot.press("right_square_bracket")
        assert source.speed == 2
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert source.speed == 0.5
        await pilot.press("enter")
        assert source.playing


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Recording]:
    """A recording begun with R after an hour: connection and tuning, a session, a mark."""
    clock = iter(range(0, 10**12, 10**9))
    recorder = Recorder(tmp_path / "late.nhem", monotonic=lambda: next(clock), wall=lambda: NOW)
    met, *session = live()
    for event in (met, ev.Tuned(NOW, 120.0, 1.1), *map(an_hour_later, session)):
        recorder.take(event)
    recorder.take(ev.Mark(NOW, 3620.0, "needle in"))
    assert recorder.close().failure == ""
    with Recording(tmp_path / "late.nhem") as opened:
        yield opened


def an_hour_later(event: ev.Event) -> ev.Event:
    return replace(event, t=event.t + 3600) if isinstance(event, ev.Samples) else event


async def test_r_records_nothing_in_a_replay(recording: Recording) -> None:
    app, _ = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        await pilot.press("R")
        await until(pilot, lambda: "This is a replay" in told(app))
        assert not app.tape.running


async def test_title_keys_and_questions_count_from_the_first_frame(late: Recording) -> None:
    app, source = replaying(late)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "0:00 / 0:24" in pane_text(app, "#top"))
        await pilot.press("home")
        await until(pilot, lambda: frame(app) == FIRST)
        assert "CONNECTING" not in pane_text(app, "#top")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"10.5", "enter")
        await until(pilot, lambda: "0:10 / 0:24" in pane_text(app, "#top"))
        assert source.position == pytest.approx(10.5, abs=0.03)


async def test_a_mark_put_in_a_replay_can_be_gone_to(recording: Recording) -> None:
    app, source = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await source.seek(20.0)
        await until(pilot, lambda: frame(app) > FIRST + 800)
        marked = frame(app)
        await pilot.press("b", "home")
        await until(pilot, lambda: frame(app) == FIRST)
        await pilot.press("slash")
        await answer(pilot, app, "mark")
        await until(pilot, lambda: frame(app) == marked)


async def test_marks_are_seen_and_exported_as_they_were_put(late: Recording) -> None:
    app, _ = replaying(late, speed=64, paused=False)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "╎" in chart_text(app))
        assert [(mark.t, mark.text) for mark in app.monitor.moments] == [(20.0, "needle in")]
        await pilot.press("B")
        await until(pilot, lambda: "no mark to remove" in told(app))
        assert "╎" in chart_text(app)
        exported = dashboard(app)._dataset().metadata
    assert exported == of_recording(late).metadata


async def test_peaks_are_those_that_were_seen_then(late: Recording) -> None:
    app, _ = replaying(late, speed=64, paused=False)  # the settings say 105
    async with app.run_test(size=SIZE) as pilot:
        found = of_recording(late).peaks().found
        await until(pilot, lambda: list(app.monitor.marks(-math.inf)) == found != [])
        assert app.monitor.tracker.threshold == 120.0
        await pilot.press("n")
        await until(pilot, lambda: "no peak after" in told(app))


async def test_a_jump_writes_the_log_anew(recording: Recording) -> None:
    app, source = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        for number in (LAST - 1, LAST, LAST - 2):
            assert await source.seek_frame(number)
            await until(pilot, lambda number=number: frame(app) == number)
            lines = [entry.text for entry in app.monitor.journal.entries]
            assert sum("Lost for good" in line for line in lines) == 1
            assert sum(entry.count for entry in app.monitor.journal.entries) == len(lines)


async def test_enter_at_the_end_begins_again(recording: Recording) -> None:
    app, source = replaying(recording, speed=64, paused=False)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: frame(app) == LAST and not source.playing)
        await until(pilot, lambda: "‖ REPLAY" in pane_text(app, "#top"))
        source.set_speed(1.0)
        await pilot.press("enter")
        await until(pilot, lambda: source.playing and source.position < 1)


async def test_a_jump_is_seen_also_where_the_display_was_frozen(recording: Recording) -> None:
    app, source = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await source.seek(20.0)
        await until(pilot, lambda: frame(app) > FIRST + 800)
        for key in ("home", "F", "f"):
            await until(pilot, lambda: any("\u2801" <= dot <= "\u28ff" for dot in chart_text(app)))
            await pilot.press("space")
            await until(pilot, lambda: "FROZEN" in pane_text(app, "#top"))
            await pilot.press(key)
            await until(pilot, lambda: "FROZEN" not in pane_text(app, "#top"))
        await pilot.press("space", "slash")
        await answer(pilot, app, "#5")  # leads nowhere: what is looked at stays
        await until(pilot, lambda: "is not recorded" in told(app))
        assert dashboard(app).view.frozen


@pytest.mark.parametrize("how", ["enter", "home", "n"])
async def test_what_is_damaged_is_said_and_the_rest_can_be_looked_at(
    how: str, recording: Recording
) -> None:
    recording.close()
    with closing(sqlite3.connect(recording.path)) as file, file:
        file.execute(
            "UPDATE samples SET crc = crc + 1"
            " WHERE heard = (SELECT min(heard) FROM samples WHERE channel = 0)"
        )
    with Recording(recording.path) as opened:
        app, source = replaying(opened)
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
            await pilot.press(how)
            await until(pilot, lambda: f"bad data: {source.label} · " in all_told(app))
            assert "nhem-tui repair" in all_told(app)
            assert "night.nhem is damaged" in all_told(app)
            assert not source.playing
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(app.screen, Help))


async def test_after_a_jump_the_log_and_the_counts_are_those_of_then(tmp_path: Path) -> None:
    writer = FileWriter(tmp_path / "long.nhem", Identity("x", NOW, url="http://lab3:8421"))
    writer.add(0, ev.Connected(NOW, "http://lab3:8421", "1.0.0"))
    for second in range(2000):
        if second == 30:
            writer.add(30_000_000, ev.Gap("main", 1, 101, 300))
        if not 10 <= second < 30:
            frames = np.arange(second * 10 + 1, second * 10 + 11)
            values = np.full(10, 100.0)
            told = ev.Samples("main", 1, frames, frames / 10, values, False, NOW)
            writer.add(second * 1_000_000 + 1, told)
    writer.commit()
    writer.close(Ended(NOW + 2000, "stopped by the user"))
    with Recording(tmp_path / "long.nhem") as opened:
        source = ReplaySource(opened, paused=True)
        clock = Clock(lambda: source.clock, lambda: source.wall)
        app = NhemApp(Context(source=source, client=None, settings=Settings(), clock=clock))
        async with app.run_test(size=SIZE) as pilot:
            await source.seek(1900.0)
            await until(pilot, lambda: frame(app) >= 19_000)
            snapshot = app.monitor.session.snapshot
            assert (snapshot.received, snapshot.lost) == (18_801, 200)
            (lost,) = (e for e in app.monitor.journal.entries if "Lost" in e.text)
            assert lost.at == NOW + 30


async def test_words_that_lead_nowhere_are_kept_and_explained(recording: Recording) -> None:
    app, _ = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        await pilot.press("slash", *"yesterday", "enter")
        await until(pilot, lambda: "peak" in str(app.screen.query_one("#wrong", Static).render()))
        assert isinstance(app.screen, Prompt)
        await pilot.press("escape", "slash", *"#5", "enter")
        await until(pilot, lambda: "Frame 5 is not recorded" in told(app))


async def test_the_server_cannot_be_steered_from_a_replay(recording: Recording) -> None:
    app, _ = replaying(recording)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "REPLAY" in pane_text(app, "#top"))
        for key in ("s", "r"):
            await pilot.press(key)
            await until(pilot, lambda: "This is a replay" in told(app))
            app.tell("forgotten")
            await until(pilot, lambda: "forgotten" in told(app))


async def test_a_picture_that_was_not_recorded_is_not_waited_for(recording: Recording) -> None:
    app, _ = replaying(recording)
    async with app.run_test(size=(200, 50)) as pilot:
        picture = app.screen.query_one(RoiPicture)
        await until(pilot, lambda: "No picture was" in " ".join(picture.rows))


async def test_live_has_no_replay_keys() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("n")
        await until(pilot, lambda: "Only in a replay" in told(app))
        assert dashboard(app).is_current


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("12.5", Moment(12.5)),
        (" 2:05 ", Moment(125)),
        ("1:02:03.5", Moment(3723.5)),
        ("#260807", FrameNumber(260_807)),
        ("# 7 @ 2", FrameNumber(7, 2)),
        ("peak", NextLandmark("peak", 1)),
        ("-Gap", NextLandmark("gap", -1)),
        ("marks", NextLandmark("mark", 1)),
    ],
)
def test_targets(text: str, target: object) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text", ["", "nan", "1e999", "-5", "１２", "1:99", "#", "#-1", "x", "1:2:3:4"]
)
def test_what_is_no_target_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match="peak, gap, mark"):
        parse_target(text)


@given(st.text(max_size=20))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        parse_target(text)
    except ValueError:
        return
