"""Opens a session file for reading, or says in words why not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from nhem_tui.recording import schema
from nhem_tui.recording.errors import DamagedError, RecordingError
from nhem_tui.recording.writer import files_of

_MAGIC: Final = b"SQLite format 3\0"


def connect(path: Path) -> sqlite3.Connection:
    """Return a read-only connection to a session file of a version this program knows.

    Raises:
        RecordingError: there is no such file, it is none of this program, or of a newer one.
        DamagedError: not even its first page can be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror}") from None
    if head != _MAGIC:
        what = "is empty" if not head else "is not a recording of nhem-tui"
        raise RecordingError(f"{path} {what}")
    _, log, _ = files_of(path)
    # Nobody writes a file without a write-ahead log; then it may lie where nothing can be created.
    how = "mode=ro" if log.exists() else "immutable=1"
    with translated(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{how}", uri=True, check_same_thread=False
        )
        try:
            _check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != schema.APPLICATION_ID:
        raise RecordingError(f"{path} is a database, but not a recording of nhem-tui")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.VERSION:
        raise RecordingError(
            f"{path} was written by a newer nhem-tui: format {version},"
            f" this one reads up to {schema.VERSION}",
            "update nhem-tui",
        )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a damaged file into words.

    Raises:
        DamagedError: instead of SQLite's own errors.
    """
    try:
        yield
    except (sqlite3.Error, ValueError, msgspec.MsgspecError) as error:
        raise DamagedError(
            f"{path} is damaged: {error}", f"nhem-tui repair {path} saves what can be read"
        ) from error
