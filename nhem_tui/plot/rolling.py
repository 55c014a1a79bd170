"""The envelope of a curve that grows at its right end, at the cost of what is new in it."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct, field

from nhem_tui.plot.envelope import EMPTY, Columns, Envelope, Floats, Ints, envelope
from nhem_tui.plot.gaps import with_gaps


class Growing(Struct, frozen=True, eq=False):
    """The envelope of a curve that grows at its right end.

    Attributes:
        columns: the newest columns; strokes left of them are forgotten.
        strokes: equal to `envelope` of the whole curve inside `columns`.
        t: seconds of the last sample, shape (1,), or (0,) before the first.
        values: gray level of the last sample, same shape as `t`.
    """

    columns: Columns
    strokes: Envelope = EMPTY
    t: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty(0))


def extend(grown: Growing, t: Floats, values: Floats) -> Growing:
    """Append samples; only they and the columns they touch are worked on.

    Args:
        grown: the curve so far.
        t: seconds, non-decreasing, none before the last sample so far, shape (n,).
        values: gray levels, shape (n,).

    Returns:
        The longer curve; its columns end with that of the newest sample.
    """
    if t.size == 0:
        return grown
    t, values = np.concatenate((grown.t, t)), np.concatenate((grown.values, values))
    _, count, dt = grown.columns
    columns = Columns.ending_at(float(t[-1]), count, dt)
    old, new = grown.strokes.within(columns), envelope(t, values, columns)
    if grown.t.size and np.isfinite(values[0]) and old.column.size:
        # The last stroke so far and the first new one share a sample: they are one.
        new.low[0] = min(new.low[0], old.low[-1])
        new.high[0] = max(new.high[0], old.high[-1])
        old = Envelope(old.column[:-1], old.low[:-1], old.high[:-1])
    strokes = Envelope(
        np.concatenate((old.column, new.column)),
        np.concatenate((old.low, new.low)),
        np.concatenate((old.high, new.high)),
    )
    return Growing(columns, strokes, t[-1:], values[-1:])


class RollingEnvelope:
    """Envelopes of one growing curve, frame after frame, at the cost of its new samples."""

    def __init__(self, pause: float = math.inf) -> None:
        """Break the line where no sample came for `pause` seconds, and at missing numbers."""
        self._pause = pause
        self._grown: Growing | None = None
        self._at_last = 0  # samples already seen at exactly the time of the last one
        self._since = math.inf  # time of the oldest sample ever seen

    def update(self, t: Floats, values: Floats, numbers: Ints, columns: Columns) -> Envelope:
        """The strokes inside `columns` of the curve `with_gaps` makes; equal to `envelope` of it.

        Only in the column of its first sample they may hold what was forgotten at the left.

        Args:
            t: seconds, non-decreasing, shape (n,): those of the last call, with samples appended
                at the right end and forgotten at the left. A curve that does not hold the last
                sample of the call before, or that reaches further back, is taken as another one.
            values: gray levels, shape (n,).
            numbers: consecutive where nothing is missing, shape (n,).
            columns: where to look; with the `dt` of the last call, only new samples are worked
                on, unless `columns` lie further back than the reserve of one width.
        """
        grown, fresh = self._grown, 0
        reached = bool(t.size) and float(t[0]) >= self._since
        if reached and grown is not None and grown.columns.dt == columns.dt:
            fresh = self._first_new(t, float(grown.t[0]))
        if fresh == 0 or grown is None or grown.columns.width < 2 * columns.width:
            grown = Growing(Columns(0, 2 * columns.width, columns.dt))
            fresh = 0
            self._since = float(t[0]) if t.size else math.inf
        if fresh < t.size:
            known = max(fresh - 1, 0)  # the last sample already seen: what follows may be a gap
            new = with_gaps(t[known:], values[known:], numbers[known:], self._pause)
            grown = extend(grown, new.t[fresh - known :], new.values[fresh - known :])
            self._at_last = int(t.size - np.searchsorted(t, t[-1]))
        self._grown = grown
        if columns.first < grown.columns.first:
            whole = with_gaps(t, values, numbers, self._pause)
            return envelope(whole.t, whole.values, columns)
        lost = math.floor(float(t[0]) / columns.dt) - columns.first if t.size else columns.width
        if lost > 0:  # what came before the first sample is known to nobody else any more
            columns = Columns(columns.first + lost, max(columns.width - lost, 0), columns.dt)
        return grown.strokes.within(columns)

    def _first_new(self, t: Floats, last: float) -> int:
        """Index of the first sample not seen yet, 0 if this is another curve."""
        seen = int(np.searchsorted(t, last)) + self._at_last
        return seen if seen <= t.size and seen and t[seen - 1] == last else 0
