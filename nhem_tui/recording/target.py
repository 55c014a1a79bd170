"""The files that are written for the user: where they may be, and that they are whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from nhem_tui.notation.paths import exists, expanded, obstacle
from nhem_tui.notation.whole_file import whole_file
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
        RecordingError: see `check_target`, also of what came meanwhile, or the system refused to
            write.
    """
    try:
        with whole_file(path) as file:
            yield file
            check_target(path, overwrite=overwrite, source=source)
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}") from error
