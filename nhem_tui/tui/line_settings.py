"""The settings of line detection as they are shown, typed, and kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from nhem_tui.backend import limits
from nhem_tui.backend.config_tree import Change
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.json_values import read_json
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui.entry import number

TRIPLES: Final = ("hsv_green_lower", "hsv_green_upper")
"""Hue, saturation, value: three numbers that the server takes only together."""

ORDERED: Final = (
    ("canny_low_threshold", "canny_high_threshold"),
    ("min_angle_degrees", "max_angle_degrees"),
)
"""The first must be less than the second; the server checks it only if both are sent."""

NAMES: Final = (*TRIPLES, *(name for name in limits.LINE_LIMITS if not name.startswith(TRIPLES)))
"""What can be changed, by the server's names."""

SECTION: Final = "line_detection"
"""Where the settings stand in a file, also in an export of the whole configuration."""


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
        return "hue 0–179, the others 0–255"
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


def spread(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they are sent: each number of a triple has a name of its own."""
    there = dict(config)
    for triple in TRIPLES:
        values = config.get(triple)
        if isinstance(values, list):
            there |= {f"{triple}_{i}": value for i, value in enumerate(values)}
    return there


def document(config: Mapping[str, Any]) -> bytes:
    """The settings as a JSON file."""
    text = json.dumps({SECTION: dict(config)}, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def read_document(text: str) -> dict[str, float]:
    """Return the settings in a JSON file, checked and as they are sent; what is no number is not.

    Raises:
        InvalidValue: it is no such file, or a setting is out of range.
    """
    try:
        tree = read_json(text)
    except ValueError as error:
        raise InvalidValue(f"holds no valid JSON: {error}") from None
    found = tree.get(SECTION) if isinstance(tree, dict) else None
    if not isinstance(found, dict):
        raise InvalidValue(f"holds no section {SECTION}")
    settings = {name: value for name, value in spread(found).items() if name in limits.LINE_LIMITS}
    if not settings:
        raise InvalidValue("holds no setting of line detection")
    try:
        return {name: limits.LINE_LIMITS[name].check(value) for name, value in settings.items()}
    except InvalidValue as error:
        raise InvalidValue(f"holds what the server must not get: {error.text}") from None


def changes(sent: Mapping[str, float], config: Mapping[str, Any]) -> list[Change]:
    """What sending would change."""
    there = spread(config)
    return [
        Change((name,), there.get(name), value)
        for name, value in sent.items()
        if there.get(name) != value
    ]


def differences(sent: Mapping[str, object], config: Mapping[str, Any]) -> str:
    """Say in what `config` is not as it was `sent`; empty if it is."""
    there = spread(config)
    return ", ".join(
        f"{name} is {shown(there.get(name))}, not {shown(value)}"
        for name, value in sent.items()
        if there.get(name) != value
    )
