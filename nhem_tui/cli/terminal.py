"""The terminal: whether there is one to draw on, and asking for a secret there."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from nhem_tui.cli.errors import CommandError

if TYPE_CHECKING:
    from nhem_tui.cli.output import Output


UNDRAWABLE: Final = ("dumb", "unknown")
"""Values of TERM for a terminal without a cursor to move, and without a size to be believed."""


def check_terminal(environ: Mapping[str, str] = os.environ) -> None:
    """Refuse to draw into a pipe, or on a terminal that only prints.

    Raises:
        CommandError: there is no terminal to read keys from or to draw on.
    """
    for name, stream in (("stdin", sys.__stdin__), ("stderr", sys.__stderr__)):  # Textual's own
        if stream is None or not stream.isatty():
            state = "closed" if stream is None else "none"
            raise CommandError(
                f"the dashboard needs a terminal, and {name} is {state}",
                hint="for scripts: nhem-tui watch --json",
            )
    if (term := environ.get("TERM", "").lower()) in UNDRAWABLE:
        raise CommandError(
            f"the dashboard needs a terminal that can be drawn on, and TERM is {term}",
            hint="if it can: TERM=xterm-256color nhem-tui; else: nhem-tui watch",
        )


def ask_secret(out: Output, what: str) -> str:
    """Ask for a secret without showing it; where stdin is a pipe, its first line is taken.

    Raises:
        CommandError: nothing was entered.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        import getpass

        out.ask(f"{what}: ")
        try:
            secret = getpass.getpass("")
        except EOFError:  # Ctrl-D
            out.end_question()
            secret = ""
    else:
        secret = sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    if not secret:
        raise CommandError(f"{what}: nothing was entered")
    return secret
