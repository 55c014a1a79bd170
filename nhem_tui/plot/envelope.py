"""Per-column extremes of a curve: what a dense polyline covers, one dot column at a time.

Columns have absolute numbers, ``floor(t / dt)``: when the window moves, the content of a column
stays what it is and the picture scrolls instead of shimmering.

A polyline that passes through a column covers, as long as it does not break, every value between
its lowest and its highest point there. One such run is a *stroke*. A column holds more than one
stroke only where a gap lies inside it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Columns(NamedTuple):
    """A run of dot columns: the numbers `first` to `first + width - 1`.

    Attributes:
        first: absolute number of the leftmost column, ``floor(t / dt)`` of its times.
        width: how many columns.
        dt: seconds a column spans, > 0.
    """

    first: int
    width: int
    dt: float

    @classmethod
    def ending_at(cls, t: float, count: int, dt: float) -> Columns:
        """The `count` columns of `dt` seconds of which the last one holds the time `t`."""
        return cls(math.floor(t / dt) - count + 1, count, dt)


class Envelope(Struct, frozen=True, eq=False):
    """The strokes of a curve, from left to right.

    Attributes:
        column: absolute column number of each stroke, non-decreasing, shape (n,).
        low: smallest gray level of the stroke, shape (n,).
        high: largest gray level of the stroke, shape (n,).
    """

    column: Ints
    low: Floats
    high: Floats

    def within(self, columns: Columns) -> Envelope:
        """The strokes inside `columns`."""
        start, stop = np.searchsorted(self.column, (columns.first, columns.first + columns.width))
        return Envelope(self.column[start:stop], self.low[start:stop], self.high[start:stop])


EMPTY = Envelope(np.empty(0, np.int64), np.empty(0), np.empty(0))


def envelope(t: Floats, values: Floats, columns: Columns) -> Envelope:
    """The strokes of a curve inside `columns`.

    Neighbouring samples are joined by a straight line, cut at the column edges; a value that is
    not finite breaks the line.

    Args:
        t: seconds, non-decreasing, shape (n,). Samples outside `columns` count as ends of the
            lines that reach in.
        values: gray levels, shape (n,).
        columns: where to look.
    """
    left, dt = columns.first, columns.dt
    right = left + columns.width
    # One sample more on each side, and a column of slack for the rounding of first * dt.
    start, stop = np.searchsorted(t, ((left - 1) * dt, (right + 1) * dt))
    t, values = t[max(start - 1, 0) : stop + 1], values[max(start - 1, 0) : stop + 1]
    if t.size == 0 or columns.width <= 0:
        return EMPTY
    finite = np.isfinite(values)
    column = np.clip(np.floor(t / dt), left - 1, right).astype(np.int64)

    # Where the line from sample i to i + 1 crosses column edges, each crossing is a point of both
    # columns that meet there. Edge e is the left side of column e.
    joined = finite[:-1] & finite[1:]
    crossings = np.where(joined, np.diff(column), 0)
    pair = np.repeat(np.arange(crossings.size), crossings)
    ordinal = np.arange(pair.size)
    edge = column[pair] + 1 + ordinal - (np.cumsum(crossings) - crossings)[pair]
    at_edge = _interpolate(t, values, pair, edge * dt)

    # Samples and crossings in the order the line meets them.
    place = np.arange(t.size)
    place[1:] += 2 * np.cumsum(crossings)
    size = t.size + 2 * edge.size
    point_column, point_value = np.empty(size, np.int64), np.empty(size)
    point_column[place], point_value[place] = column, values
    place = pair + 1 + 2 * ordinal
    point_column[place], point_value[place] = edge - 1, at_edge
    point_column[place + 1], point_value[place + 1] = edge, at_edge

    return _strokes(point_column, point_value, left, right)


def _interpolate(t: Floats, values: Floats, pair: Ints, at: Floats) -> Floats:
    """The gray levels of the lines from samples `pair` to `pair` + 1 at the times `at`."""
    t0, t1, v0, v1 = t[pair], t[pair + 1], values[pair], values[pair + 1]
    share = np.clip((at - t0) / (t1 - t0), 0.0, 1.0)
    # This form cannot overflow; the clipping keeps a level line level in spite of rounding.
    mixed = v0 * (1.0 - share) + v1 * share
    return np.clip(mixed, np.minimum(v0, v1), np.maximum(v0, v1))


def _strokes(column: Ints, value: Floats, left: int, right: int) -> Envelope:
    """Reduce points in line order to strokes; non-finite values separate."""
    finite = np.isfinite(value)
    keep = finite & (column >= left) & (column < right)
    run = np.cumsum(~finite)[keep]
    column, value = column[keep], value[keep]
    if value.size == 0:
        return EMPTY
    fresh = np.ones(value.size, np.bool_)
    fresh[1:] = (column[1:] != column[:-1]) | (run[1:] != run[:-1])
    starts = np.flatnonzero(fresh)
    return Envelope(
        column[starts], np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts)
    )
