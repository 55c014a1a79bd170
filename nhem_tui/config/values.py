"""One value for one leaf: read from text, checked against the schema, refused in words."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from nhem_tui.config.schema import Field, Settings, value_of
from nhem_tui.notation.address import parse_address
from nhem_tui.notation.numerals import read_number
from nhem_tui.notation.words import did_you_mean

_SIZE: Final = re.compile(r"(\d{1,12})\s*([KMG]?)B?", re.ASCII | re.IGNORECASE)
_FACTORS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SMALLEST_LOG: Final = 1 << 10
_LARGEST_LOG: Final = 1 << 40
_LONGEST_SHOWN: Final = 40


def parse_size(text: str) -> int:
    """Return the bytes of a size such as ``10MB`` (1 MB = 1024 KB).

    Raises:
        ValueError: it is no size from 1KB to 1024GB.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(match[1]) * _FACTORS[match[2].upper()] if match else 0
    if not _SMALLEST_LOG <= size <= _LARGEST_LOG:
        raise ValueError("must be a size such as 10MB, from 1KB to 1024GB")
    return size


def from_text(leaf: Field, text: str) -> Any:  # noqa: ANN401 - a leaf of any type
    """Return the checked value that `text` spells, in a variable or on the command line.

    Raises:
        ValueError: what is wrong, as the rest of a sentence about the leaf.
    """
    raw: object = text
    try:
        if leaf.type is dict:
            raw = json.loads(text)
        elif leaf.type is bool:
            raw = msgspec.convert(text.strip(), bool, strict=False)
        elif leaf.choices:
            meant = text.strip().casefold()
            raw = next((each for each in leaf.choices if each.casefold() == meant), text)
    except (ValueError, RecursionError):
        raise _refusal(leaf, text) from None
    number = respelled(leaf, raw)
    return checked(leaf, raw if number is None else number)


def respelled(leaf: Field, raw: object) -> int | float | None:
    """Return the number that a text spells where the leaf is a number, else None."""
    return read_number(raw) if isinstance(raw, str) and leaf.type in (int, float) else None


def checked(leaf: Field, raw: object) -> Any:  # noqa: ANN401 - a leaf of any type
    """Return `raw`, as JSON or a flag gave it, if the schema allows it.

    Raises:
        ValueError: what is wrong, as the rest of a sentence about the leaf.
    """
    section, _, name = leaf.path.partition(".")
    try:
        value = value_of(msgspec.convert({section: {name: raw}}, Settings), leaf.path)
    except msgspec.ValidationError:
        raise _refusal(leaf, raw) from None
    if isinstance(value, str) and _UNFIT.search(value):
        raise ValueError("must not hold control characters")
    if leaf.path == "server.base_url":
        parse_address(value)
    if leaf.path == "logging.max_size":
        parse_size(value)
    return value


def _refusal(leaf: Field, raw: object) -> ValueError:
    text = f"must be {leaf.range_words}"
    if not leaf.secret:
        text += f", not {_shown(raw)}"
    if leaf.choices and isinstance(raw, str):
        text += did_you_mean(raw, leaf.choices)
    return ValueError(text)


def _shown(raw: object) -> str:
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "a list"
    text = json.dumps(raw, ensure_ascii=False)
    if not text.isprintable():
        text = json.dumps(raw)  # what cannot be seen is spelt out
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
