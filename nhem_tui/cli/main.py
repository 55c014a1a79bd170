"""The console script. It answers ``--version`` and ``completion`` before it imports the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nhem_tui import __version__
from nhem_tui.cli.loading import loading

SHELLS = ("bash", "zsh", "fish", "tcsh")
"""Those with a completion script."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: arguments without the program's name; None for those of the process.

    Returns:
        The exit code (`exit_codes.ExitCode`).
    """
    words = sys.argv[1:] if argv is None else list(argv)
    answer = _at_hand(words)
    if answer and sys.stdout is not None:
        try:
            sys.stdout.write(answer)
            sys.stdout.flush()
        except (OSError, UnicodeError):
            pass  # the long way below knows what to do about it
        else:
            return 0
    try:
        with loading():
            from nhem_tui.cli.entry import run

        return run(words)
    except KeyboardInterrupt:
        from nhem_tui.cli.exit_codes import ExitCode

        return ExitCode.INTERRUPTED


def _at_hand(words: Sequence[str]) -> str:
    """What can be answered without loading the program, empty if nothing can."""
    if words == ["--version"]:
        return f"nhem-tui {__version__}\n"
    if len(words) == 2 and words[0] == "completion" and words[1] in SHELLS:
        from pathlib import Path

        script = Path(__file__).parent.parent / "share" / "completion" / f"nhem-tui.{words[1]}"
        return script.read_text(encoding="utf-8")
    return ""
