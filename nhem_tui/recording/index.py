"""Where the samples of one channel lie in a session file: one entry a row, in numpy arrays."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording.schema import CHANNELS
from nhem_tui.stream.events import Channel

_FIELDS: Final = np.dtype(
    [
        ("heard", "i8"), ("epoch", "i8"), ("first", "i8"), ("count", "i8"), ("simulated", "?"),
        ("utc", "f8"), ("t_first", "f8"), ("t_last", "f8"), ("low", "f8"), ("high", "f8"),
    ]
)  # fmt: skip

_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The rows of a channel, oldest first.

    Attributes:
        rows: structured array, shape (n,), with the columns of the table ``samples`` but its
            BLOBs. Extremes over it are the upper level of the pyramid behind overviews.
    """

    rows: NDArray[np.void]

    @classmethod
    def read(cls, connection: sqlite3.Connection, channel: Channel) -> Index:
        """Read the index of `channel`; the BLOBs are not touched.

        Raises:
            sqlite3.DatabaseError: the file is damaged.
        """
        cursor = connection.execute(
            "SELECT heard, epoch, first, count, simulated, utc, t_first, t_last, low, high"
            " FROM samples WHERE channel = ? ORDER BY heard",
            (CHANNELS.index(channel),),
        )
        parts = [np.empty(0, _FIELDS)]
        while rows := cursor.fetchmany(_AT_ONCE):
            parts.append(np.array(rows, _FIELDS))
        return cls(np.concatenate(parts))

    @property
    def count(self) -> int:
        """Samples in all rows."""
        return int(self.rows["count"].sum())

    def between(self, t0: float, t1: float) -> slice:
        """The rows that hold samples from session second `t0` to `t1`."""
        start = np.searchsorted(self.rows["t_last"], t0, "left")
        stop = np.searchsorted(self.rows["t_first"], t1, "right")
        return slice(int(start), max(int(start), int(stop)))
