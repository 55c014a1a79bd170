"""The clipboard of the machine the user sits at: OSC 52 goes there through SSH and tmux."""

from __future__ import annotations

import base64
from typing import Any

from textual.app import App


def copy(app: App[Any], text: str, *, tmux: bool) -> None:
    """Send `text` to the clipboard; no terminal says whether it took it.

    Inside tmux it is sent twice: as it is, for ``set-clipboard on``, and wrapped, for
    ``allow-passthrough on``. Whichever tmux does not allow it drops.
    """
    app.copy_to_clipboard(text)
    driver = app._driver  # Textual offers no other way to write between two frames
    if tmux and driver is not None:
        driver.write(through_tmux(osc52(text)))


def osc52(text: str) -> str:
    """The escape sequence that sets the clipboard to `text`."""
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


def through_tmux(sequence: str) -> str:
    """`sequence` wrapped so that tmux hands it to the terminal outside."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
