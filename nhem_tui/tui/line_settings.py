"""The settings of line detection as they are shown and typed, and what a run found, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.line_types import LineDetection
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui import words
from nhem_tui.tui.entry import number
from nhem_tui.tui.messages import Severity

TRIPLES: Final = ("hsv_green_lower", "hsv_green_upper")
"""Hue, saturation, value: three numbers that the server takes only together."""

ORDERED: Final = (
    ("canny_low_threshold", "canny_high_threshold"),
    ("min_angle_degrees", "max_angle_degrees"),
)
"""The first must be less than the second; the server checks it only if both are sent."""

NAMES: Final = (*TRIPLES, *(name for name in limits.LINE_LIMITS if not name.startswith(TRIPLES)))
"""What can be changed, by the server's names."""

_CONFIDENCE: Final = ((0.8, "very high"), (0.6, "high"), (0.4, "medium"), (0.2, "low"))


def shown(value: object) -> str:
    """A value of the server as it stands in a row."""
    match value:
        case None:
            return "–"
        case list():
            return " ".join(shown(item) for item in value)
        case bool() | dict():
            return clean_text(json.dumps(value, ensure_ascii=False))
        case int() | float():
            return spelled(value)
        case _:
            return clean_text(str(value))


def range_words(name: str) -> str:
    """What the setting may be."""
    if name in TRIPLES:
        return "hue 0–179, saturation, value 0–255"
    return limits.LINE_LIMITS[name].range_text


def parse(name: str, text: str, config: Mapping[str, Any]) -> dict[str, float]:
    """Return what has to be sent to set `name` to what was typed.

    Args:
        name: of `NAMES`.
        text: a number, or three for a triple, blanks or commas between them.
        config: the settings in force; a setting that is compared with this one is sent along.

    Raises:
        InvalidValue: it is out of range, or does not fit the one it is compared with.
    """
    if name in TRIPLES:
        return _parse_triple(name, text)
    values = {name: number(limits.LINE_LIMITS[name], text)}
    for lower, upper in ORDERED:
        partner = {lower: upper, upper: lower}.get(name)
        there = config.get(partner) if partner else None
        if partner is not None and isinstance(there, int | float):
            values[partner] = there
            if not values[lower] < values[upper]:
                raise InvalidValue(
                    f"must be {'less' if name == lower else 'more'} than {partner}, which is "
                    f"{spelled(there)}"
                )
    return values


def _parse_triple(name: str, text: str) -> dict[str, float]:
    parts = text.replace(",", " ").split()
    if len(parts) != 3:
        raise InvalidValue("must be three whole numbers: hue, saturation, value")
    names = [f"{name}_{i}" for i in range(3)]
    return {
        part_name: number(limits.LINE_LIMITS[part_name], part)
        for part_name, part in zip(names, parts, strict=True)
    }


def differences(sent: Mapping[str, object], config: Mapping[str, Any]) -> str:
    """Say in what `config` is not as it was `sent`; empty if it is."""
    there = dict(config)
    for triple in TRIPLES:
        values = config.get(triple)
        if isinstance(values, list):
            there |= {f"{triple}_{i}": value for i, value in enumerate(values)}
    return ", ".join(
        f"{name} is {shown(there.get(name))}, not {shown(value)}"
        for name, value in sent.items()
        if there.get(name) != value
    )


def outcome(reply: LineDetection) -> tuple[str, Severity]:
    """What a run found; a failure hides inside a reply that says success (contract section 3)."""
    result = reply.result
    if result is None:
        return "Line detection answered without a result", "warning"
    took = ""
    if result.processing_time_ms is not None:
        took = f" after {words.span(result.processing_time_ms / 1000)}"
    if result.error_message:
        return f"Line detection failed inside{took}: {clean_text(result.error_message)}", "error"
    lines = f"{result.line_count or 0} lines"
    if not result.has_intersection:
        return f"No intersection, {lines}{took}", "info"
    place = clean_text(json.dumps(result.intersection, ensure_ascii=False), 80)
    confidence = ""
    if result.confidence is not None:
        confidence = f", confidence {result.confidence:.2f} ({_confidence(result.confidence)})"
    return f"Intersection at {place}{confidence}, {lines}{took}", "good"


def _confidence(value: float) -> str:
    return next((word for least, word in _CONFIDENCE if value >= least), "very low")
