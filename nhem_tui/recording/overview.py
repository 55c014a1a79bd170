"""A long stretch of samples in few columns: the lowest and the highest value of each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from nhem_tui.plot.model import Series
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import FloatArray


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


def overview_of(samples: Iterable[Slice], t0: float, t1: float, columns: int) -> Overview:
    """Samples from session second `t0` to `t1` (> `t0`) in `columns` columns."""
    dt = (t1 - t0) / columns
    low, high = np.full(columns, np.inf), np.full(columns, -np.inf)
    for part in samples:
        place = np.clip(np.floor((part.t - t0) / dt), 0, columns - 1).astype(np.int64)
        np.minimum.at(low, place, part.values)
        np.maximum.at(high, place, part.values)
    empty = low > high
    return Overview(t0, dt, np.where(empty, np.nan, low), np.where(empty, np.nan, high))
