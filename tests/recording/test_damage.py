"""What is not whole any more is never taken for what was measured; older files are read."""

from __future__ import annotations

import gzip
import os
import random
import resource
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from nhem_tui.recording.batch import checksum
from nhem_tui.recording.errors import DamagedError, RecordingError, UnusableError
from nhem_tui.recording.names import files_of
from nhem_tui.recording.opening import translated
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.repair import repair
from nhem_tui.recording.schema import Ended, Identity, Noted
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev
from tests.recording.support import NOON, assert_same, plain, read, samples, session, write

OLD = Path(__file__).parents[1] / "data" / "recording-1.nhem.gz"
"""The session of `support`, a mark and parameters, written by the program that knew version 1."""

OLD_MARK = ev.Mark(NOON + 31, 12.0, "needle in")
OLD_PARAMETERS = {"peak_threshold": 104.0, "difference_threshold": 1.1, "roi": [1, 2, 3, 4]}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.nhem"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def told_to_the_old() -> list[ev.Event]:
    told = [entry for _, entry in session()]
    of_server = ev.Parameters(NOON + 31, OLD_PARAMETERS)
    # Of the client's own detector it knew nothing.
    return [*told, OLD_MARK, of_server, ev.Tuned(NOON + 31, 104.0, 1.1)]


