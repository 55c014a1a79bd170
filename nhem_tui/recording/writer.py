"""Writes one session file: rows are collected, a commit makes them permanent."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from nhem_tui.notation.paths import exists
from nhem_tui.recording import schema
from nhem_tui.recording.batch import Batch, Row
from nhem_tui.recording.errors import RecordingError, UnusableError
from nhem_tui.recording.names import files_of, size_of
from nhem_tui.recording.schema import CHANNELS, Ended, Identity, Noted
from nhem_tui.stream import events as ev

CACHE: Final = 256
"""kB of pages kept in memory: what is only appended to needs no more."""

CHECKPOINT_PAGES: Final = 32
"""Pages in the write-ahead log before they move into the file: about five seconds of recording.

That is as much as a file lacks that was copied without its log. It costs no more than a minute
would: 0.13 % of a core either way, and one more flush of the disk each time.
"""

PATIENCE: Final = 0.5
"""Seconds to wait for another program that locks the file, at each commit."""

_COLUMNS: Final = {
    "identity": 2, "samples": 15, "gap": 5, "state": 10, "event": 3, "picture": 13, "mark": 5,
    "parameters": 4,
}  # fmt: skip


class FileWriter:
    """A session file that is being written. Not for two threads at a time."""

    def __init__(self, path: Path, identity: Identity) -> None:
        """Create `path`, which must not exist.

        Raises:
            UnusableError: it exists.
            RecordingError: it cannot be written.
        """
        if exists(path):
            raise UnusableError(f"{path} exists", "choose another name")
        self.path = path
        self._files = files_of(path)
        self.identity = identity
        self.samples = 0
        self._batches: dict[ev.Channel, Batch] = {}
        self._dirty: set[ev.Channel] = set()
        self._rows: dict[str, list[Row]] = {}
        self._last = -1
        try:
            self._connection = sqlite3.connect(
                path, PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._begin()
            except BaseException:
                self._connection.close()
                for file in self._files:
                    file.unlink(missing_ok=True)
                raise
        except sqlite3.Error as error:
            raise RecordingError(f"cannot write {path}: {error}") from error

    def _begin(self) -> None:
        schema.create(self._connection)
        self._identify()
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE}")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")

    def add(self, heard: int, entry: ev.Event) -> None:
        """Take an entry in; nothing is written before `commit`.

        Args:
            heard: microseconds since the recording began; moved on if it is not later than that
                of the entry before.
            entry: what was told.
        """
        heard = self._last = max(heard, self._last + 1)
        match entry:
            case ev.Samples():
                self._add_samples(heard, entry)
            case ev.Gap():
                channel = CHANNELS.index(entry.channel)
                self._add_row("gap", heard, channel, entry.epoch, entry.first, entry.last)
            case ev.StatusSeen():
                self._add_row(
                    "state", heard, entry.at, entry.epoch, entry.state, entry.frame_count,
                    entry.value, entry.baseline, int(entry.peak_signal), entry.buffered,
                    entry.latency,
                )  # fmt: skip
            case ev.PictureSeen():
                one, two = (
                    (image.png, image.word, image.gray, image.width, image.height)
                    for image in (entry.roi1, entry.roi2)
                )
                self._add_row("picture", heard, entry.at, entry.epoch, *one, *two)
            case ev.Mark():
                self._add_row("mark", heard, entry.at, entry.t, entry.text, int(entry.removed))
            case ev.Parameters() | ev.Tuned():
                noted = Noted.of(entry)
                self._add_row("parameters", heard, noted.at, _json(noted.values), noted.owner)
            case _:
                if isinstance(entry, ev.Connected):
                    self._meet(entry)
                self._add_row("event", heard, type(entry).__name__, _json(entry))

    @property
    def waiting(self) -> int:
        """Rows taken in and not committed yet."""
        return sum(map(len, self._rows.values())) + len(self._dirty)

    def commit(self) -> None:
        """Make everything taken in permanent.

        Raises:
            sqlite3.Error: the system did not take it; what was committed before is kept, and what
                was not waits for the next time.
        """
        rows = {table: [*found] for table, found in self._rows.items()}
        for channel in self._dirty:
            rows.setdefault("samples", []).append(self._batches[channel].row())
        if not rows:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for table, found in rows.items():
                places = ", ".join("?" * _COLUMNS[table])
                # A growing row takes the place of its shorter self.
                self._connection.executemany(f"REPLACE INTO {table} VALUES ({places})", found)  # noqa: S608
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._rows.clear()
        self._dirty.clear()

    def size(self) -> int:
        """Bytes on disk, write-ahead log included."""
        return size_of(*self._files[:2])

    def close(self, ended: Ended) -> None:
        """Note how the recording ended and leave one plain file.

        Raises:
            sqlite3.Error: the disk is full; everything committed can be read all the same.
        """
        try:
            self.identity = msgspec.structs.replace(self.identity, ended=ended)
            self._identify()
            # Without a write-ahead log the file can be read from anywhere, and copied alone. While
            # somebody reads it, it keeps one, and is whole all the same.
            self._connection.execute("PRAGMA busy_timeout = 100")
            with suppress(sqlite3.OperationalError):
                self._connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()

    def _add_samples(self, heard: int, samples: ev.Samples) -> None:
        self.samples += len(samples.numbers)
        channel = samples.channel
        batch = self._batches.get(channel)
        if batch is not None and batch.takes(heard, samples):
            batch.add(heard, samples)
        else:
            if batch is not None and channel in self._dirty:
                self._rows.setdefault("samples", []).append(batch.row())
            self._batches[channel] = Batch(heard, samples)
        self._dirty.add(channel)

    def _add_row(self, table: str, *values: object) -> None:
        self._rows.setdefault(table, []).append(values)

    def _meet(self, server: ev.Connected) -> None:
        self.identity = msgspec.structs.replace(
            self.identity, url=server.url, server=server.version
        )
        self._rows.setdefault("identity", []).append((1, _json(self.identity)))

    def _identify(self) -> None:
        self._connection.execute("REPLACE INTO identity VALUES (1, ?)", (_json(self.identity),))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
