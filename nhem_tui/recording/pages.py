"""Rows straight from the pages of an SQLite file, for files that SQLite itself gives up on.

Only what a session file has is understood: tables with an integer key, values up to the end of
their overflow pages. Every page is looked at, whether a tree still leads to it or not. The format
is that of https://sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

Value = None | int | float | str | bytes

_LEAF: Final = 0x0D
"""First byte of a page with rows of a table."""

_HEADER: Final = 100
"""Bytes that say what a file is."""

_USUAL_SIZE: Final = 4096
"""Bytes of a page where the header does not say."""

_WAL_HEADER, _FRAME_HEADER = 32, 24
_WAL_MAGIC: Final = (0x377F0682, 0x377F0683)

_WHOLE: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its serial type."""

_LARGEST: Final = 1 << 26
"""Bytes of a row at most; more is nonsense."""


class StoredRow(NamedTuple):
    """One row: its key and its other values in order; the key's own column is None."""

    key: int
    values: tuple[Value, ...]


class Pages:
    """The pages of a database, with those of its write-ahead log in place of the older ones."""

    def __init__(self, database: bytes | memoryview, log: bytes = b"") -> None:
        """Look at a whole file, and at what lies beside it as ``-wal``."""
        self._data = database
        size = int.from_bytes(database[16:18], "big") if len(database) >= _HEADER else 0
        size = 65536 if size == 1 else size
        plausible = 512 <= size <= 65536 and size & (size - 1) == 0
        self._size = size if plausible else _USUAL_SIZE
        self._newer = dict(_logged(log, self._size))
        self._usable = self._size - (database[20] if plausible else 0)

    def __len__(self) -> int:
        return max(-(-len(self._data) // self._size), max(self._newer, default=0))

    def rows(self) -> Iterator[StoredRow]:
        """Every row that is whole, in no order; an outdated one may come beside the newer one."""
        for number in range(2, len(self) + 1):  # page 1 only says which tables there are
            page = self._page(number)
            if len(page) == self._size and page[0] == _LEAF:
                yield from self._leaf(page)

    def _page(self, number: int) -> bytes:
        newer = self._newer.get(number)
        if newer is not None:
            return newer
        start = (number - 1) * self._size
        return bytes(self._data[start : start + self._size])

    def _leaf(self, page: bytes) -> Iterator[StoredRow]:
        count = int.from_bytes(page[3:5], "big")
        for place in range(8, min(8 + 2 * count, self._size - 1), 2):
            try:
                yield self._cell(page, int.from_bytes(page[place : place + 2], "big"))
            except (ValueError, IndexError, struct.error):
                continue  # this row is lost; its neighbours need not be

    def _cell(self, page: bytes, at: int) -> StoredRow:
        size, at = _varint(page, at)
        key, at = _varint(page, at)
        if size > _LARGEST:
            raise ValueError("too large to be a row")
        local = self._local(size)
        payload = page[at : at + local]
        if local < size:
            follows = int.from_bytes(page[at + local : at + local + 4], "big")
            payload += self._overflow(follows, size - local)
        if len(payload) != size:
            raise ValueError("the row is cut off")
        return StoredRow(key, tuple(_values(payload)))

    def _local(self, size: int) -> int:
        """How much of a row of `size` bytes lies in its leaf."""
        usable = self._usable
        if size <= usable - 35:
            return size
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        return local if local <= usable - 35 else least

    def _overflow(self, number: int, size: int) -> bytes:
        parts = []
        while size > 0:
            page = self._page(number) if number else b""
            part = page[4 : 4 + min(size, self._usable - 4)]
            if not part:
                raise ValueError("an overflow page is missing")
            parts.append(part)
            size -= len(part)
            number = int.from_bytes(page[:4], "big")
        return b"".join(parts)


def _logged(log: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """The committed pages of a write-ahead log, oldest first."""
    if int.from_bytes(log[:4], "big") not in _WAL_MAGIC:
        return
    salts = log[16:24]
    waiting: list[tuple[int, bytes]] = []
    for start in range(_WAL_HEADER, len(log), _FRAME_HEADER + size):
        head, page = log[start : start + _FRAME_HEADER], log[start + _FRAME_HEADER :][:size]
        if head[8:16] != salts or len(page) < size:
            return  # of an earlier round, or cut off
        waiting.append((int.from_bytes(head[:4], "big"), page))
        if any(head[4:8]):
            yield from waiting
            waiting.clear()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """An integer of 1 to 9 bytes, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def _values(payload: bytes) -> Iterator[Value]:
    """The values of a record."""
    end, at = _varint(payload, 0)
    body = end
    while at < end:
        kind, at = _varint(payload, at)
        value, body = _value(payload, kind, body)
        yield value
    if body != len(payload):
        raise ValueError("a record has another length than it says")


def _value(payload: bytes, kind: int, at: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in _WHOLE:
        end = at + _WHOLE[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack(">d", payload[at : at + 8])[0], at + 8
    if kind in (8, 9):
        return kind - 8, at
    if kind < 12:
        raise ValueError("no such type")
    end = at + (kind - 12) // 2
    content = payload[at:end]
    return (content if kind % 2 == 0 else content.decode()), end
