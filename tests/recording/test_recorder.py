"""The recorder: nothing lost but the last moment, whatever happens to it or to the disk."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, closing
from pathlib import Path

import numpy as np
import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.recording.errors import RecordingError, UnusableError
from nhem_tui.recording.lock import FileLock
from nhem_tui.recording.names import lock_path
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.recorder import COMMIT_INTERVAL, RESERVE, Recorder, Rotation
from nhem_tui.recording.script import Script
from nhem_tui.recording.writer import FileWriter
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from nhem_tui.stream import events as ev
from nhem_tui.stream.poller import LiveSource
from tests.recording.support import EVER, NOON, assert_same, image, read, samples, session, status

FEEDER = """
import sys, time, numpy as np
from pathlib import Path
from nhem_tui.recording.recorder import Recorder
from nhem_tui.stream import events as ev
recorder = Recorder(Path(sys.argv[1]))
began, told = time.monotonic(), 0
while True:
    time.sleep(0.02)
    count = int((time.monotonic() - began) * 1000) - told
    numbers = np.arange(told + 1, told + count + 1)
    recorder.take(ev.Samples("main", 1, numbers, numbers / 1000, numbers * 1.7, False, 0.0))
    told += count
    print(told, flush=True)
    if recorder.progress.failure:
        print(recorder.progress.failure, flush=True)
        recorder.close()
        break
