"""A long stretch of samples in few columns: the lowest and the highest value of each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot.model import Series
from nhem_tui.recording.reader import Recording
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel, FloatArray


class Overview(Struct, frozen=True, eq=False):
    """Columns of equal width.

    Attributes:
        t0: session seconds of the left edge of the first column.
        dt: seconds a column spans.
        low: smallest gray level of each column, NaN without samples, shape (n,).
        high: largest gray level of each column, NaN without samples, shape (n,).
    """

    t0: float
    dt: float
    low: FloatArray
    high: FloatArray

    def series(self) -> Series:
        """A curve that covers each column from low to high and breaks where there is nothing."""
        t = np.repeat(self.t0 + (np.arange(len(self.low)) + 0.5) * self.dt, 2)
        return Series(t, np.column_stack((self.low, self.high)).ravel())


def overview(
    recording: Recording, channel: Channel, t0: float, t1: float, columns: int
) -> Overview:
    """The samples of `channel` from session second `t0` to `t1` (> `t0`) in `columns` columns.

    Where there are many samples to a column, the extremes of the file's rows are taken: those of
    a row that lies across an edge count on both sides. A row with a long pause is looked into.

    Raises:
        DamagedError: some samples cannot be read.
    """
    window = recording.indices[channel].between(t0, t1)
    rows = recording.indices[channel].rows[window]
    if len(rows) < 2 * columns:
        return overview_of(recording.slices(channel, t0, t1), t0, t1, columns)
    grown = _Columns(t0, t1, columns)
    long = rows["t_last"] - rows["t_first"] > grown.dt
    for edge in ("t_first", "t_last"):
        grown.add(rows[edge][~long], rows["low"][~long], rows["high"][~long])
    for place in np.flatnonzero(long).tolist():
        (arrays,) = recording.arrays(channel, rows[place : place + 1])
        inside = (arrays.t >= t0) & (arrays.t <= t1)
        grown.add(arrays.t[inside], arrays.values[inside], arrays.values[inside])
    return grown.overview()


def overview_of(samples: Iterable[Slice], t0: float, t1: float, columns: int) -> Overview:
    """Samples from session second `t0` to `t1` (> `t0`) in `columns` columns."""
    grown = _Columns(t0, t1, columns)
    for part in samples:
        grown.add(part.t, part.values, part.values)
    return grown.overview()


class _Columns:
    def __init__(self, t0: float, t1: float, columns: int) -> None:
        self._t0 = t0
        self.dt = (t1 - t0) / columns
        self._low = np.full(columns, np.inf)
        self._high = np.full(columns, -np.inf)

    def add(
        self, t: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> None:
        place = np.floor((t - self._t0) / self.dt)
        place = np.clip(place, 0, len(self._low) - 1).astype(np.int64)
        np.minimum.at(self._low, place, low)
        np.maximum.at(self._high, place, high)

    def overview(self) -> Overview:
        empty = self._low > self._high
        low, high = np.where(empty, np.nan, self._low), np.where(empty, np.nan, self._high)
        return Overview(self._t0, self.dt, low, high)