@contextmanager
def edited(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


@pytest.mark.parametrize("missing", [1, 100, 4095, 4096, 50_000])
def test_a_file_that_was_cut_is_not_opened(path: Path, missing: int) -> None:
    write(path, [(n * 100_000, samples(1 + 50 * n, 50, n * 1.2)) for n in range(300)])
    os.truncate(path, path.stat().st_size - missing)
    with pytest.raises(DamagedError, match="is damaged") as caught:
        Recording(path)
    assert "nhem-tui repair" in caught.value.hint


def test_a_flipped_bit_changes_nothing_or_is_noticed(path: Path) -> None:
    told = [entry for _, entry in session()]
    write(path, session(), commit_each=1000)
    frames = [e for e in told if isinstance(e, ev.Samples)]
    data, rng, noticed = path.read_bytes(), random.Random(5), 0
    for _ in range(60):
        broken = bytearray(data)
        broken[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(broken)
        try:
            found = [e for e in read(path) if isinstance(e, ev.Samples)]
        except DamagedError:
            noticed += 1
        else:
            assert [plain(e) for e in found] == [plain(e) for e in frames]
    assert noticed > 10


@pytest.mark.parametrize("change", ["epoch = 2", "first = 7", "simulated = 1", "utc = utc + 1"])
def test_what_a_row_says_of_its_samples_is_checked(path: Path, change: str) -> None:
    write(path, [(1, samples(1, 100, 0.0))])
    with edited(path) as connection:
        connection.execute(f"UPDATE samples SET {change}")  # noqa: S608
    with Recording(path) as recording, pytest.raises(DamagedError, match="checksum"):
        recording.window("main", 0, 9)


@pytest.mark.parametrize("values", [b"no zlib", zlib.compress(bytes(1 << 20)), zlib.compress(b"")])
def test_a_checksum_that_is_right_makes_no_samples_of_what_is_none(
    path: Path, tmp_path: Path, values: bytes
) -> None:
    write(path, [(1, samples(1, 100, 0.0)), (2, samples(200, 7, 5.0))])
    with edited(path) as connection:
        row = connection.execute("SELECT * FROM samples WHERE heard = 1").fetchone()
        crc = checksum((*row[:13], values, None))
        connection.execute("UPDATE samples SET value = ?, crc = ? WHERE heard = 1", (values, crc))
    with Recording(path) as recording, pytest.raises(DamagedError, match="is damaged"):
        recording.window("main", 0, 9)
    assert repair(path, tmp_path / "saved.nhem").samples == 7


def two_rows(path: Path) -> int:
    """Write two rows of samples on one page; returns where that page begins."""
    write(path, [(1, samples(1, 9, 0.0)), (2, samples(20, 9, 1.0))])
    with edited(path) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'samples'"
        ).fetchone()
    return int(page - 1) * 4096


def test_rows_that_became_zeros_are_noticed(path: Path) -> None:
    start = two_rows(path) + 8 + 4  # after the head of the page and the places of its rows
    data = path.read_bytes()
    path.write_bytes(data[:start] + bytes(4096 - 12) + data[start + 4096 - 12 :])
    with pytest.raises(DamagedError, match="belong to no channel"):
        Recording(path)


def test_rows_out_of_order_are_noticed(path: Path) -> None:
    first = two_rows(path) + 8  # where the places of the two rows stand
    data = bytearray(path.read_bytes())
    data[first : first + 4] = data[first + 2 : first + 4] + data[first : first + 2]
    path.write_bytes(data)
    with pytest.raises(DamagedError, match="not in their place"):
        Recording(path)


@pytest.mark.parametrize(
    "change",
    [
        "mark SET t = 'abc'",
        "mark SET t = 9e999",
        "mark SET text = x'ff'",
        "gap SET channel = 9",
        "gap SET channel = -1",
        "gap SET channel = 'main'",
        "gap SET last = 'abc'",
        "state SET state = 'asleep'",
        "state SET value = 'abc'",
        "picture SET png1 = 'abc'",
        "event SET body = '{}'",
        "parameters SET body = '[1]'",
        "parameters SET owner = 'nobody'",
        "samples SET t_last = 9e999",
        "samples SET count = count + 0.5",
        "identity SET body = json_set(body, '$.started', 1e18)",
        "identity SET body = json_set(body, '$.ended.at', 1e18)",
    ],
)
def test_what_cannot_have_been_recorded_is_damage_and_repair_leaves_it(
    path: Path, tmp_path: Path, change: str
) -> None:
    mark, of_server = ev.Mark(NOON, 12.0, "needle in"), ev.Parameters(NOON, OLD_PARAMETERS)
    write(path, [*session(), (40_000_000, mark), (40_000_001, of_server)])
    with edited(path) as connection:
        connection.execute(f"UPDATE {change}")
    with pytest.raises(DamagedError, match="is damaged"):
        read(path)
    read(repair(path, tmp_path / "saved.nhem").path)


def test_samples_whose_time_ran_backwards_are_read_all_the_same(path: Path) -> None:
    backwards = ev.Samples(
        "main", 1, np.array([1, 2, 3]), np.array([0.0, 0.2, 0.1]), np.full(3, 90.0), False, NOON
    )
    assert_same(
        read(write(path, [(1, backwards), (2, samples(4, 5, 0.05))])),
        [
            backwards,
            samples(4, 5, 0.05),
        ],
    )


def test_a_file_of_version_1_is_read_as_ever(old: Path) -> None:
    before = old.read_bytes()
    assert_same(read(old), told_to_the_old())
    with Recording(old) as recording:
        assert recording.marks() == [OLD_MARK]
        assert [one.what for one in recording.parameters()] == [
            Noted(NOON + 31, OLD_PARAMETERS, "server")
        ]
    assert old.read_bytes() == before


@pytest.mark.parametrize(
    ("column", "lost"),
    [("t", (0, 256)), ("t", (128, 256)), ("t", (60, 90)), ("value", (128, 256))],
)
def test_samples_of_version_1_are_held_against_their_row(
    old: Path, column: str, lost: tuple[int, int]
) -> None:
    start, stop = (8 * place for place in lost)
    with edited(old) as connection:
        (blob,) = connection.execute(
            f"SELECT {column} FROM samples WHERE channel = 0 AND first = 6"  # noqa: S608
        ).fetchone()
        # As SQLite gives back what a cut took away.
        zeros = blob[:start] + bytes(len(blob[start:stop])) + blob[stop:]
        connection.execute(
            f"UPDATE samples SET {column} = ? WHERE channel = 0 AND first = 6",  # noqa: S608
            (zeros,),
        )
    with (
        Recording(old) as recording,
        pytest.raises(DamagedError, match="not what their row says"),
    ):
        recording.window("main", -np.inf, np.inf)


def test_a_file_of_version_1_is_repaired_into_one_of_today(old: Path, tmp_path: Path) -> None:
    saved = repair(old, tmp_path / "saved.nhem")
    assert saved.missing == 0
    assert_same(read(saved.path), told_to_the_old())
    with closing(sqlite3.connect(saved.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert saved.path.stat().st_size < old.stat().st_size


def killed(path: Path, copy: Path, count: int = 500) -> Path:
    """What a killed recorder leaves: the file, and most of it in the log beside it."""
    writer = FileWriter(path, Identity("tests", NOON))
    writer.add(0, samples(1, count, 0.0))
    writer.commit()
    for one, other in zip(files_of(path), files_of(copy), strict=True):
        other.write_bytes(one.read_bytes())
    writer.close(Ended(NOON, "done"))
    return copy


def test_a_killed_recorder_s_file_without_its_log_is_known_as_one(path: Path) -> None:
    copy = killed(path, path.with_name("copy.nhem"))
    for file, missing in ((path, False), (copy, False)):
        with Recording(file) as recording:
            assert recording.lacks_log is missing
            assert recording.indices["main"].count == 500
    files_of(copy)[1].unlink()
    with Recording(copy) as recording:
        assert recording.lacks_log
        assert recording.indices["main"].count == 0


def test_a_locked_file_is_not_called_damaged(path: Path) -> None:
    copy = killed(path, path.with_name("copy.nhem"))
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordingError, match="locked by another program") as caught:
            Recording(copy)
        assert not isinstance(caught.value, DamagedError | UnusableError)
        connection.execute("ROLLBACK")


def test_a_file_that_sqlite_cannot_open_here_is_not_called_damaged(path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be opened here") as caught, translated(path):
        sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)  # as where no -shm can be made
    assert not isinstance(caught.value, DamagedError)
    assert "night.nhem-wal" in caught.value.hint


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 4096])
def test_a_file_on_a_full_disk_is_not_called_damaged(path: Path, room: int) -> None:
    copy = killed(path, path.with_name("copy.nhem"))
    files_of(copy)[2].unlink()
    with room_for(room), pytest.raises(RecordingError, match="no room") as caught:
        Recording(copy)
    assert not isinstance(caught.value, DamagedError | UnusableError)
    assert "copy copy.nhem and copy.nhem-wal" in caught.value.hint
    with Recording(copy) as recording:
        assert recording.indices["main"].count == 500


def test_a_recording_that_cannot_begin_leaves_nothing(path: Path) -> None:
    with room_for(8192), pytest.raises(RecordingError, match="cannot write"):
        FileWriter(path, Identity("tests", NOON))
    assert [*path.parent.iterdir()] == []


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_repair_that_runs_out_of_room_leaves_nothing(path: Path, share: float) -> None:
    write(path, session())
    with (
        room_for(int(path.stat().st_size * share)),
        pytest.raises(RecordingError, match=r"cannot write .*saved\.nhem"),
    ):
        repair(path, path.with_name("saved.nhem"))
    assert [*path.parent.iterdir()] == [path]


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(UnusableError, match="is a pipe"):
        Recording(path)
