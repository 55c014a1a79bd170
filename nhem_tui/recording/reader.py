"""Reads a session file: what it says about itself, and its samples by the window."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording import rows as told
from nhem_tui.recording.batch import Arrays, unpack
from nhem_tui.recording.index import Index
from nhem_tui.recording.lock import is_locked
from nhem_tui.recording.names import files_of, size_of
from nhem_tui.recording.opening import connect, lacks_log, translated
from nhem_tui.recording.schema import CHANNELS, Identity
from nhem_tui.recording.standing import note_mark
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel, Mark

ROWS_AT_ONCE: Final = 64
"""Rows read together: 16,000 samples or so, however long the recording is."""

EVER: Final = 1 << 62
"""Microseconds after everything that can be heard."""

_TABLES: Final = ("state", "event", "picture", "gap", "mark", "parameters")


class Heard(NamedTuple):
    """When something was heard, microseconds since the recording began, and what."""

    heard: int
    what: Any


class Recording:
    """An open session file. Threads may read it side by side; it is closed when none does.

    All seconds are those since its first frame (or its first ROI sample, if it has no frames).

    Attributes:
        path: of the file.
        identity: what it says about itself.
        origin: session second of the recorder at its first frame.
        indices: where the samples of each channel lie.
        lacks_log: its ``-wal`` is not there any more, and what was recorded last is missing.
    """

    def __init__(self, path: Path) -> None:
        """Open it; only the indices are read.

        Raises:
            RecordingError: it is not there, not of this program, or of a newer one.
            DamagedError: it cannot be read.
        """
        self.path = path
        self.lacks_log = lacks_log(path)
        self._connection = connect(path)
        self._reading = threading.Lock()  # closed in the middle of a query, SQLite crashes
        try:
            with translated(path):
                ((body,),) = self.query("SELECT body FROM identity WHERE id = 1")
                self.identity = msgspec.json.decode(body, type=Identity)
                self._read_indices()
        except BaseException:
            self.close()
            raise

    def _read_indices(self) -> None:
        found: dict[Channel, Index] = {
            channel: Index.read(self._connection, channel) for channel in get_args(Channel)
        }
        ((strays,),) = self.query(
            "SELECT count(*) FROM samples WHERE channel IS NOT 0 AND channel IS NOT 1"
        )
        if strays:  # a page of zeros, say: SQLite reads it as rows without values
            raise ValueError("some samples belong to no channel")
        begins = [index.rows["t_first"][0] for index in found.values() if len(index.rows)]
        self.origin = float(begins[0]) if begins else 0.0
        self.indices = {channel: index.since(self.origin) for channel, index in found.items()}

    def close(self) -> None:
        """Let the file go, once what is being read is read."""
        with self._reading:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def being_recorded(self) -> bool:
        """A recorder writes it now."""
        return is_locked(self.path)

    @property
    def size(self) -> int:
        """Bytes on disk, write-ahead log included."""
        return size_of(*files_of(self.path)[:2])

    @property
    def duration(self) -> float:
        """Seconds from its beginning to the last thing heard."""
        ends = [self.query(f"SELECT max(heard) FROM {table}")[0][0] for table in _TABLES]  # noqa: S608
        for channel, index in self.indices.items():
            newest = index.rows[-1:]
            if len(newest):
                (arrays,) = self.arrays(channel, newest)
                ends.append(int(newest["heard"][0]) + int(arrays.chunks["after"][-1]))
        return max((end for end in ends if end is not None), default=0) / 1e6

    @property
    def span(self) -> tuple[float, float] | None:
        """Seconds of the first and of the last sample, None without samples."""
        rows = [index.rows for index in self.indices.values() if len(index.rows)]
        if not rows:
            return None
        return (
            min(float(part["t_first"][0]) for part in rows),
            max(float(part["t_last"][-1]) for part in rows),
        )

    def slices(self, channel: Channel, t0: float = -np.inf, t1: float = np.inf) -> Iterator[Slice]:
        """The samples of `channel` from second `t0` to `t1`, some thousands at a time.

        Raises:
            DamagedError: some cannot be read.
        """
        rows = self.indices[channel].rows
        window = self.indices[channel].between(t0, t1)
        for start in range(window.start, window.stop, ROWS_AT_ONCE):
            part = rows[start : min(start + ROWS_AT_ONCE, window.stop)]
            found = self._read(channel, part)
            first, last = (
                np.searchsorted(found.t, t0, "left"),
                np.searchsorted(found.t, t1, "right"),
            )
            if last > first:
                yield found.cut(int(first), int(last))

    def window(self, channel: Channel, t0: float, t1: float) -> Slice:
        """All samples of `channel` from second `t0` to `t1` at once.

        Raises:
            DamagedError: some cannot be read.
        """
        parts = [EMPTY, *self.slices(channel, t0, t1)]
        return Slice(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def gaps(self, start: int = 0, stop: int = EVER) -> list[Heard]:
        """The `Gap` events heard from `start` to `stop` (exclusive), microseconds, in order."""
        rows = self.query(
            "SELECT heard, channel, epoch, first, last FROM gap"
            " WHERE heard >= ? AND heard < ? ORDER BY heard",
            start,
            stop,
        )
        with translated(self.path):
            return [Heard(heard, told.gap(row)) for heard, *row in rows]

    def mark_events(self, start: int = 0, stop: int = EVER) -> list[Heard]:
        """The marks put and removed from `start` to `stop` (exclusive), microseconds, in order."""
        rows = self.query(
            "SELECT heard, at, t, text, removed FROM mark"
            " WHERE heard >= ? AND heard < ? ORDER BY heard",
            start,
            stop,
        )
        with translated(self.path):
            found = [(heard, told.mark(row)) for heard, *row in rows]
        return [
            Heard(heard, msgspec.structs.replace(mark, t=mark.t - self.origin))
            for heard, mark in found
        ]

    def marks(self) -> list[Mark]:
        """The marks that were not removed, in order of their moments."""
        left: list[Mark] = []
        for _, mark in self.mark_events():
            note_mark(left, mark)
        return sorted(left, key=lambda mark: mark.t)

    def parameters(self, start: int = 0, stop: int = EVER) -> list[Heard]:
        """The parameters `Noted` from `start` to `stop` (exclusive), microseconds, in order."""
        rows = self.query(
            "SELECT heard, at, body, owner FROM parameters"
            " WHERE heard >= ? AND heard < ? ORDER BY heard",
            start,
            stop,
        )
        with translated(self.path):
            return [Heard(heard, told.parameters(row)) for heard, *row in rows]

    def newest_before(self, heard: int, *channels: Channel) -> float | None:
        """Seconds of the newest sample of any of `channels` heard before that moment.

        Raises:
            DamagedError: it cannot be read.
        """
        found: list[float] = []
        for channel in channels:
            rows = self.indices[channel].rows
            row = int(np.searchsorted(rows["heard"], heard, "left")) - 1
            if row >= 0:
                (arrays,) = self.arrays(channel, rows[row : row + 1])
                told = arrays.chunks["after"] < heard - int(rows["heard"][row])
                count = int(arrays.chunks["count"][told].sum())
                found.append(float(arrays.t[min(count, len(arrays.t)) - 1]))
        return max(found, default=None)

    def counts(self) -> dict[str, int]:
        """How many rows the tables of things other than samples hold."""
        return {
            table: self.query(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
            for table in _TABLES
        }

    def arrays(self, channel: Channel, rows: NDArray[np.void]) -> list[Arrays]:
        """The arrays of some neighbouring `rows` of the index of `channel`.

        Raises:
            DamagedError: some cannot be read.
        """
        found = self.query(
            "SELECT * FROM samples WHERE channel = ? AND heard BETWEEN ? AND ? ORDER BY heard",
            CHANNELS.index(channel),
            int(rows["heard"][0]),
            int(rows["heard"][-1]),
        )
        counts = rows["count"].tolist()
        with translated(self.path):
            return [
                self._first(count, unpack(row)) for count, row in zip(counts, found, strict=True)
            ]

    def _first(self, count: int, arrays: Arrays) -> Arrays:
        """As many samples of a row as the index knows: a recorder may have extended it since."""
        return Arrays(arrays.chunks, arrays.t[:count] - self.origin, arrays.values[:count])

    def query(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query finds.

        Raises:
            DamagedError: some cannot be read.
        """
        with translated(self.path), self._reading:
            return self._connection.execute(query, values).fetchall()

    def _read(self, channel: Channel, rows: NDArray[np.void]) -> Slice:
        """The samples of some neighbouring rows of the index."""
        arrays = self.arrays(channel, rows)
        counts = rows["count"]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Slice(
            np.repeat(rows["first"], counts) + within,
            np.repeat(rows["epoch"], counts),
            np.concatenate([part.t for part in arrays]),
            np.concatenate([part.values for part in arrays]),
            np.repeat(rows["simulated"], counts),
        )


EMPTY: Final = Slice(
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0),
    np.empty(0),
    np.empty(0, np.bool_),
)
"""No samples."""
