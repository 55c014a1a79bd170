"""Recording from the dashboard, read back from the file."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from nhem_tui.config.schema import Export, PeakDetection, Settings
from nhem_tui.config.schema import Recording as Pictures
from nhem_tui.recording.lock import is_locked
from nhem_tui.recording.reader import EVER, Recording
from nhem_tui.recording.recorder import Recorder
from nhem_tui.recording.script import Script
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Session, Snapshot
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.tape import Tape
from tests.tui.opened import SIZE, dashboard, more, open_screen, pane_text, ready, source, told
from tests.tui.scripted import NOW, live, lost, make_app, until


def settings_for(folder: Path) -> Settings:
    return msgspec.structs.replace(Settings(), export=Export(directory=str(folder)))


def recorded_in(folder: Path) -> Path:
    (path,) = folder.glob("*.nhem")
    return path


async def test_what_comes_while_it_runs_is_in_the_file(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: "REC" in pane_text(app, "#top"))
        fresh = more(app)
        source(app).queue.put_nowait(fresh)
        await until(pilot, lambda: app.monitor.session.snapshot.received > 1125)
        await pilot.press("b", "R")
        await until(pilot, lambda: "Recorded 45 samples" in told(app))
        assert "REC" not in pane_text(app, "#top")
    with Recording(recorded_in(tmp_path)) as recording:
        kept = list(recording.slices("main", -1e9, 1e9))
        assert [int(n) for part in kept for n in part.numbers] == fresh.numbers.tolist()
        assert [float(v) for part in kept for v in part.values] == fresh.values.tolist()
        assert [mark.text for mark in recording.marks()] == ["Mark 1"]


async def test_it_begins_with_what_stood_and_the_marks_that_were_there(tmp_path: Path) -> None:
    before = [*live(), ev.Restarted(NOW, 2), *lost()[-2:]]
    app = make_app(before, settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "LOST" in pane_text(app, "#top"))
        await pilot.press("b", "left", "b", "B", "R")
        await until(pilot, lambda: app.tape.progress is not None)
        await pilot.press("b", "b", "B", "R")
        await until(pilot, lambda: "Recorded" in told(app))
        left = app.monitor.moments
    with Recording(recorded_in(tmp_path)) as recording:
        assert recording.marks() == left
        assert [mark.text for mark in left] == ["Mark 1", "Mark 2"]
        happened = [what for _, what in Script(recording).happenings(0, EVER)]
        tuned = [event for event in happened if isinstance(event, ev.Tuned)]
        assert [(one.threshold, one.difference_threshold) for one in tuned] == [(105.0, 1.1)]
        snapshot = replayed(recording)
    live_one = app.monitor.session.snapshot
    assert (snapshot.link, snapshot.epoch, snapshot.state) == ("lost", 2, "running")
    assert (snapshot.fault, snapshot.epoch) == (live_one.fault, live_one.epoch)


def replayed(recording: Recording) -> Snapshot:
    session = Session(10, 10, lambda: 5.0)
    for _, event in Script(recording).between(0, EVER):
        session.apply(event)
    return session.snapshot


async def test_other_parameters_for_peaks_are_recorded(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: app.tape.progress is not None)
        peaks = PeakDetection(peak_threshold=120.0, difference_threshold=2.0)
        app.change_settings(msgspec.structs.replace(app.settings, peak_detection=peaks))
        await pilot.press("R")
        await until(pilot, lambda: "Recorded" in told(app))
    with Recording(recorded_in(tmp_path)) as recording:
        kept = [one.what.tuned for one in recording.parameters() if one.what.owner == "client"]
    assert [(one.threshold, one.difference_threshold) for one in kept if one] == [
        (105.0, 1.1),
        (120.0, 2.0),
    ]


@pytest.mark.parametrize(("rate", "kept"), [(0.0, 0), (2.0, 3)])
async def test_pictures_are_kept_as_often_as_the_settings_say(
    tmp_path: Path, rate: float, kept: int
) -> None:
    settings = msgspec.structs.replace(settings_for(tmp_path), recording=Pictures(pictures=rate))
    app = make_app(live(), settings=settings)
    clock = iter(n / 4 for n in range(1000, 2000))
    app.tape = Tape(lambda: next(clock))  # a quarter of a second at each look
    image = ev.RoiImage(b"\x89PNG", "", 100.0, 200, 150)
    async with app.run_test(size=(80, 24)) as pilot:  # no room for the picture itself
        await until(pilot, lambda: ready(app))
        assert source(app).picture_rate == 0.0
        await pilot.press("R")
        await until(pilot, lambda: source(app).picture_rate == rate and app.tape.progress)
        for n in range(6):
            app.tape.take(ev.PictureSeen(NOW + n, 1, image, image))
        await pilot.press("R")
        await until(pilot, lambda: not app.tape.running and "Recorded" in told(app))
        assert source(app).picture_rate == 0.0
    with Recording(recorded_in(tmp_path)) as recording:
        assert recording.counts()["picture"] == kept


@pytest.mark.parametrize("image", ["auto", "off"])
async def test_screens_with_a_picture_take_none_from_the_recording(
    tmp_path: Path, image: str
) -> None:
    """Whichever wants more gets it, whichever comes first."""
    settings = msgspec.structs.replace(settings_for(tmp_path), recording=Pictures(pictures=0.75))
    display = msgspec.structs.replace(settings.display, image=image)
    app = make_app(live(), settings=msgspec.structs.replace(settings, display=display))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        for key, rate in (("o", 2.0), ("i", 1.0)):
            of_screen = rate if image == "auto" else 0.0
            await open_screen(pilot, app, key)
            assert source(app).picture_rate == of_screen
            await app.screen_stack[0].run_action("recording_toggle")  # as the palette does
            await until(pilot, lambda: app.tape.progress is not None)
            most = max(of_screen, 0.75)
            await until(pilot, lambda most=most: source(app).picture_rate == most)
            await pilot.press("escape")
            await until(pilot, lambda: source(app).picture_rate == 0.75)
            await open_screen(pilot, app, key)
            assert source(app).picture_rate == most
            await pilot.press("escape", "R")
            await until(pilot, lambda: not app.tape.running)


async def test_two_quick_presses_leave_no_recorder_behind(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        screen.action_recording_toggle()
        await until(pilot, lambda: app.tape.running)
        screen.action_recording_toggle()
        await until(pilot, lambda: "Recorded" in told(app))
        assert not app.tape.running
    assert not is_locked(recorded_in(tmp_path))


async def test_what_ends_after_the_program_was_left_is_no_crash(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
    app.tell("Recorded", "good")
    assert told(app) == "Recorded"


async def test_leaving_asks_while_it_runs(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: app.tape.running)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is dashboard(app))
        assert app.tape.running
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)
    assert not app.tape.running


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
async def test_keys_that_leave_from_everywhere_ask_as_well(tmp_path: Path, key: str) -> None:
    """Once, over whatever is open; and what is open is still there after a no."""
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: app.tape.progress is not None)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        prompt = app.screen
        await pilot.press(key, key, "n")
        await until(pilot, lambda: app.screen is prompt)
        assert app.tape.running
        await pilot.press(key, "y")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
    assert not app.tape.running


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = make_app(live(), settings=settings_for(tmp_path / "file" / "folder"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: "Recording:" in told(app))
        assert not app.tape.running


async def test_a_disk_that_fills_up_ends_it_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: bool([*tmp_path.glob("*.nhem")]))
        monkeypatch.setattr("nhem_tui.recording.recorder.RESERVE", 1 << 60)
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: "Recording ended" in told(app))
        assert "kept" in told(app)


async def test_one_that_has_only_just_been_asked_for_is_closed_with_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    creating, go_on = threading.Event(), threading.Event()
    begin = Recorder.__init__

    def slowly(self: Recorder, path: Path, *, pictures: bool) -> None:
        creating.set()
        go_on.wait(10)
        begin(self, path, pictures=pictures)

    monkeypatch.setattr(Recorder, "__init__", slowly)
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, creating.is_set)
        app.exit()
        threading.Timer(0.2, go_on.set).start()
    path = recorded_in(tmp_path)
    with Recording(path) as recording:
        assert recording.identity.ended is not None
    assert not is_locked(path)
