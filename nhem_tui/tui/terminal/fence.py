"""One question about graphics, behind it one that every terminal answers: silence is an answer."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
import tty
from typing import Final, NamedTuple

QUESTION: Final = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c"
"""May a pixel be sent by Kitty's protocol? And the primary device attributes (DA1)."""

_ATTRIBUTES: Final = re.compile(rb"\x1b\[\?([\d;]*)c$")
_SIXEL: Final = b"4"
_KITTY: Final = b"\x1b_Gi=31;OK"


class Answer(NamedTuple):
    """What a terminal says of itself.

    Attributes:
        seconds: that the answer took.
        graphics: it shows pictures in pixels.
    """

    seconds: float
    graphics: bool


def ask(patience: float) -> Answer | None:
    """Ask the terminal; None if it does not answer within `patience` seconds, or there is none.

    The keyboard must not be read by anybody else meanwhile; what was typed is lost.
    """
    if sys.__stdin__ is None or sys.__stdout__ is None:
        return None
    if not (sys.__stdin__.isatty() and sys.__stdout__.isatty()):
        return None
    keyboard, screen = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    before = termios.tcgetattr(keyboard)
    begun = time.monotonic()
    try:
        tty.setcbreak(keyboard)
        os.write(screen, QUESTION)
        heard = b""
        while (attributes := _ATTRIBUTES.search(heard)) is None:
            left = begun + patience - time.monotonic()
            if left <= 0 or not select.select([keyboard], [], [], left)[0]:
                return None
            heard += os.read(keyboard, 1)
        graphics = _KITTY in heard or _SIXEL in attributes[1].split(b";")
        return Answer(time.monotonic() - begun, graphics)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
