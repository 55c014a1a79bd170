"""JSON that can be walked and written again, whoever it comes from."""

from __future__ import annotations

import json
import math
from typing import Final

DEEPEST: Final = 64
"""Lists and objects inside of each other; four or five are usual. Whoever walks them calls itself
at every level, and the stack has an end."""

_CONTAINERS: Final = (dict, list)


def read_json(text: str | bytes) -> object:
    """Return what JSON holds; unlike Python's own reader, take no number that JSON cannot write.

    Raises:
        ValueError: it is none, or deeper than `DEEPEST`, and why.
    """
    try:
        value = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} in line {error.lineno}") from None
    except RecursionError:
        raise ValueError("it is nested without end") from None
    if is_too_deep(value):
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return value


def is_too_deep(value: object) -> bool:
    """Tell whether decoded JSON is deeper than `DEEPEST`."""
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [item for item in level if isinstance(item, _CONTAINERS)]
        if not containers:
            return False
        level = [
            item
            for container in containers
            for item in (container.values() if isinstance(container, dict) else container)
        ]
    return True


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word} is no number of it")
    return number
