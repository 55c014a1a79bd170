"""Where the samples of one channel lie in a session file: one entry a row, in numpy arrays."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.recording.schema import CHANNELS
from nhem_tui.stream.buffer import key_of
from nhem_tui.stream.events import Channel, FloatArray, Gap

_FIELDS: Final = np.dtype(
    [
        ("heard", "i8"), ("epoch", "i8"), ("first", "i8"), ("count", "i8"), ("simulated", "?"),
        ("utc", "f8"), ("t_first", "f8"), ("t_last", "f8"), ("low", "f8"), ("high", "f8"),
    ]
)  # fmt: skip

_MEASURED: Final = ("t_first", "t_last", "low", "high")

_AT_ONCE: Final = 4096


class Index(Struct, frozen=True, eq=False):
    """The rows of a channel, oldest first.

    Attributes:
        rows: structured array, shape (n,), with the columns of the table ``samples`` but its
            BLOBs.
    """

    rows: NDArray[np.void]

    @classmethod
    def read(cls, connection: sqlite3.Connection, channel: Channel) -> Index:
        """Read the index of `channel`; the BLOBs are not touched.

        Raises:
            sqlite3.DatabaseError: the file is damaged.
            ValueError: likewise: the rows are not in order, or hold what is no number.
        """
        cursor = connection.execute(
            "SELECT heard, epoch, first, count, simulated, utc, t_first, t_last, low, high"
            " FROM samples WHERE channel = ? ORDER BY heard",
            (CHANNELS.index(channel),),
        )
        parts = [np.empty(0, _FIELDS)]
        while rows := cursor.fetchmany(_AT_ONCE):
            parts.append(np.array(rows, _FIELDS))
        found = np.concatenate(parts)
        if np.any(np.diff(found["heard"]) <= 0):
            raise ValueError("some samples are not in their place")
        if not all(np.isfinite(found[name]).all() for name in _MEASURED):
            raise ValueError("some samples are not numbers")
        return cls(found)

    def since(self, origin: float) -> Index:
        """The same rows in seconds since session second `origin`."""
        rows = self.rows.copy()
        rows["t_first"] -= origin
        rows["t_last"] -= origin
        rows["utc"] += origin
        return Index(rows)

    @property
    def count(self) -> int:
        """Samples in all rows."""
        return int(self.rows["count"].sum())

    def between(self, t0: float, t1: float) -> slice:
        """The rows that hold samples from session second `t0` to `t1`."""
        start = np.searchsorted(self.rows["t_last"], t0, "left")
        stop = np.searchsorted(self.rows["t_first"], t1, "right")
        return slice(int(start), max(int(start), int(stop)))

    def around(self, gaps: Sequence[Gap]) -> tuple[FloatArray, FloatArray]:
        """Seconds of the last sample before each gap and of the first one after it.

        Returns:
            Two arrays of shape (len(gaps),), -inf and inf where there is no such sample.
        """
        keys = key_of(self.rows["first"], self.rows["epoch"])
        order = np.argsort(keys, kind="stable")
        last = np.array([gap.last for gap in gaps], np.int64)
        epoch = np.array([gap.epoch for gap in gaps], np.int64)
        after = np.searchsorted(keys[order], key_of(last, epoch), "right")
        begins = np.append(self.rows["t_first"][order], np.inf)
        ends = np.insert(self.rows["t_last"][order], 0, -np.inf)
        return ends[after], begins[after]
