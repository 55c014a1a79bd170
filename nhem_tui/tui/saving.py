"""Files that the user asks for on a screen: new ones, never over another."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nhem_tui.notation.paths import stamped

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


async def save_stamped(app: NhemApp, stem: str, at: float, suffix: str, content: bytes) -> None:
    """Write a new file into the folder for exports, and tell the user where it is.

    Args:
        app: knows the folder, and tells.
        stem: name without time and suffix, e.g. ``nhem-roi1``.
        at: Unix time that becomes part of the name.
        suffix: with its dot.
        content: the whole file.
    """
    folder = Path(app.settings.export.directory)
    try:
        path = await asyncio.to_thread(save_new, folder, stamped(stem, at), suffix, content)
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        app.tell(f"Not saved in {folder}: {why}", "error")
    else:
        app.tell(f"Saved {path.name} in {path.parent}", "good")


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
