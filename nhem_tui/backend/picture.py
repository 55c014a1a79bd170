"""The `pixels` of a reply: a PNG file, or a word instead of one."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, NamedTuple

from nhem_tui.backend.sanitize import clean_text

_DATA_URL: Final = re.compile(r"data:[^,]{0,100};base64,", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_PNG: Final = b"\x89PNG\r\n\x1a\n"


class Picture(NamedTuple):
    """One of the two is empty.

    Attributes:
        png: the PNG file, not yet decoded.
        word: why there is none, e.g. ``roi_not_configured``.
    """

    png: bytes
    word: str


def picture_bytes(kind: str, pixels: str) -> Picture:
    """Decode the `format` and `pixels` of a reply; junk gives a word, never an error.

    Taken: a data URL or bare base64 (contract section 3). Words of this client's own are
    ``no_picture`` (nothing was sent) and ``unreadable_picture`` (not base64, or not a PNG).
    """
    if not pixels.strip():
        return Picture(b"", "no_picture")
    if kind == "text" or _WORD.fullmatch(pixels):
        return Picture(b"", clean_text(pixels, limit=60) or "no_picture")
    prefix = _DATA_URL.match(pixels)
    try:
        png = base64.b64decode(pixels[prefix.end() if prefix else 0 :], validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        png = b""
    return Picture(png, "") if png.startswith(_PNG) else Picture(b"", "unreadable_picture")
