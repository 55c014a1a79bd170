"""The console script. It answers ``--version`` before anything else is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nhem_tui import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: arguments without the program's name; None for those of the process.

    Returns:
        The exit code (`exit_codes.ExitCode`).
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if words == ["--version"]:
        try:
            sys.stdout.write(f"nhem-tui {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # the long way below knows what to do about it
        else:
            return 0
    try:
        from nhem_tui.cli.entry import run

        return run(words)
    except KeyboardInterrupt:
        from nhem_tui.cli.exit_codes import ExitCode

        return ExitCode.INTERRUPTED
