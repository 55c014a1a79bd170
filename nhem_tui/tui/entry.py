"""What the user types into a field for a number."""

from __future__ import annotations

from nhem_tui.backend.limits import Limit
from nhem_tui.notation.numerals import read_number


def number(limit: Limit, text: str) -> float:
    """Return the number that `text` spells in plain digits; an `int` where it must be whole.

    Raises:
        InvalidValue: it spells none, or one that is not allowed.
    """
    return limit.check(read_number(text))
