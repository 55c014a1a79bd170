"""Samples as rows: what arrives in small pieces is kept in long arrays, the pieces still known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording.schema import CHANNELS, CHUNK, FLOAT
from nhem_tui.stream.events import Channel, FloatArray, Samples

LENGTH: Final = 256
"""Samples after which a row is complete: about 6 s of the main signal."""

SPAN: Final = 10_000_000
"""Microseconds after which a row is complete, however few samples it holds."""

Row = tuple[object, ...]
"""Values of one row of the table ``samples``, in the order of its columns."""


class Batch:
    """A row that grows until it is complete."""

    def __init__(self, heard: int, samples: Samples) -> None:
        self._heard = heard
        self._head = samples
        self._next = int(samples.numbers[0])
        self._chunks: list[tuple[int, int]] = []
        self._t: list[FloatArray] = []
        self._values: list[FloatArray] = []
        self._count = 0
        self.add(heard, samples)

    def takes(self, heard: int, samples: Samples) -> bool:
        """Tell whether `samples` belong into this row."""
        head = self._head
        return (
            self._count < LENGTH
            and heard - self._heard < SPAN
            and samples.epoch == head.epoch
            and samples.simulated == head.simulated
            and int(samples.numbers[0]) == self._next
            and (samples.utc == head.utc or (math.isnan(samples.utc) and math.isnan(head.utc)))
        )

    def add(self, heard: int, samples: Samples) -> None:
        """Append samples that arrived at `heard`."""
        count = len(samples.numbers)
        self._chunks.append((count, heard - self._heard))
        self._t.append(samples.t)
        self._values.append(samples.values)
        self._count += count
        self._next += count

    def row(self) -> Row:
        """The row as it is now."""
        t, values = np.concatenate(self._t), np.concatenate(self._values)
        head = self._head
        return (
            self._heard,
            CHANNELS.index(head.channel),
            head.epoch,
            int(head.numbers[0]),
            self._count,
            int(head.simulated),
            None if math.isnan(head.utc) else head.utc,
            float(t[0]),
            float(t[-1]),
            float(values.min()),
            float(values.max()),
            np.array(self._chunks, CHUNK).tobytes(),
            t.astype(FLOAT, copy=False).tobytes(),
            values.astype(FLOAT, copy=False).tobytes(),
        )


class Arrays(NamedTuple):
    """The arrays of one row.

    Attributes:
        chunks: of `schema.CHUNK`, shape (k,).
        t: session seconds, shape (n,).
        values: gray levels, shape (n,).
    """

    chunks: NDArray[np.void]
    t: FloatArray
    values: FloatArray

    def joined(self) -> Arrays:
        """The same samples as if they had come at once, with the last of them."""
        chunks = np.array([(len(self.t), self.chunks["after"][-1])], CHUNK)
        return Arrays(chunks, self.t, self.values)


def unpack(count: int, chunks: bytes, t: bytes, value: bytes) -> Arrays:
    """The first `count` samples of a row, which a recorder may be extending just now.

    Raises:
        ValueError: the BLOBs do not hold as much as they should.
    """
    arrays = Arrays(
        np.frombuffer(chunks, CHUNK),
        np.frombuffer(t, FLOAT, count),
        np.frombuffer(value, FLOAT, count),
    )
    if int(arrays.chunks["count"].sum()) < count:
        raise ValueError("the chunks hold fewer samples than the row")
    return arrays


def pieces(
    heard: int,
    arrays: Arrays,
    *,
    channel: Channel,
    epoch: int,
    first: int,
    simulated: bool,
    utc: float,
) -> Iterator[tuple[int, Samples]]:
    """The samples of a row as they were told, each piece with when it was heard."""
    start = 0
    for size, after in arrays.chunks.tolist():
        stop = min(start + size, len(arrays.t))
        if start == stop:
            return
        yield (
            heard + after,
            Samples(
                channel,
                epoch,
                np.arange(first + start, first + stop),
                arrays.t[start:stop],
                arrays.values[start:stop],
                simulated,
                utc,
            ),
        )
        start = stop
