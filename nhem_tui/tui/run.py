"""Open the full-screen program."""

from __future__ import annotations

import os

from nhem_tui.tui import graphics
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Context

SIZE = ("COLUMNS", "LINES")
"""What the environment says of the terminal's size."""


def run(context: Context) -> int:
    """Run the dashboard until the user leaves.

    Returns:
        The exit code: 0 after a normal leave, 1 when the program failed.
    """
    # ``eval $(resize)`` exports it, and it stays when the window is resized. Textual would believe
    # it against the terminal, paint beside it and resize itself for ever.
    for name in SIZE:
        os.environ.pop(name, None)
    # It questions the terminal, which can only be done before Textual listens to it.
    graphics.prepare(context.settings.display.image, os.environ)
    app = NhemApp(context)
    app.run()
    return app.return_code or 0
