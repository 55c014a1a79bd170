"""One setting as it is shown and stepped through: pure functions of its field."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import msgspec

from nhem_tui.config.schema import Field, Settings
from nhem_tui.notation.mask import MASK

LADDER_FROM: Final = 100
"""Ranges that span more than this factor are climbed by 1, 2, 5, 10, …"""


def shown(field: Field, value: object) -> str:
    """A value as it stands in a row; secrets masked, an empty text as a dash."""
    if field.secret and value:
        return MASK
    if value in ("", {}):
        return "–"
    return f"{plain(value)} {field.unit}".strip()


def plain(value: object) -> str:
    """A value as it is typed."""
    match value:
        case str():
            return value
        case bool() | dict():
            return json.dumps(value, ensure_ascii=False)
        case float():
            return f"{value:.12g}"
        case _:
            return str(value)


def range_words(field: Field) -> str:
    """What is allowed, short: ``0.01–1``, ``dark · light``."""
    if field.choices:
        return " · ".join(field.choices)
    if field.type is bool:
        return "true · false"
    if field.minimum is not None and field.maximum is not None:
        return f"{field.minimum:g}–{field.maximum:,.10g}".replace(",", " ")
    return "JSON object" if field.type is dict else "text"


def stepped(field: Field, value: Any, direction: int) -> Any:  # noqa: ANN401 - a leaf of any type
    """The next value in a direction, +1 or -1; the same where there is none."""
    if field.type is bool:
        return not value
    if field.choices:
        at = field.choices.index(value) + direction
        return field.choices[at % len(field.choices)]
    if field.minimum is None or field.maximum is None:
        return value
    low, high = field.minimum, field.maximum
    step = 1.0 if field.type is int or low <= 0 else min(1.0, 10.0 ** math.floor(math.log10(low)))
    if low > 0 and high / low > LADDER_FROM:
        after = _rung(value, direction)
    else:
        after = round(value / step + direction) * step
    after = min(max(after, low), high)
    return int(after) if field.type is int else round(float(after), 9)


def with_value(settings: Settings, path: str, value: object) -> Settings:
    """A copy of `settings` with another value at `path`."""
    section, _, name = path.partition(".")
    leaves = msgspec.structs.replace(getattr(settings, section), **{name: value})
    return msgspec.structs.replace(settings, **{section: leaves})


def _rung(value: float, direction: int) -> float:
    """The next rung of the ladder 1, 2, 5, 10, 20 and so on, also below 1."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    rungs = [power * rung for rung in (0.5, 1, 2, 5, 10)]
    near = 1e-6 * power
    if direction > 0:
        return min(rung for rung in rungs if rung > value + near)
    return max(rung for rung in rungs if rung < value - near)
