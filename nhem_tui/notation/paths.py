"""Paths as people write them: too long, in folders they may not search, of users who are not there.

`pathlib` raises for those where a question is asked of them. What cannot be looked at counts as
missing here; whoever then opens it learns why that cannot be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Obstacle(NamedTuple):
    """Why no file can be put somewhere, and what to do about it."""

    text: str
    hint: str = ""


def obstacle(path: Path) -> Obstacle | None:
    """Tell why no file can be at `path`; None if one is there already, or could be."""
    if is_folder(path):
        return Obstacle(f"{path} is a folder")
    if str(path) == "-" or (exists(path) and not is_file(path)):
        # A pipe or a device, /dev/stdout say: it would be gone, with a file in its place.
        return Obstacle(f"{path} is no regular file", "choose another name")
    if not is_folder(path.parent):
        return Obstacle(f"{path.parent} is not a folder")
    return None


def exists(path: Path) -> bool:
    """Tell whether anything is seen there."""
    return _seen(path.exists)


def is_file(path: Path) -> bool:
    """Tell whether a regular file is seen there."""
    return _seen(path.is_file)


def is_folder(path: Path) -> bool:
    """Tell whether a folder is seen there."""
    return _seen(path.is_dir)


def _seen(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:
        return False


def stamped(stem: str, at: float) -> str:
    """A name with Unix time `at` by the local clock: ``nhem-20261124-034223``."""
    return f"{stem}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(at))}"


def expanded(text: str) -> Path:
    """Read a path in which ``~`` is somebody's home.

    Raises:
        ValueError: there is no such home.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"there is no home for {text.partition('/')[0]}") from None
