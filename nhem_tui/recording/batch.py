"""Samples as rows: what arrives in small pieces is kept in long arrays, the pieces still known."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording.schema import CHANNELS, CHUNK, FLOAT
from nhem_tui.stream.events import Channel, FloatArray, Samples

LENGTH: Final = 256
"""Samples after which a row is complete: about 6 s of the main signal."""

SPAN: Final = 10_000_000
"""Microseconds after which a row is complete, however few samples it holds."""

QUICK: Final = 1
"""Level of zlib: the best one saves no more, samples are noise."""

_FACTS: Final = struct.Struct("<6q5d")

Row = tuple[Any, ...]
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
        return packed(
            (
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
                None,
            )
        )


def packed(row: Row) -> Row:
    """A row as it is stored: one without a checksum is compressed, and gets one."""
    if row[14] is not None:
        return row
    whole = *row[:11], *(zlib.compress(blob, QUICK) for blob in row[11:14])
    return (*whole, checksum(whole))


def checksum(row: Sequence[Any]) -> int:
    """CRC-32 of the first 14 values of a row: numbers as int64 and float64, then the BLOBs."""
    integers, (utc, *floats), blobs = row[:6], row[6:11], row[11:14]
    utc = math.nan if utc is None else utc
    # SQLite keeps no negative zero.
    crc = zlib.crc32(_FACTS.pack(*integers, *(value + 0.0 for value in (utc, *floats))))
    for blob in blobs:
        crc = zlib.crc32(blob, crc)
    return crc


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


def unpack(row: Sequence[Any]) -> Arrays:
    """The arrays of a row; in one of version 1 the checksum is None.

    Raises:
        ValueError: they are not what the row's other columns say.
    """
    count, (t_first, t_last, low, high), (chunks, t, value), crc = (
        row[4],
        row[7:11],
        row[11:14],
        row[14],
    )
    if crc is not None:
        if checksum(row) != crc:
            raise ValueError("the checksum of some samples is wrong")
        chunks, t, value = (_inflated(blob, 8 * count) for blob in (chunks, t, value))
    arrays = Arrays(
        np.frombuffer(chunks, CHUNK), np.frombuffer(t, FLOAT), np.frombuffer(value, FLOAT)
    )
    sound = (
        0 < count == len(arrays.t) == len(arrays.values) == int(arrays.chunks["count"].sum())
        and (arrays.t[0], arrays.t[-1]) == (t_first, t_last)
        and (arrays.values.min(), arrays.values.max()) == (low, high)
        and (crc is not None or bool(np.all(np.diff(arrays.t) >= 0)))
    )
    if not sound:
        raise ValueError("some samples are not what their row says")
    return arrays


def _inflated(blob: bytes, most: int) -> bytes:
    """What `blob` was before it was compressed, at most so many bytes.

    Raises:
        ValueError: it is no whole zlib stream of that length.
    """
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(blob, most + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if len(data) > most or not stream.eof:
        raise ValueError("some samples are longer than their row says")
    return data


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
