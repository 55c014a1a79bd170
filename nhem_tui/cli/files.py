"""The files a user named: written whole or not at all, never over another by accident."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.notation.paths import exists, obstacle
from nhem_tui.notation.whole_file import whole_file

LARGEST: Final = 16 << 20
"""Bytes of a file that is sent to a server."""


def check_free(path: Path, *, force: bool) -> None:
    """Refuse a path that cannot be written; called before the server is asked for anything.

    Raises:
        CommandError: it exists and `force` is not set, it is no regular file, or its folder does
            not exist.
    """
    if (found := obstacle(path)) is not None:
        raise CommandError(found.text, hint=found.hint)
    if exists(path) and not force:
        raise CommandError(f"{path} exists", hint="--force overwrites it")


def write_file(path: Path, content: bytes, *, force: bool, private: bool = False) -> None:
    """Write a file that is there as a whole or not at all.

    Args:
        path: where to.
        content: the whole file.
        force: replace an existing file.
        private: only this user may read it (mode 0600).

    Raises:
        CommandError: see `check_free`, or the system refused to write.
    """
    check_free(path, force=force)
    try:
        with whole_file(path, private=private) as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}", ExitCode.REFUSED) from error


def read_small(path: Path) -> bytes:
    """Return what a file of at most `LARGEST` bytes holds.

    Raises:
        CommandError: it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > LARGEST:
        raise CommandError(f"{path} is larger than {LARGEST >> 20} MB")
    return content
