"""Paths as people write them: too long, in folders they may not search, of users who are not there.

`pathlib` raises for those where a question is asked of them. What cannot be looked at counts as
missing here; whoever then opens it learns why that cannot be done.
"""

from __future__ import annotations

from pathlib import Path


def exists(path: Path) -> bool:
    """Tell whether anything is seen there."""
    try:
        return path.exists()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Tell whether a regular file is seen there."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Tell whether a folder is seen there."""
    try:
        return path.is_dir()
    except OSError:
        return False


def expanded(text: str) -> Path:
    """Read a path in which ``~`` is somebody's home.

    Raises:
        ValueError: there is no such home.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"there is no home for {text.partition('/')[0]}") from None
