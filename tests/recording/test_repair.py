"""Repair: whatever is still on the pages of a damaged file comes back, and nothing made up."""

from __future__ import annotations

import os
import random
import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.lock import FileLock
from nhem_tui.recording.names import files_of
from nhem_tui.recording.pages import Pages
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.repair import repair
from nhem_tui.recording.schema import Ended, Identity
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev
from tests.recording.support import NOON, assert_same, read, samples, session, status, write

FRAMES = 100_000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "saved.nhem"


@pytest.fixture
def long(path: Path) -> Path:
    """100,000 samples in pieces of 50, a status every second piece, committed 20 at a time."""
    told: list[tuple[int, ev.Event]] = [(0, ev.Connected(NOON, "http://lab3:8421", "1.0.0"))]
    for n in range(FRAMES // 50):
        heard = 1 + n * 1_111_111
        told.append((heard, samples(1 + n * 50, 50, n * 50 / 45)))
        if n % 2:
            told.append((heard + 1, status(NOON + n, n * 50)))
    return write(path, told, commit_each=20)


def check_truth(path: Path) -> int:
    """Every sample saved is what was recorded, each once; return how many."""
    with Recording(path) as recording:
        found = recording.window("main", -np.inf, np.inf)
        assert np.all(np.diff(found.numbers) > 0)
        assert recording.identity.repaired
    truth = samples(1, FRAMES, 0.0)
    assert found.values.tolist() == truth.values[found.numbers - 1].tolist()
    return len(found.t)


def test_a_sound_file_comes_through_unchanged(path: Path, target: Path) -> None:
    told = session()
    write(path, told, commit_each=1)
    before = path.read_bytes()
    saved = repair(path, target)
    assert saved.missing == 0
    assert_same(read(target), [entry for _, entry in told])
    with Recording(target) as recording:
        assert recording.identity.ended == Ended(NOON + 40, "stopped by the user")
        assert recording.identity.url == "http://lab3:8421"
    assert path.read_bytes() == before


def test_pages_are_read_as_sqlite_reads_them(long: Path) -> None:
    stored = {(row.key, row.values[1:]) for row in Pages(long.read_bytes()).rows()}
    with sqlite3.connect(long) as connection:
        for table in ("samples", "state", "event", "identity"):
            for key, *values in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
                assert (key, tuple(values)) in stored


@pytest.mark.parametrize("share", [0.05, 0.4, 0.77, 0.999])
def test_a_truncated_file_gives_back_what_is_left(long: Path, target: Path, share: float) -> None:
    os.truncate(long, int(long.stat().st_size * share))
    saved = repair(long, target)
    count = check_truth(target)
    assert saved.samples == count
    assert count > (share - 0.04) * FRAMES


@pytest.mark.parametrize("seed", range(4))
def test_overwritten_pages_cost_only_what_was_on_them(long: Path, target: Path, seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(long.read_bytes())
    lost = rng.sample(range(1, len(data) // 4096), 12)
    for page in [*lost, 0] if seed == 0 else lost:  # seed 0: the very first one as well
        data[page * 4096 : (page + 1) * 4096] = rng.randbytes(4096)
    long.write_bytes(data)
    saved = repair(long, target)
    count = check_truth(target)
    assert count >= FRAMES - 13 * 9 * 256  # a leaf holds at most nine rows
    told = [event for event in read(target) if isinstance(event, ev.Samples | ev.Gap)]
    stretches = [
        (e.first, e.last) if isinstance(e, ev.Gap) else (int(e.numbers[0]), int(e.numbers[-1]))
        for e in told
    ]
    assert all(first == last + 1 for (_, last), (first, _) in pairwise(stretches))
    missing = sum(event.count for event in told if isinstance(event, ev.Gap))
    assert missing == stretches[-1][1] - stretches[0][0] + 1 - count == saved.missing


def test_the_log_of_a_killed_recorder_is_saved_too(path: Path, target: Path) -> None:
    writer = FileWriter(path, Identity("tests", NOON))
    for n in range(200):  # the log goes round several times and keeps what is outdated
        writer.add(n, samples(1 + n * 50, 50, n * 50 / 45))
        writer.commit()
    killed = path.with_name("killed.nhem")
    for file, copy in zip(files_of(path), files_of(killed), strict=True):
        copy.write_bytes(file.read_bytes())
    writer.close(Ended(NOON, "done"))
    data = bytearray(killed.read_bytes())
    data[:4096] = bytes(4096)
    killed.write_bytes(data)
    assert repair(killed, target).samples == 10_000
    assert check_truth(target) == 10_000


def test_of_two_copies_of_a_row_the_longer_one_is_saved(
    path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, [(1, samples(1, 50, 0.0))])
    (short,) = (row for row in Pages(path.read_bytes()).rows() if len(row.values) == 15)
    path.unlink()
    write(path, [(1, samples(1, 50, 0.0)), (2, samples(51, 50, 50 / 45))])
    (long,) = (row for row in Pages(path.read_bytes()).rows() if len(row.values) == 15)
    monkeypatch.setattr(Pages, "rows", lambda _: iter((short, long, short)))
    assert repair(path, target).samples == 100


def test_a_row_with_an_impossible_key_is_left_out(path: Path, target: Path) -> None:
    write(path, [(1, samples(1, 10, 0.0)), (5, ev.Mark(NOON, 0.1, "needle in"))])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE mark SET heard = -1")
    connection.close()
    saved = repair(path, target)
    assert (saved.samples, saved.rows["mark"]) == (10, 0)
    assert_same(read(target), [samples(1, 10, 0.0)])


def test_what_was_a_gap_before_is_noted_once(path: Path, target: Path) -> None:
    told = [(1, samples(1, 10, 0.0)), (5, ev.Gap("main", 1, 11, 20)), (6, samples(21, 5, 1.0))]
    write(path, told)
    assert repair(path, target).missing == 0
    assert_same(read(target), [entry for _, entry in told])


def test_what_is_no_recording_gives_nothing_and_leaves_nothing(path: Path, target: Path) -> None:
    for size in (1, 19, 100_000):
        path.write_bytes(random.Random(1).randbytes(size))
        with pytest.raises(RecordingError, match="holds nothing"):
            repair(path, target)
    path.write_bytes(b"")
    with pytest.raises(RecordingError, match="is empty"):
        repair(path, target)
    with pytest.raises(RecordingError, match="cannot read"):
        repair(path.with_name("none"), target)
    assert [file.name for file in path.parent.iterdir()] == ["night.nhem"]


def test_it_refuses_what_is_being_recorded_what_is_newer_and_what_exists(
    path: Path, target: Path
) -> None:
    write(path, session())
    link = path.with_name("link.nhem")
    link.symlink_to(path)
    for written, named in ((path, path), (path, link), (link, path)):
        lock = FileLock(written)
        with pytest.raises(RecordingError, match="being recorded"):
            repair(named, target)
        lock.release()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(RecordingError, match="newer nhem-tui"):
        repair(path, target)
    target.write_text("mine")
    with pytest.raises(RecordingError, match="exists"):
        repair(path, target)
    assert target.read_text() == "mine"
