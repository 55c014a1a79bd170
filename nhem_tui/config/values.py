"""One value for one leaf: read from text, checked against the schema, refused in words."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from nhem_tui.config.problems import did_you_mean, nearest
from nhem_tui.config.schema import Field, Settings, value_of

_SIZE: Final = re.compile(r"(\d{1,12})\s*([KMG]?)B?", re.IGNORECASE)
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
        raise ValueError("must be a size such as 10MB, at least 1KB")
    return size


def from_text(leaf: Field, text: str) -> Any:  # noqa: ANN401 - a leaf of any type
    """Return the checked value of a variable of the environment.

    Raises:
        ValueError: what is wrong, as the rest of a sentence about the leaf.
    """
    raw: object = text
    try:
        if leaf.type is dict:
            raw = json.loads(text)
        elif leaf.type is not str:
            raw = msgspec.convert(text.strip(), leaf.type, strict=False)
    except (ValueError, RecursionError):
        raise _refusal(leaf, text) from None
    return checked(leaf, raw)


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
    if leaf.path == "server.base_url" and not value.startswith(("http://", "https://")):
        raise ValueError("must be an address such as http://lab3:8421")
    if leaf.path == "logging.max_size":
        parse_size(value)
    return value


def _refusal(leaf: Field, raw: object) -> ValueError:
    text = f"must be {leaf.range_words}"
    if not leaf.secret:
        text += f", not {_shown(raw)}"
    if leaf.choices and isinstance(raw, str):
        text += did_you_mean(nearest(raw, leaf.choices))
    return ValueError(text)


def _shown(raw: object) -> str:
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "a list"
    text = json.dumps(raw)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
