"""Why a command ends early, where it is not the server's doing."""

from __future__ import annotations

from nhem_tui.cli.exit_codes import ExitCode


class CommandError(Exception):
    """The command cannot go on.

    Attributes:
        text: what is wrong, in one line.
        code: what the process ends with.
        hint: what the user can do about it, or empty.
    """

    def __init__(self, text: str, code: ExitCode = ExitCode.USAGE, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.hint = hint
