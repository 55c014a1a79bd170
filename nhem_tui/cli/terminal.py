"""Whether there is a terminal to draw on."""

from __future__ import annotations

import sys

from nhem_tui.cli.errors import CommandError


def check_terminal() -> None:
    """Refuse to draw into a pipe.

    Raises:
        CommandError: there is no terminal to read keys from or to draw on.
    """
    for stream in (sys.__stdin__, sys.__stderr__):  # those that Textual uses
        if stream is None or not stream.isatty():
            raise CommandError(
                "the dashboard needs a terminal", hint="for scripts: nhem-tui watch --json"
            )
