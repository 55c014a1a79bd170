"""A file that is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nhem_tui.notation.paths import exists, expanded, obstacle
from nhem_tui.recording.errors import RecordingError, UnusableError
from nhem_tui.recording.lock import is_locked
from nhem_tui.recording.names import files_of


def check_target(path: Path, *, overwrite: bool, source: Path | None = None) -> None:
    """Refuse a path that cannot, or must not, be written.

    Args:
        path: where to.
        overwrite: another file there may be replaced.
        source: the recording that is read meanwhile, which is never replaced.

    Raises:
        UnusableError: it exists and must stay, or it has no folder.
    """
    if (found := obstacle(path)) is not None:
        raise UnusableError(*found)
    if exists(path):
        if not overwrite:
            raise UnusableError(f"{path} exists", "choose another name")
        if source is not None and _is_one_of(path, files_of(source)):
            raise UnusableError(f"{path} is the recording itself", "choose another name")
        if is_locked(path):
            raise UnusableError(f"{path} is being recorded", "choose another name")


def _is_one_of(path: Path, files: Iterable[Path]) -> bool:
    return any(exists(file) and path.samefile(file) for file in files)


def folder_of(setting: str) -> Path:
    """The folder that a setting names, made if it is not there; the current one if it is empty.

    Raises:
        RecordingError: it cannot be made.
    """
    try:
        folder = expanded(setting or ".")
        folder.mkdir(parents=True, exist_ok=True)
    except ValueError as error:
        raise RecordingError(f"cannot make the folder {setting}: {error}") from None
    except OSError as error:
        raise RecordingError(f"cannot make the folder {folder}: {error.strerror}") from error
    return folder


@contextmanager
def written(path: Path, *, overwrite: bool, source: Path | None = None) -> Iterator[IO[bytes]]:
    """A file that becomes `path` when the block ends, and nothing when it fails.

    Raises:
        RecordingError: see `check_target`, or the system refused to write.
    """
    try:
        file_itself = Path(os.path.realpath(path))  # a link stays one
        temporary = file_itself.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            check_target(path, overwrite=overwrite, source=source)
            temporary.replace(file_itself)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}") from error
