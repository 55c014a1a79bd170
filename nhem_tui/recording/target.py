"""A file that is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nhem_tui.recording.errors import RecordingError


def check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse a path that cannot be written.

    Raises:
        RecordingError: it exists and must not be overwritten, or it has no folder.
    """
    if path.is_dir():
        raise RecordingError(f"{path} is a folder")
    if path.exists() and not overwrite:
        raise RecordingError(f"{path} exists", "--force overwrites it")
    if not path.absolute().parent.is_dir():
        raise RecordingError(f"{path.parent} is not a folder")


@contextmanager
def written(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file that becomes `path` when the block ends, and nothing when it fails.

    Raises:
        RecordingError: see `check_target`, or the system refused to write.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            check_target(path, overwrite=overwrite)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}") from error
