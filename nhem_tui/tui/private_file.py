"""Files that may hold secrets: new ones that only their owner may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.notation.paths import expanded

LARGEST: Final = 1_000_000
"""Bytes read of a file that the user names; a configuration has a few thousand."""


def write_private(path: Path, content: bytes) -> None:
    """Write a new file with mode 0600.

    Raises:
        OSError: there is one already, or the system refused; no half of a file is left.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink()
        raise


def named_file(text: str) -> Path:
    """The file that a user's `text` names; ``~`` is their home.

    Raises:
        InvalidValue: it names none.
    """
    if not text.strip() or not text.isprintable():
        raise InvalidValue("must be the name of a file")
    try:
        return expanded(text.strip())
    except ValueError as error:
        raise InvalidValue(str(error)) from None


def read_named(text: str) -> str:
    """Read the file that a user's `text` names.

    Raises:
        InvalidValue: it cannot be read, or is no text.
    """
    file = named_file(text)
    try:
        return read_small(file)
    except OSError as error:
        raise InvalidValue(f"{file} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InvalidValue(f"{file} holds no text") from None


def read_small(path: Path) -> str:
    """Read a text file of a megabyte at most.

    Raises:
        OSError: it cannot be read, is no regular file, or is too large.
        UnicodeDecodeError: it is not UTF-8.
    """
    # Without O_NONBLOCK a pipe in its place would hold the program up for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no regular file")
        if status.st_size > LARGEST:
            raise OSError(0, "it is too large")
        return file.read(LARGEST).decode("utf-8-sig")
