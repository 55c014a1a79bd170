"""Saves what can be read of a damaged session file into a new one; the old one stays as it is."""

from __future__ import annotations

import mmap
import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from nhem_tui import __version__
from nhem_tui.notation.paths import exists
from nhem_tui.recording import schema
from nhem_tui.recording.batch import packed, unpack
from nhem_tui.recording.errors import DamagedError, RecordingError, UnusableError
from nhem_tui.recording.lock import FileLock, is_locked
from nhem_tui.recording.names import files_of
from nhem_tui.recording.pages import Pages, StoredRow
from nhem_tui.recording.rows import TOLD
from nhem_tui.recording.schema import Identity
from nhem_tui.recording.target import check_target

_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "INTEGER": int,
    "REAL": (float, int),
    "TEXT": str,
    "BLOB": bytes,
}

_NEGATIVE: Final = 1 << 63
"""What keys below 0, which no recorder gives, look like on a page."""

Values = tuple[Any, ...]
"""The values of a row, its key first."""


class Saved(Struct, frozen=True):
    """What was saved.

    Attributes:
        path: the new file.
        samples: of both channels.
        rows: by table.
        missing: samples between those saved that were recorded once, or never were.
    """

    path: Path
    samples: int
    rows: dict[str, int]
    missing: int


def repair(path: Path, target: Path) -> Saved:
    """Save what can be read of `path` into the new file `target`.

    Raises:
        RecordingError: it is being recorded, of a newer version, no recording, or `target` exists
            or cannot be written.
        DamagedError: nothing of what was measured can be saved.
    """
    if is_locked(path):
        raise RecordingError(f"{path} is being recorded: it needs no repair")
    check_target(target, overwrite=False)
    lock = FileLock(target)
    try:
        with _mapped(path) as data:
            _check(path, bytes(data[:100]))
            _, log, _ = files_of(path)
            pages = Pages(data, log.read_bytes() if exists(log) else b"")
            connection = sqlite3.connect(target, isolation_level=None)
            try:
                return _save(pages, connection, path, target)
            finally:
                connection.close()
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise RecordingError(f"cannot write {target}: {error}") from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        lock.release()


@contextmanager
def _mapped(path: Path) -> Iterator[memoryview]:
    """The bytes of a file, however large, without reading them all."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None
    with file:
        if not os.fstat(file.fileno()).st_size:
            raise UnusableError(f"{path} is empty")
        with (
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
            memoryview(data) as view,
        ):
            yield view


def _check(path: Path, head: bytes) -> None:
    """Refuse a newer file, whose rows would be misread."""
    version, application = (int.from_bytes(head[at : at + 4], "big") for at in (60, 68))
    if application == schema.APPLICATION_ID and version > schema.VERSION:
        raise UnusableError(f"{path} was written by a newer nhem-tui", "repair it with that one")


def _save(pages: Pages, connection: sqlite3.Connection, path: Path, target: Path) -> Saved:
    schema.create(connection)
    tables = {name: _columns(connection, name) for name in _names(connection)}
    connection.execute("BEGIN")
    for stored in pages.rows():
        for name, columns in tables.items():
            row = _fitted(stored, name, columns)
            if row is not None and _is_sound(name, row):
                _keep(connection, name, row)
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
        for name in tables
    }
    if not any(counts.values()):
        raise UnusableError(f"{path} holds nothing of a recording that could be saved")
    del counts["identity"]
    if not any(counts.values()):
        raise DamagedError(f"nothing that was measured can be saved of {path}")
    missing = _note_missing(connection)
    _identify(connection)
    connection.execute("COMMIT")
    (samples,) = connection.execute("SELECT total(count) FROM samples").fetchone()
    return Saved(target, int(samples), counts, missing)


def _names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, bool]]:
    """Type of each column but the key, and whether it may be NULL."""
    found = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [(kind, not required) for _, _, kind, required, _, key in found if not key]


def _fitted(row: StoredRow, table: str, columns: list[tuple[str, bool]]) -> Values | None:
    """The values of a row if it can be one of a table, those of version 1 completed.

    No two tables have columns of the same types, in neither version.
    """
    if not row.values or row.values[0] is not None or row.key >= _NEGATIVE:
        return None
    values = (row.key, *row.values[1:])
    lacking = len(columns) + 1 - len(values)
    if table in schema.OLDER and lacking == 1:
        columns = columns[:-1]
    elif lacking:
        return None
    fits = all(
        isinstance(value, _KINDS[kind]) or (value is None and optional)
        for value, (kind, optional) in zip(values[1:], columns, strict=True)
    )
    if not fits:
        return None
    return (*values, schema.OLDER[table][1]) if lacking else values


def _is_sound(table: str, row: Values) -> bool:
    """Tell whether a row can have been recorded."""
    if table == "samples" and row[1] not in (0, 1):
        return False
    try:
        if table == "samples":
            unpack(row)
        elif table in TOLD:
            TOLD[table](row[1:])
    except (ValueError, OverflowError, struct.error):
        return False
    return True


def _keep(connection: sqlite3.Connection, table: str, row: Values) -> None:
    if table == "samples":
        held = connection.execute("SELECT count FROM samples WHERE heard = ?", row[:1]).fetchone()
        if held and held[0] >= row[4]:
            return  # an outdated copy: rows only grow
        row = packed(row)
    places = ", ".join("?" * len(row))
    connection.execute(f"REPLACE INTO {table} VALUES ({places})", row)  # noqa: S608


def _note_missing(connection: sqlite3.Connection) -> int:
    """Note as gaps what is missing between the rows saved and was no gap before."""
    missing = 0
    before: dict[tuple[int, int], int] = {}
    rows = connection.execute(
        "SELECT heard, channel, epoch, first, count FROM samples ORDER BY heard"
    ).fetchall()
    for heard, channel, epoch, first, count in rows:
        expected = before.get((channel, epoch), first)
        before[channel, epoch] = first + count
        known = connection.execute(
            "SELECT 1 FROM gap WHERE channel = ? AND epoch = ? AND first = ? AND last = ?",
            (channel, epoch, expected, first - 1),
        ).fetchone()
        if first <= expected or known:
            continue
        missing += first - expected
        _add_gap(connection, heard, (channel, epoch, expected, first - 1))
    return missing


def _add_gap(connection: sqlite3.Connection, heard: int, gap: tuple[int, ...]) -> None:
    """Put a gap just before the samples heard at `heard`, at a moment that is still free."""
    while True:
        heard -= 1
        taken = connection.execute("SELECT 1 FROM gap WHERE heard = ?", (heard,)).fetchone()
        if not taken:
            connection.execute("INSERT INTO gap VALUES (?, ?, ?, ?, ?)", (heard, *gap))
            return


def _identify(connection: sqlite3.Connection) -> None:
    """Mark the file as repaired; without the old words say what is known all the same."""
    found = connection.execute("SELECT body FROM identity WHERE id = 1").fetchone()
    try:
        identity = msgspec.json.decode(found[0] if found else "", type=Identity)
    except msgspec.MsgspecError:
        first = connection.execute("SELECT at, heard FROM state ORDER BY heard").fetchone()
        started = first[0] - first[1] / 1e6 if first else 0.0
        identity = Identity(f"nhem-tui {__version__}", started)
    identity = msgspec.structs.replace(identity, repaired=True)
    body = msgspec.json.encode(identity).decode()
    connection.execute("REPLACE INTO identity VALUES (1, ?)", (body,))
