"""Files that the user asks for on a screen: new ones, never over another."""

from __future__ import annotations

from itertools import count
from pathlib import Path


def save_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write a new file; a number is put behind its name where the name is taken.

    Args:
        folder: made where it is missing; may begin with ``~``.
        stem: name without suffix.
        suffix: with its dot, e.g. ``.json``.
        content: the whole file.

    Returns:
        Where it is, absolute.

    Raises:
        OSError: the system refused; no half of a file is left.
        RuntimeError: there is no home for ``~``.
    """
    folder = folder.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}"
        try:
            file = path.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except OSError:
            path.unlink()
            raise
        break
    return path