"""
"""Records 1,000 samples a second and prints how many it has told."""


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.01)


def feeder(path: Path, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", FEEDER, str(path)], stdout=subprocess.PIPE, text=True, **options
    )  # type: ignore[call-overload]


async def test_what_the_simulator_made_is_what_the_file_holds(path: Path) -> None:
    recorder = Recorder(path)
    async with (
        Simulator(SimulatorOptions(port=0, running=True)) as simulator,
        BackendClient(simulator.url, "31415") as client,
    ):
        source = LiveSource(client, interval=0.1)
        told: list[ev.Event] = [ev.Tuned(NOON, 105.0, 1.1)]
        recorder.take(told[0])
        async with aclosing(source.events()) as events:
            async for event in events:
                recorder.take(event)
                told.append(event)
                frames = sum(len(e.numbers) for e in told if isinstance(e, ev.Samples))
                if frames > 150 and any(getattr(e, "channel", "") == "roi" for e in told):
                    break
    recorder.close()
    assert_same(read(path), [e for e in told if not isinstance(e, ev.PictureSeen)])
    truth = {frame.number: frame for frame in simulator.truth.frames}
    with Recording(path) as recording:
        main = recording.window("main", -np.inf, np.inf)
        roi = recording.window("roi", -np.inf, np.inf)
    numbers = main.numbers.tolist()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) > 50
    assert main.values.tolist() == [truth[number].value for number in numbers]
    microseconds = np.array([truth[number].time for number in numbers])
    assert np.abs(np.diff(main.t) - np.diff(microseconds) / 1e6).max() < 2e-6
    true_roi = {sample.number: sample.gray for sample in simulator.truth.samples}
    assert roi.values.tolist() == [true_roi[number] for number in roi.numbers.tolist()]


def test_what_was_taken_is_committed_without_being_asked(path: Path) -> None:
    recorder = Recorder(path)
    recorder.take(samples(1, 45, 0.0))
    until(lambda: recorder.progress.samples == 45)
    with Recording(path) as recording:
        assert recording.indices["main"].count == 45
        assert recording.being_recorded
        assert recording.identity.ended is None
    recorder.take(samples(46, 45, 1.0))
    progress = recorder.close()
    assert (progress.samples, progress.failure) == (90, "")
    with Recording(path) as recording:
        assert recording.indices["main"].count == 90
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "stopped by the user"
    assert [file.name for file in path.parent.iterdir()] == ["night.nhem"]


@pytest.mark.parametrize("seed", range(3))
def test_after_kill_9_at_most_the_last_second_is_missing(path: Path, seed: int) -> None:
    process = feeder(path)
    assert process.stdout is not None
    told = 0
    last = 700 + random.Random(seed).randrange(1200)
    while told < last:
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    while line := process.stdout.readline().strip():
        told = int(line)
    with Recording(path) as recording:
        found = recording.window("main", -np.inf, np.inf)
        assert not recording.being_recorded
        assert recording.identity.ended is None
    assert found.numbers.tolist() == list(range(1, len(found.t) + 1))
    assert found.values.tolist() == (found.numbers * 1.7).tolist()
    assert told - len(found.t) <= 1000


def test_a_second_recorder_refuses_and_the_lock_dies_with_the_first(path: Path) -> None:
    process = feeder(path)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(RecordingError, match="is being recorded by another process"):
        Recorder(path)
    process.kill()
    process.wait()
    with pytest.raises(RecordingError, match="exists"):
        Recorder(path)
    FileLock(path).release()
    assert not lock_path(path).exists()


def test_pictures_are_kept_only_on_wish(path: Path) -> None:
    seen = ev.PictureSeen(NOON, 1, image(b"\x89PNG"), image(b"", "roi2_extract_failed"))
    for name, wanted in (("without", False), ("with", True)):
        recorder = Recorder(path.with_name(name), pictures=wanted)
        recorder.take(seen)
        recorder.take(status(NOON, 1))
        recorder.close()
    assert_same(read(path.with_name("without")), [status(NOON, 1)])
    assert_same(read(path.with_name("with")), [seen, status(NOON, 1)])


def test_rotation_goes_on_in_numbered_files_and_loses_nothing(path: Path) -> None:
    recorder = Recorder(path, rotation=Rotation(size=1))
    told = [entry for _, entry in session()]
    told.insert(1, ev.Parameters(NOON, {"threshold": 104.0}))
    for part, start in enumerate(range(0, len(told), 100), 1):
        for entry in told[start : start + 100]:
            recorder.take(entry)
        if start + 100 < len(told):
            until(lambda part=part: recorder.progress.parts > part)
    progress = recorder.close()
    assert progress.samples == sum(len(e.numbers) for e in told if isinstance(e, ev.Samples))
    files = [path, *(path.with_name(f"night-{n}.nhem") for n in range(2, progress.parts + 1))]
    assert len(files) >= 3
    assert sorted(path.parent.iterdir()) == sorted(files)
    kept = [e for file in files for e in read(file) if isinstance(e, ev.Samples | ev.Gap)]
    wanted = [e for e in told if isinstance(e, ev.Samples | ev.Gap)]
    assert [columns(e) for e in kept] == [columns(e) for e in wanted]
    for number, file in enumerate(files[1:], 2):
        first, *others = read(file)
        assert isinstance(first, ev.Connected)  # each file can be understood alone
        frames = [e for e in others if isinstance(e, ev.Samples) and e.channel == "main"]
        with Recording(file) as recording:
            assert frames[0].t[0] == 0.0  # and has its own seconds
            whole = next(e for e in told if isinstance(e, ev.Samples) and same_frames(e, frames[0]))
            assert whole.t[0] == recording.origin
            assert recording.identity.part == number
            assert recording.identity.url == "http://lab3:8421"
            assert recording.parameters()[0].what.values == {"threshold": 104.0}


def test_a_file_without_samples_is_never_too_large(path: Path) -> None:
    recorder = Recorder(path, rotation=Rotation(size=1))
    recorder.take(samples(1, 45, 0.0))
    until(lambda: recorder.progress.parts == 2)
    for n in range(3):
        recorder.take(status(NOON, n))
        time.sleep(COMMIT_INTERVAL)
    assert recorder.progress.parts == 2
    recorder.take(samples(46, 45, 1.0))
    until(lambda: recorder.progress.parts == 3)
    recorder.close()


def test_what_comes_after_the_end_is_left_out(path: Path) -> None:
    recorder = Recorder(path)
    recorder.take(status(NOON, 1))
    recorder.close()
    for n in range(3):
        recorder.take(status(NOON, n))
    assert recorder._queue.empty()
    assert_same(read(path), [status(NOON, 1)])


def test_rotation_passes_over_names_that_are_taken(path: Path) -> None:
    taken = [path.with_name("night-2.nhem"), path.with_name("night-3.nhem")]
    taken[0].write_text("mine")
    other = FileLock(taken[1])
    recorder = Recorder(path, rotation=Rotation(size=1))
    recorder.take(samples(1, 45, 0.0))
    until(lambda: recorder.progress.parts == 2)
    progress = recorder.close()
    other.release()
    assert (progress.failure, progress.path.name) == ("", "night-4.nhem")
    assert taken[0].read_text() == "mine"
    with Recording(progress.path) as recording:
        assert recording.identity.part == 2


def columns(event: ev.Samples | ev.Gap) -> object:
    """What of an event has nothing to do with time."""
    if isinstance(event, ev.Gap):
        return event
    return event.channel, event.epoch, event.numbers.tolist(), event.values.tolist()


def same_frames(one: ev.Samples, other: ev.Samples) -> bool:
    return columns(one) == columns(other)


def test_rotation_by_time_follows_the_clock_that_is_never_set(path: Path) -> None:
    now = [0]
    recorder = Recorder(path, rotation=Rotation(seconds=3600), monotonic=lambda: now[0])
    recorder.take(samples(1, 5, 0.0))
    until(lambda: recorder.progress.samples == 5)
    assert recorder.progress.parts == 1
    now[0] = 3600 * 10**9
    recorder.take(samples(6, 5, 1.0))
    until(lambda: recorder.progress.parts == 2)
    recorder.close()


def test_a_clock_that_is_set_changes_neither_order_nor_spacing(path: Path) -> None:
    now, wall = [0], [NOON]
    recorder = Recorder(path, monotonic=lambda: now[0], wall=lambda: wall[0])
    told = []
    for n, step in enumerate((0.0, 1.0, -7200.0, 1.0, 90_000.0)):
        now[0] += 10**9
        wall[0] += step
        told += [status(wall[0], n), samples(1 + 45 * n, 45, float(n))]
        for event in told[-2:]:
            recorder.take(event)
    recorder.close()
    assert_same(read(path), told)
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(5.0, abs=1e-5)
        assert recording.window("main", 0, 99).numbers.tolist() == list(range(1, 226))


def test_when_something_was_heard_counts_from_the_beginning(path: Path) -> None:
    now = [5_000_000_000]
    recorder = Recorder(path, monotonic=lambda: now[0])
    recorder.take(samples(1, 5, 0.0))
    now[0] += 2_000_000_000
    recorder.take(samples(6, 5, 0.2))
    recorder.close()
    with Recording(path) as recording:
        heard = [moment for moment, _ in Script(recording).between(0, EVER)]
    assert heard == [0, 2_000_000]


def fill_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = os.statvfs(folder)
    full = os.statvfs_result((*free[:4], (RESERVE - 1) // free.f_frsize, *free[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _: full)


def test_a_full_disk_ends_it_cleanly_and_keeps_what_is_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(path)
    recorder.take(samples(1, 45, 0.0))
    until(lambda: recorder.progress.samples == 45)
    fill_disk(path.parent, monkeypatch)
    recorder.take(samples(46, 45, 1.0))
    until(lambda: recorder.progress.failure != "")
    recorder.take(samples(91, 45, 2.0))
    progress = recorder.close()
    assert (progress.failure, progress.samples) == ("the disk is full", 45)
    assert [file.name for file in path.parent.iterdir()] == ["night.nhem"]
    with Recording(path) as recording:
        assert recording.indices["main"].count == 45
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "the disk is full"


def test_on_a_full_disk_nothing_is_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_disk(path.parent, monkeypatch)
    for _ in range(2):  # as by a service that is started again and again
        with pytest.raises(RecordingError, match="the disk is full") as caught:
            Recorder(path)
        assert not isinstance(caught.value, UnusableError)
        assert [*path.parent.iterdir()] == []


def test_a_disk_that_refuses_in_the_middle_of_a_write_costs_nothing_committed(path: Path) -> None:
    limit = 100_000

    def quota() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = feeder(path, preexec_fn=quota)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.splitlines()[-1].startswith("the disk refuses")
    with Recording(path) as recording:
        found = recording.window("main", -np.inf, np.inf)
    assert len(found.t) > 100
    assert found.numbers.tolist() == list(range(1, len(found.t) + 1))


def test_another_program_that_locks_the_file_is_waited_for(path: Path) -> None:
    recorder = Recorder(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.take(samples(1, 45, 0.0))
        until(lambda: recorder.progress.held)
        recorder.take(samples(46, 45, 1.0))
        assert recorder.progress.failure == ""
        other.execute("ROLLBACK")
    until(lambda: recorder.progress.samples == 90)
    progress = recorder.close()
    assert (progress.samples, progress.failure, progress.held) == (90, "", False)
    assert progress.size == path.stat().st_size
    assert_same(read(path), [samples(1, 45, 0.0), samples(46, 45, 1.0)])


def test_a_lock_that_never_ends_ends_the_recording_in_words(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhem_tui.recording.recorder.LAST_TRIES", 1)
    monkeypatch.setattr("nhem_tui.recording.writer.PATIENCE", 0.01)
    recorder = Recorder(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.take(samples(1, 45, 0.0))
        assert recorder.close().failure == "another program locks the file"


def fill_memory(recorder: Recorder) -> int:
    """Let it take pictures of 100 kB until it refuses; return how many that were."""
    seen = ev.PictureSeen(NOON, 1, image(bytes(60_000)), image(bytes(40_000)))
    for count in range(100):
        recorder.take(seen)
        if recorder.progress.failure:
            return count
    raise AssertionError("it takes whatever comes")


def test_what_waits_for_a_lock_does_not_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhem_tui.recording.recorder.WAITING", 1_000_000)
    monkeypatch.setattr("nhem_tui.recording.recorder.LAST_TRIES", 1)
    monkeypatch.setattr("nhem_tui.recording.writer.PATIENCE", 0.01)
    recorder = Recorder(path, pictures=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.take(samples(1, 45, 0.0))
        until(lambda: recorder.progress.held)
        assert fill_memory(recorder) == 10
        assert recorder.close().failure == "another program locks the file"


def test_what_waits_for_the_disk_does_not_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhem_tui.recording.recorder.WAITING", 1_000_000)
    commit, answers = FileWriter.commit, threading.Event()

    def hang(writer: FileWriter) -> None:
        assert answers.wait(10)
        commit(writer)

    recorder = Recorder(path, pictures=True)
    for number in range(3):  # what is on the disk counts no more
        recorder.take(ev.PictureSeen(NOON, 1, image(bytes(400_000)), image(b"")))
        recorder.take(samples(1 + 45 * number, 45, float(number)))
        until(lambda told=45 * (number + 1): recorder.progress.samples == told)
    monkeypatch.setattr(FileWriter, "commit", hang)
    assert fill_memory(recorder) == 10
    answers.set()
    assert recorder.close().failure == "the disk does not answer"
    assert len([entry for entry in read(path) if isinstance(entry, ev.PictureSeen)]) == 13


def test_what_the_file_cannot_take_ends_the_recording_and_says_so(path: Path) -> None:
    recorder = Recorder(path)
    recorder.take(samples(1, 45, 0.0))
    until(lambda: recorder.progress.samples == 45)
    recorder.take(status(NOON, 2**63))
    until(lambda: recorder.progress.failure != "")
    progress = recorder.close()
    assert "a fault of this program" in progress.failure
    with Recording(path) as recording:
        assert recording.indices["main"].count == 45
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == progress.failure


def test_recording_loads_no_screen_library() -> None:
    code = (
        "import sys, nhem_tui.recording.recorder, nhem_tui.recording.reader;"
        "sys.exit(any(name.partition('.')[0] in ('textual', 'rich') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_marks_are_kept_and_those_taken_away_are_known_as_such(path: Path) -> None:
    put = [ev.Mark(NOON, 0.05, "Mark 1"), ev.Mark(NOON, 0.01, "Mark 2")]
    again = ev.Mark(NOON + 2, 0.05, "Mark 1")
    away = ev.Mark(NOON + 1, 0.05, "Mark 1", removed=True)
    told = [samples(1, 5, 0.0), *put, away, again, ev.Mark(NOON, 9.0, "none", removed=True)]
    recorder = Recorder(path)
    for event in told:
        recorder.take(event)
    recorder.close()
    assert_same(read(path), told)
    with Recording(path) as recording:
        assert recording.marks() == [put[1], again]
