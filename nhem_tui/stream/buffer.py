"""The newest samples of one channel in numpy arrays that are read without copying."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.stream.events import FloatArray, IntArray, Samples

_EPOCH_SHIFT = 44


class Slice(NamedTuple):
    """A stretch of samples; those of a buffer are views into it, valid until the next append.

    Attributes:
        numbers: frame numbers or roi_index, shape (n,).
        epochs: server process of each sample, shape (n,).
        t: session seconds, shape (n,).
        values: gray levels, shape (n,).
        simulated: made up by the server, shape (n,).
    """

    numbers: IntArray
    epochs: IntArray
    t: FloatArray
    values: FloatArray
    simulated: NDArray[np.bool_]

    @property
    def keys(self) -> IntArray:
        """Numbers that are consecutive only within one server process."""
        return key_of(self.numbers, self.epochs)

    def cut(self, start: int, stop: int) -> Slice:
        """The samples from index `start` to `stop` (exclusive), not copied."""
        numbers, epochs, t, values, simulated = self
        part = slice(start, stop)
        return Slice(numbers[part], epochs[part], t[part], values[part], simulated[part])

    def copy(self) -> Slice:
        """The same samples in arrays of their own."""
        return Slice._make(column.copy() for column in self)


def key_of(numbers: IntArray, epochs: IntArray) -> IntArray:
    """Numbers that are consecutive only within one server process."""
    return numbers + (epochs << _EPOCH_SHIFT)


class SampleBuffer:
    """Keeps the newest `capacity` samples.

    The arrays are twice as long as the capacity; when they are full the newest half moves to the
    front, so that any stretch is contiguous and appending costs O(n).
    """

    def __init__(self, capacity: int) -> None:
        self.version = 0
        self._allocate(capacity)

    def _allocate(self, capacity: int) -> None:
        self.capacity = capacity
        self._start = self._stop = 0
        # Filled, so that the memory is taken now and not little by little over the first hours.
        self._columns = Slice(
            np.full(2 * capacity, 0, np.int64),
            np.full(2 * capacity, 0, np.int64),
            np.full(2 * capacity, 0.0),
            np.full(2 * capacity, 0.0),
            np.full(2 * capacity, fill_value=False),
        )

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def newest(self) -> float | None:
        """Session seconds of the newest sample."""
        return float(self._columns.t[self._stop - 1]) if len(self) else None

    @property
    def oldest(self) -> float | None:
        """Session seconds of the oldest sample kept."""
        return float(self._columns.t[self._start]) if len(self) else None

    def append(self, samples: Samples) -> None:
        """Add newer samples; the oldest leave when there is no room."""
        count = min(len(samples.numbers), self.capacity)
        if self._stop + count > 2 * self.capacity:
            keep = min(len(self), self.capacity - count)
            for column in self._columns:
                column[:keep] = column[self._stop - keep : self._stop]
            self._start, self._stop = 0, keep
        new = slice(self._stop, self._stop + count)
        columns = self._columns
        columns.numbers[new] = samples.numbers[-count:]
        columns.epochs[new] = samples.epoch
        columns.t[new] = samples.t[-count:]
        columns.values[new] = samples.values[-count:]
        columns.simulated[new] = samples.simulated
        self._stop += count
        self._start = max(self._start, self._stop - self.capacity)
        self.version += 1

    def last(self, count: int) -> Slice:
        """The newest samples, at most `count`."""
        return self._columns.cut(max(self._start, self._stop - count), self._stop)

    def before(self, t: float, count: int) -> Slice:
        """The newest samples that are not after `t`, at most `count`."""
        kept = self._columns.t[self._start : self._stop]
        stop = self._start + int(np.searchsorted(kept, t, "right"))
        return self._columns.cut(max(self._start, stop - count), stop)

    def window(self, t0: float, t1: float) -> Slice:
        """The samples from `t0` to `t1`, and one more on each side for lines that reach in."""
        t = self._columns.t[self._start : self._stop]
        first, last = np.searchsorted(t, (t0, t1))
        return self._columns.cut(
            max(self._start + int(first) - 1, self._start),
            min(self._start + int(last) + 1, self._stop),
        )

    def clear(self) -> None:
        """Forget all samples."""
        self._start = self._stop = 0
        self.version += 1

    def resize(self, capacity: int) -> None:
        """Keep up to `capacity` samples from now on; the newest stay."""
        kept = self.last(capacity)
        self._allocate(capacity)
        self._stop = len(kept.numbers)
        for column, old in zip(self._columns, kept, strict=True):
            column[: self._stop] = old
        self.version += 1
