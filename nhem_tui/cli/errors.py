"""Why a command ends early, where it is not the server's doing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nhem_tui.cli.exit_codes import ExitCode

OPEN_TO_ALL: Final = "on the command line can be read by every user of this machine"
"""Why no secret is taken from there; the rest of a sentence."""

NEEDS_ROI: Final = (
    "detection must run with a region of interest: nhem-tui roi set, then nhem-tui start"
)
"""What to do where the server has measured nothing in a region."""


class CommandError(Exception):
    """The command cannot go on.

    Attributes:
        text: what is wrong, in one line.
        code: what the process ends with.
        hint: what the user can do about it, or empty.
        facts: what JSON tells beside the text.
    """

    def __init__(
        self,
        text: str,
        code: ExitCode = ExitCode.USAGE,
        hint: str = "",
        facts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.hint = hint
        self.facts = facts
