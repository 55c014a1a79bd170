"""The question before the program is left while it records."""

from __future__ import annotations

from nhem_tui.tui.screens.confirm import Confirm


class Leaving(Confirm):
    """Asked whichever key wants to leave, over whatever is open."""

    def __init__(self) -> None:
        super().__init__(
            "Leave and end the recording?",
            "The file is closed properly and keeps everything measured so far.",
            yes="Leave",
        )
