"""What a session file and the files beside it are called.

They lie beside the file itself, as SQLite wants it, also where it is named by a link.
"""

from __future__ import annotations

import os
from pathlib import Path

from nhem_tui.notation.paths import exists


def files_of(path: Path) -> tuple[Path, Path, Path]:
    """A session file itself and what lies beside it while it is being written."""
    return _itself(path), _beside(path, "-wal"), _beside(path, "-shm")


def size_of(path: Path) -> int:
    """Bytes of a session file on disk, write-ahead log included."""
    return sum(file.stat().st_size for file in files_of(path)[:2] if exists(file))


def lock_path(path: Path) -> Path:
    """Where the lock of a session file lies."""
    return _beside(path, ".lock")


def _beside(path: Path, ending: str) -> Path:
    itself = _itself(path)
    return itself.with_name(itself.name + ending)


def _itself(path: Path) -> Path:
    return Path(os.path.realpath(path))
