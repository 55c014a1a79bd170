"""Numbers as people type them: plain ASCII digits, nothing that only Python takes for a number."""

from __future__ import annotations

import math
import re
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_EXACT: Final = 2**53


def read_number(text: str) -> int | float | None:
    """Return the finite number that `text` spells, an `int` where it is a whole one, else None."""
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def spelled(value: float) -> str:
    """A number as it stands in a field: all its digits, no more."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"
