"""Open the full-screen program."""

from __future__ import annotations

import os
from collections.abc import Mapping

from nhem_tui.tui import graphics
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.context import Context
from nhem_tui.tui.process import keep_heap_dense

SIZE = ("COLUMNS", "LINES")
"""What the environment says of the terminal's size."""


def run(context: Context) -> int:
    """Run the dashboard until the user leaves.

    Returns:
        The exit code: 0 after a normal leave.

    Raises:
        Exception: the program failed; the terminal is as it was before.
    """
    # ``eval $(resize)`` exports it, and it stays when the window is resized. Textual would believe
    # it against the terminal, and paint beside it.
    for name in SIZE:
        os.environ.pop(name, None)
    # It questions the terminal, which can only be done before Textual listens to it.
    graphics.prepare(context.settings.display.image, os.environ)
    keep_heap_dense()
    app = NhemApp(context)
    app.run(mouse=mouse_wanted(os.environ))
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


def mouse_wanted(environ: Mapping[str, str]) -> bool:
    """Tell whether to follow the mouse: GNU screen then holds `esc` back until another key."""
    return "STY" not in environ
