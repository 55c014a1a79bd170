"""What the user types into a field for a number."""

from __future__ import annotations

import math
import re
from typing import Final

from nhem_tui.backend.limits import Limit

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def number(limit: Limit, text: str) -> float:
    """Return the number that `text` spells in plain digits; an `int` where it must be whole.

    Raises:
        InvalidValue: it spells none, or one that is not allowed.
    """
    return limit.check(_read(text.strip()))


def spelled(value: float) -> str:
    """A number as it stands in a field: all its digits, no more."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def _read(text: str) -> float | None:
    """The number in `text`: an `int` where it is a whole one, None where it is none."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
