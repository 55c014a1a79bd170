"""What a session file and the files beside it are called.

They lie beside the file itself, as SQLite wants it, also where it is named by a link.
"""

from __future__ import annotations

import os
from pathlib import Path

from nhem_tui.notation.paths import exists


def files_of(path: Path) -> tuple[Path, Path, Path]:
    """A session file itself and what lies beside it while it is being written."""
    itself = _itself(path)
    return itself, _beside(itself, "-wal"), _beside(itself, "-shm")


def size_of(file: Path, log: Path) -> int:
    """Bytes on disk of a session file with its write-ahead log.

    Whoever asks often keeps both: Python remembers every part of a path while that is there, in a
    table that is doubled (by a megabyte) when enough of them have come and gone.
    """
    return sum(part.stat().st_size for part in (file, log) if exists(part))


def lock_path(path: Path) -> Path:
    """Where the lock of a session file lies."""
    return _beside(_itself(path), ".lock")


def _beside(itself: Path, ending: str) -> Path:
    return itself.with_name(itself.name + ending)


def _itself(path: Path) -> Path:
    return Path(os.path.realpath(path))
