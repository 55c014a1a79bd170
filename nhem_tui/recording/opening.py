"""Opens a session file for reading, or says in words why not."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from nhem_tui.notation.paths import exists
from nhem_tui.recording import schema
from nhem_tui.recording.errors import DamagedError, RecordingError, UnusableError
from nhem_tui.recording.names import files_of
from nhem_tui.recording.writer import PATIENCE

_MAGIC: Final = b"SQLite format 3\0"

_NO_ROOM: Final = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
)
"""What SQLite says on a full disk: reading a write-ahead log needs an index of it in a file."""

_WRONG: Final = (ValueError, TypeError, OverflowError, struct.error)
"""What reading values of another kind than those written ends in."""

LACKS_LOG: Final = (
    "the -wal that was beside it is not there any more, and with it what was recorded last;"
    " both files belong together"
)

_HEADER: Final = 100
"""Bytes of the header, see https://sqlite.org/fileformat2.html."""


def connect(path: Path) -> sqlite3.Connection:
    """Return a read-only connection to a session file of a version this program knows.

    Raises:
        UnusableError: there is no such file, it is none of this program, or of a newer one.
        RecordingError: it cannot be opened just now, or here.
        DamagedError: not even its first page can be read, or its end is missing.
    """
    head, (itself, log, _) = _head(path), files_of(path)
    if head[: len(_MAGIC)] != _MAGIC:
        what = "is empty" if not head else "is not a recording of nhem-tui"
        raise UnusableError(f"{path} {what}")
    # Nobody writes a file without a write-ahead log; then it may lie where nothing can be created.
    how = "mode=ro" if exists(log) else "immutable=1"
    with translated(path):
        connection = sqlite3.connect(
            f"{itself.as_uri()}?{how}", PATIENCE, uri=True, check_same_thread=False
        )
        try:
            _check(connection, path)
            if not _size(log):
                _check_size(head, path.stat().st_size)
        except BaseException:
            connection.close()
            raise
    return connection


def lacks_log(path: Path) -> bool:
    """Tell whether a file was written with a ``-wal`` beside it that is not there any more."""
    return _head(path)[18:20] == b"\2\2" and not exists(files_of(path)[1])


def _head(path: Path) -> bytes:
    try:
        if path.is_fifo():  # reading it could wait for ever
            raise UnusableError(f"{path} is a pipe, not a file")
        with path.open("rb") as file:
            return file.read(_HEADER)
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None


def _size(path: Path) -> int:
    return path.stat().st_size if exists(path) else 0


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != schema.APPLICATION_ID:
        raise UnusableError(f"{path} is a database, but not a recording of nhem-tui")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.VERSION:
        raise UnusableError(
            f"{path} was written by a newer nhem-tui: format {version},"
            f" this one reads up to {schema.VERSION}",
            "update nhem-tui",
        )
    if version < schema.VERSION:
        schema.complete(connection)


def _check_size(head: bytes, size: int) -> None:
    """Refuse a file that was cut off: SQLite takes what is missing of a page for zeros.

    Raises:
        ValueError: it has another size than its header says.
    """
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    expected = page * int.from_bytes(head[28:32], "big")
    if size != expected:
        raise ValueError(f"it has {size} bytes where {expected} were written")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a file into words.

    Raises:
        RecordingError: instead of SQLite's own errors, where the file cannot be opened.
        DamagedError: likewise, where it can, and is damaged.
    """
    try:
        yield
    except (sqlite3.Error, *_WRONG) as error:
        raise _in_words(error, path) from error


def _in_words(error: Exception, path: Path) -> RecordingError:
    code = primary_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RecordingError(f"{path} is locked by another program", "try again when it is done")
    itself, log, _ = files_of(path)
    if getattr(error, "sqlite_errorcode", None) in _NO_ROOM:
        return RecordingError(
            f"{path} cannot be read here: the disk has no room for what SQLite keeps beside it",
            f"make room, or copy {itself.name} and {log.name} to where there is some",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return RecordingError(
            f"{path} cannot be opened here: the -wal beside it was left by a killed recorder, and"
            " reading that needs a folder that can be written",
            f"copy {itself.name} and {log.name} to such a folder",
        )
    return DamagedError(
        f"{path} is damaged: {error}", f"nhem-tui repair {path} saves what can be read"
    )


def primary_code(error: Exception) -> int | None:
    """SQLite's own number of an error without its details, None if it is none of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
