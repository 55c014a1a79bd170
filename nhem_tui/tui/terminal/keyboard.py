"""What comes from a terminal: keys, and answers that may come late or in pieces."""

from __future__ import annotations

import codecs
import os
import re
import select
import threading
import time
from collections.abc import Iterator
from typing import Final

TICK: Final = 0.1
"""Seconds between two looks at whether a lone escape was the key."""

REST: Final = 0.4
"""Seconds between two looks at whether to end, while nothing is typed."""

PATIENCE: Final = 1.0
"""Seconds for the rest of a sequence: a bad line may tear it, and its pieces would be keys."""

_STRING: Final = r"(?:_|P[\d!>]|\][\dlL])[^\x07\x1b]*"
_ANSWER: Final = re.compile(rf"\x1b(?:\[[?=>][\d;:]*[@-~]|\[\d[\d;]*[nt]|{_STRING}(?:\x07|\x1b\\))")
"""Attributes, states, sizes; graphics, versions, colours: no key is like them.

Asked before the program began to listen, by itself or by one that ran before it.
"""

_BEGUN: Final = re.compile(rf"\x1b(?:\[[\d;:?<=>$]*|{_STRING}\x1b?)$")
"""A sequence without its end; an escape alone is a key as well."""


_BEGUN_IN_PASTE: Final = re.compile(rf"{_BEGUN.pattern[:-1]}?$")
"""In what is pasted an escape is no key, and may begin the sequence that ends it."""

PASTE: Final = ("\x1b[200~", "\x1b[201~")
"""Begin and end of what is pasted."""


class Joiner:
    """Puts torn sequences together, and takes answers out that nobody waits for any more."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = ""
        self._since = 0.0
        self._pasting = False

    def take(self, data: bytes, now: float) -> str:
        """Return the text to be read as keys; bytes that are no UTF-8 become a question mark.

        Args:
            data: what came, empty if nothing did.
            now: monotonic seconds.
        """
        if not data and now - self._since < PATIENCE:
            return ""
        text = self._held + self._decode(data)
        self._held = ""
        if data:
            text = _ANSWER.sub("", text)
            unfinished = _BEGUN_IN_PASTE if self._ends_in_paste(text) else _BEGUN
            if begun := unfinished.search(text):
                text, self._held, self._since = text[: begun.start()], begun[0], now
        return self._tamed(text)

    def _ends_in_paste(self, text: str) -> bool:
        begin, end = (text.rfind(mark) for mark in PASTE)
        return self._pasting if begin == end else begin > end

    def _tamed(self, text: str) -> str:
        """Take escapes out of what is pasted: Textual would read what follows them as keys."""
        parts: list[str] = []
        while text:
            before, mark, text = text.partition(PASTE[self._pasting])
            parts += (before.replace("\x1b", "") if self._pasting else before, mark)
            if mark:
                self._pasting = not self._pasting
        return "".join(parts)


def pieces(descriptor: int, ended: threading.Event) -> Iterator[str]:
    """Yield what is typed, and an empty text when nothing was for a while, until `ended` is set.

    Ends as well when the terminal is gone.
    """
    poll, joiner, heard = select.poll(), Joiner(), time.monotonic()
    poll.register(descriptor, select.POLLIN)
    while not ended.is_set():
        data = b""
        pending = time.monotonic() - heard < 2 * PATIENCE  # perhaps something waits for its rest
        if poll.poll(1000 * (TICK if pending else REST)):
            heard = time.monotonic()
            try:
                data = os.read(descriptor, 4096)
            except OSError:
                data = b""
            if not data:
                return
        yield joiner.take(data, time.monotonic())
