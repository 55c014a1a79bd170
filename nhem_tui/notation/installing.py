"""The way to a library that is not there."""

from __future__ import annotations

import shlex
import sys


def how_to_install(library: str) -> str:
    """Return the command that brings `library` to this program, whose Python may have no pip."""
    return f"python3 -m pip --python {shlex.quote(sys.executable)} install {library}"
