"""The server's configuration as a tree: leaves, differences, passwords masked and put back.

One bad value in it spoils every later save (contract section 9), so everything whose limits are
known is checked before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.json_values import DEEPEST, is_too_deep, read_json
from nhem_tui.backend.sanitize import mask_passwords, redact_all
from nhem_tui.notation.mask import MASK
from nhem_tui.notation.numerals import read_number

Tree = Mapping[str, Any]
"""Sections and their values, anything JSON can hold."""

Path = tuple[str, ...]
"""Section, key, and keys inside an object."""

SECTIONS: Final = (
    "server",
    "data_processing",
    "roi_capture",
    "peak_detection",
    "security",
    "logging",
)
"""The sections that the server wants of an import."""

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

REGION: Final = ("roi_capture", "default_config")
_CORNERS: Final = ("x1", "y1", "x2", "y2")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ABSENT: Final = object()


class Change(Struct, frozen=True):
    """A leaf that differs; None for one that is not there, as for one that is null."""

    path: Path
    before: object
    after: object


def leaves(tree: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every value that is no object, with its path; an empty object counts as a value."""
    if isinstance(tree, Mapping) and tree:
        for name, value in tree.items():
            yield from leaves(value, (*path, str(name)))
    else:
        yield path, tree


def differences(before: Tree, after: Tree) -> list[Change]:
    """Return what an exchange of one tree for another changes, in order of the paths."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return [
        Change(path, old.get(path), new.get(path))
        for path in sorted({*old, *new})
        if old.get(path, _ABSENT) != new.get(path, _ABSENT)
    ]


# --- passwords ------------------------------------------------------------------------------------


def is_secret(path: Path) -> bool:
    """Tell whether the value at `path` is masked wherever it is shown."""
    return any(mask_passwords({name: ""}) != {name: ""} for name in path)


def masked(tree: Tree) -> dict[str, Any]:
    """Return a copy without passwords, neither where they are kept nor inside of other texts."""
    secrets = {
        value
        for path, value in leaves(tree)
        if is_secret(path) and isinstance(value, str) and value
    }

    def mask(value: object) -> object:
        if isinstance(value, Mapping):
            return {name: mask(item) for name, item in value.items()}
        if isinstance(value, list):
            return [mask(item) for item in value]
        if isinstance(value, str):
            return redact_all(value, secrets)
        return value

    return {name: mask(value) for name, value in _object(mask_passwords(tree)).items()}


def unmasked(tree: Tree, current: Tree) -> dict[str, Any]:
    """Return `tree` with the masks of an export replaced by the values in `current`.

    Raises:
        InvalidValue: there is no value to put in place of a mask.
    """

    def put_back(value: object, known: object, path: str) -> object:
        if isinstance(value, Mapping):
            there = _object(known)
            return {k: put_back(v, there.get(k), f"{path}.{k}") for k, v in value.items()}
        if not isinstance(value, str) or MASK not in value:
            return value
        if known is None:
            raise InvalidValue(f"{path} is masked, and the server has no value for it")
        return known

    return {name: put_back(value, current.get(name), name) for name, value in tree.items()}


# --- what is typed --------------------------------------------------------------------------------


def parse_value(path: Path, text: str, before: object) -> object:
    """Return what `text` stands for as a new value of the leaf at `path`, of the kind it has.

    Raises:
        InvalidValue: it is of another kind, or out of range.
    """
    value = _parse(text, before)
    check_values(_nested(path, value))
    return value


def _parse(text: str, before: object) -> object:
    stripped = text.strip()
    match before:
        case bool():
            if stripped.lower() not in ("true", "false"):
                raise InvalidValue("must be true or false")
            return stripped.lower() == "true"
        case int():
            number = read_number(text)
            if not isinstance(number, int):
                raise InvalidValue("must be a whole number")
            return number
        case float():
            number = read_number(text)
            if number is None:
                raise InvalidValue("must be a number")
            return float(number)
        case str():
            if not stripped or _CONTROL.search(text):
                raise InvalidValue("must be text without control characters")
            return text
        case _:
            return _parse_json(stripped, before)


def _parse_json(text: str, before: object) -> object:
    try:
        value = read_json(text)
    except ValueError:
        raise InvalidValue("must be JSON, such as [1, 2] or null") from None
    if isinstance(before, list) and not isinstance(value, list):
        raise InvalidValue("must be a list, such as [1, 2]")
    return value


def replaced(tree: Tree, path: Path, value: object) -> dict[str, Any]:
    """Return a copy of `tree` with another value at `path`; the rest of it is kept.

    The server replaces objects inside of a section as a whole, so all of one has to be sent.
    """
    name, rest = path[0], path[1:]
    inner = replaced(section(tree, name), rest, value) if rest else value
    return {**tree, name: inner}


def section(tree: Tree, name: str) -> dict[str, Any]:
    """Return a part of a configuration, empty where it is missing or no object."""
    return _object(tree.get(name))


# --- limits ---------------------------------------------------------------------------------------


def limit_words(path: Path) -> str:
    """The range of the leaf at `path` in words, empty where none is known."""
    limit = limits.CONFIG_LIMITS.get(".".join(path))
    if limit is not None:
        return limit.range_text
    if path == ("logging", "level"):
        return "one of " + ", ".join(LOG_LEVELS)
    return limits.ROI_COORDINATE.range_text if path[:2] == REGION else ""


def check_document(tree: object) -> dict[str, Any]:
    """Return a whole configuration if the server would take it.

    Raises:
        InvalidValue: it is no object, lacks sections, or a value is out of range.
    """
    if not isinstance(tree, dict):
        raise InvalidValue("a configuration is a JSON object, {…}")
    missing = [name for name in SECTIONS if not isinstance(tree.get(name), dict)]
    if missing:
        raise InvalidValue(f"it lacks the sections {', '.join(missing)}")
    check_values(tree)
    region = _object(tree["roi_capture"]).get(REGION[1])
    if region is not None:
        check_region(_object(region))
    return tree


def check_values(tree: Tree) -> None:
    """Check every value whose limits are known.

    Raises:
        InvalidValue: the first that is out of range, or the tree is too deep for any of them.
    """
    if is_too_deep(tree):
        raise InvalidValue(f"it is nested more than {DEEPEST} levels deep")
    for path, value in leaves(tree):
        name = ".".join(path)
        limit = limits.CONFIG_LIMITS.get(name)
        try:
            if limit is not None:
                limit.check(value)
            elif path[:2] == REGION and path[2:]:
                limits.ROI_COORDINATE.check(value)
        except InvalidValue as error:
            raise InvalidValue(f"{name}: {error.text}") from None
        if path == ("logging", "level") and value not in LOG_LEVELS:
            raise InvalidValue(f"{name} must be {limit_words(path)}")


def check_region(region: Tree) -> None:
    """Check the region that the file holds: all four corners, at least 50×50.

    Raises:
        InvalidValue: it is not so.
    """
    if {*region} != {*_CORNERS}:
        raise InvalidValue(f"{'.'.join(REGION)} needs x1, y1, x2 and y2 and nothing else")
    try:
        limits.check_roi(*(region[corner] for corner in _CORNERS))
    except InvalidValue as error:
        raise InvalidValue(f"{'.'.join(REGION)}: {error.text}") from None


def _nested(path: Path, value: object) -> dict[str, object]:
    for name in reversed(path):
        value = {name: value}
    return _object(value)


def _object(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
