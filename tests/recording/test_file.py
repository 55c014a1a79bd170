"""What goes into a session file comes out again; what is no such file is refused in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from nhem_tui.recording.errors import DamagedError, RecordingError
from nhem_tui.recording.names import files_of
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.schema import Ended, Identity, Noted
from nhem_tui.recording.summary import stretches
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev
from tests.recording.support import (
    FAULT,
    NOON,
    assert_same,
    read,
    samples,
    session,
    status,
    write,
)


@pytest.mark.parametrize("commit_each", [1, 7, 1000])
def test_every_event_comes_back_bit_by_bit_and_in_order(path: Path, commit_each: int) -> None:
    told = session()
    assert_same(read(write(path, told, commit_each=commit_each)), [entry for _, entry in told])


def test_samples_are_kept_in_long_rows_however_small_the_pieces(path: Path) -> None:
    told = [(n * 1000, samples(n + 1, 1, n / 45)) for n in range(2560)]
    with Recording(write(path, told)) as recording:
        assert len(recording.indices["main"].rows) == 10
        assert recording.indices["main"].count == 2560


def test_a_day_at_the_fastest_rates_stays_below_150_mb(path: Path) -> None:
    rng, minutes = np.random.default_rng(1), 5
    told: list[tuple[int, ev.Event]] = []

    def hear(channel: ev.Channel, n: int, first: int, count: int) -> None:
        """So many samples in the reply that came after `n` tenths of a second, no value twice."""
        t = np.round(n / 10 + np.arange(count) / 45 + rng.uniform(0, 0.01), 6)
        values = np.round(rng.normal(100, 4, count) * 1369) / 1369  # means of 37×37 pixels
        numbers = np.arange(first, first + count)
        told.append((100_000 * n, ev.Samples(channel, 1, numbers, t, values, False, NOON)))

    for n in range(minutes * 600):
        hear("main", n, 1 + n // 2 * 9 + n % 2 * 4, 4 + n % 2)
        hear("roi", n, 1 + 2 * n + n // 10, 2 + (n % 10 == 9))
        if n % 5 == 0:
            told.append((100_000 * n, status(NOON + n / 10, n)))
    size = write(path, told, commit_each=100).stat().st_size * 24 * 60 / minutes
    assert 100e6 < size < 130e6  # and 151 MB uncompressed
    with Recording(path) as recording:
        assert recording.indices["main"].count == 45 * 60 * minutes
        assert recording.indices["roi"].count == 21 * 60 * minutes


def test_it_can_be_closed_while_it_is_read(path: Path) -> None:
    """SQLite crashes where a connection is closed in the middle of a query."""
    write(path, ((n * 1000, samples(n + 1, 1, n / 45)) for n in range(20_000)))
    for n in range(40):
        recording = Recording(path)
        begun = threading.Event()

        def look(recording: Recording = recording, begun: threading.Event = begun) -> None:
            with suppress(RecordingError):
                while True:
                    begun.set()
                    recording.window("main", -np.inf, np.inf)

        looking = threading.Thread(target=look)
        looking.start()
        begun.wait()
        for _ in range(n % 8):
            recording.counts()
        recording.close()
        looking.join()
        with pytest.raises(RecordingError):
            recording.counts()


def test_a_window_holds_the_samples_between_its_ends_and_no_others(path: Path) -> None:
    write(path, session())
    with Recording(path) as recording:
        everything = recording.window("main", -np.inf, np.inf)
        part = recording.window("main", 8.0, 20.0)
    inside = (everything.t >= 8.0) & (everything.t <= 20.0)
    assert 0 < inside.sum() < len(inside)
    for column, whole in zip(part, everything, strict=True):
        assert column.tolist() == whole[inside].tolist()


def test_columns_carry_number_epoch_and_what_was_simulated(path: Path) -> None:
    told = session()
    write(path, told)
    with Recording(path) as recording:
        found = recording.window("main", -np.inf, np.inf)
    pieces = [e for _, e in told if isinstance(e, ev.Samples) and e.channel == "main"]
    assert found.numbers.tolist() == np.concatenate([e.numbers for e in pieces]).tolist()
    assert found.values.tolist() == np.concatenate([e.values for e in pieces]).tolist()
    epochs = [e.epoch for e in pieces for _ in e.numbers]
    assert found.epochs.tolist() == epochs
    assert found.simulated.sum() == 9
    assert set(found.numbers[found.simulated].tolist()) == set(range(540, 549))


def test_a_rate_is_that_between_pauses(path: Path) -> None:
    told: list[tuple[int, ev.Event]] = [
        (0, samples(1, 120, 0.0)),
        (1, samples(121, 120, 20.0)),  # the server stood still: no frame is missing
        (2, samples(300, 90, 40.0)),
        (3, samples(7, 1, 0.0, channel="roi")),
    ]
    with Recording(write(path, told)) as recording:
        signal, roi = stretches(recording)
    assert signal.rate == pytest.approx(45.0)
    assert roi.rate is None


def test_it_tells_what_it_holds(path: Path) -> None:
    told = [*session(), (32_000_000, ev.Mark(NOON + 32, 30.1, "here")),
            (33_000_000, ev.Parameters(NOON + 33, {"threshold": 104.5}))]  # fmt: skip
    write(path, told)
    with Recording(path) as recording:
        assert recording.identity.url == "http://lab3:8421"
        assert recording.identity.ended == Ended(NOON + 40, "stopped by the user")
        assert recording.duration == 33.0
        assert recording.span is not None
        assert recording.span[0] == 0.0
        assert [gap.what.count for gap in recording.gaps()] == [44, 3]
        assert recording.marks() == [ev.Mark(NOON + 32, 30.1, "here")]
        assert recording.parameters() == [(33_000_000, Noted(NOON + 33, {"threshold": 104.5}))]
        assert recording.counts()["picture"] == 1
        assert not recording.being_recorded


def test_entries_of_one_moment_keep_their_order(path: Path) -> None:
    told = [(5, samples(1, 2, 0.0)), (5, ev.Gap("main", 1, 3, 4)), (4, samples(5, 2, 1.0))]
    assert_same(read(write(path, told)), [entry for _, entry in told])


def test_what_a_live_server_may_tell_besides_comes_back_as_well(path: Path) -> None:
    blank = ev.StatusSeen(NOON, 2, "running", 9, np.nan, np.nan, False, 9, 0.004)
    told = [
        ev.ConnectionLost(NOON, FAULT, reached=False),
        ev.Trying(NOON, 1),
        ev.Notice(NOON, "words", "no window capture", over=True),
        ev.Parameters(NOON, {"peak_threshold": 104.0, "roi": [1, 2, 3, 4]}),
        ev.Tuned(NOON, 105.0, 1.1),
        ev.Renumbered(NOON, 2, "main", 1),
        blank,
    ]
    write(path, list(enumerate(told)))
    assert_same(read(path), told)


def test_it_can_be_read_while_it_is_written(path: Path) -> None:
    writer = FileWriter(path, Identity("tests", NOON))
    writer.add(0, samples(1, 100, 0.0))
    writer.commit()
    with Recording(path) as recording:
        # The row grows under the reader's hands; what it knows of stays what it is.
        writer.add(1, samples(101, 100, 100 / 45))
        writer.commit()
        assert recording.window("main", 0, 99).numbers.tolist() == list(range(1, 101))
    with Recording(path) as recording:
        assert len(recording.window("main", 0, 99).t) == 200
    writer.close(Ended(NOON, "done"))


def test_a_finished_recording_is_one_file_that_can_be_read_where_nothing_can_be_written(
    path: Path,
) -> None:
    write(path, session())
    assert [file.name for file in path.parent.iterdir()] == ["night.nhem"]
    expected = read(path)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert_same(read(path), expected)
        assert [file.name for file in path.parent.iterdir()] == ["night.nhem"]
    finally:
        path.parent.chmod(0o755)


def test_the_file_says_in_sqlite_s_own_terms_what_it_is(path: Path) -> None:
    write(path, session())
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x4E48454D,)
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        (words,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'samples'"
        ).fetchone()
    assert "little endian, then zlib" in words
    assert "float64 gray levels" in words


def test_an_existing_file_is_not_touched(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(RecordingError, match="exists"):
        FileWriter(path, Identity("tests", NOON))
    assert path.read_text() == "mine"


def test_foreign_files_are_refused_in_words(path: Path) -> None:
    with pytest.raises(RecordingError, match=r"cannot read .*: No such file"):
        Recording(path)
    path.touch()
    with pytest.raises(RecordingError, match="is empty"):
        Recording(path)
    path.write_text("t,value\n0,104\n" * 100)
    with pytest.raises(RecordingError, match="is not a recording of nhem-tui"):
        Recording(path)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE samples (x)")
    connection.close()
    with pytest.raises(RecordingError, match="a database, but not a recording"):
        Recording(path)


def test_a_newer_file_is_refused_and_says_which_version(path: Path) -> None:
    write(path, session())
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(RecordingError, match=r"newer nhem-tui: format 7, .* up to 2") as caught:
        Recording(path)
    assert not isinstance(caught.value, DamagedError)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_called_damaged_and_repair_is_named(path: Path, share: float) -> None:
    write(path, [(n * 100_000, samples(1 + 50 * n, 50, n * 1.2)) for n in range(2000)])
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(DamagedError, match="is damaged") as caught, Recording(path) as recording:
        for _ in recording.slices("main"):
            pass
    assert "nhem-tui repair" in caught.value.hint


def test_the_log_of_a_killed_recorder_is_read(path: Path) -> None:
    writer = FileWriter(path, Identity("tests", NOON))
    writer.add(0, samples(1, 500, 0.0))
    writer.commit()
    copies = path.parent / "copies"
    copies.mkdir()
    for file in files_of(path):
        (copies / file.name).write_bytes(file.read_bytes())
    writer.close(Ended(NOON, "done"))
    with Recording(copies / path.name) as recording:
        assert len(recording.window("main", 0, 99).t) == 500
        assert recording.identity.ended is None


def test_a_recording_reached_by_a_link_is_read_with_its_log(path: Path) -> None:
    link = path.parent / "elsewhere" / "link.nhem"
    link.parent.mkdir()
    link.symlink_to(Path("..") / path.name)
    writer = FileWriter(path, Identity("tests", NOON))
    writer.add(0, samples(1, 500, 0.0))
    writer.commit()
    with Recording(link) as recording:
        assert recording.indices["main"].count == 500
        assert not recording.lacks_log
        assert recording.size == writer.size()
    writer.close(Ended(NOON, "done"))


def test_a_copy_without_its_log_lacks_few_seconds_and_nothing_is_left_beside_it(
    path: Path,
) -> None:
    writer = FileWriter(path, Identity("tests", NOON))
    for n in range(100):  # 40 s, committed as a recorder does
        writer.add(n * 400_000, samples(1 + n * 18, 18, n * 0.4))
        writer.commit()
    copies = path.parent / "copies"
    copies.mkdir()
    (copies / path.name).write_bytes(path.read_bytes())
    writer.close(Ended(NOON, "done"))
    with Recording(copies / path.name) as recording:
        assert recording.lacks_log
        numbers = recording.window("main", -np.inf, np.inf).numbers
    assert len(numbers) > 1800 - 45 * 10
    assert numbers.tolist() == list(range(1, len(numbers) + 1))
    assert [file.name for file in copies.iterdir()] == [path.name]
