"""The server's configuration as a tree: leaves, differences, passwords masked and put back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.sanitize import MASK, mask_passwords
from nhem_tui.cli.errors import CommandError
from nhem_tui.config.problems import did_you_mean, nearest

Tree = Mapping[str, Any]
"""Sections and their values, anything JSON can hold."""

SECTIONS: Final = (
    "server",
    "data_processing",
    "roi_capture",
    "peak_detection",
    "security",
    "logging",
)
"""The sections that the server wants of an import."""

_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_REGION: Final = "roi_capture.default_config"
_CORNERS: Final = ("x1", "y1", "x2", "y2")
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A leaf that differs; None for one that is not there, as for one that is null.

    Attributes:
        path: e.g. ``roi_capture.frame_rate``.
    """

    path: str
    before: object
    after: object


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value that is no object, with its path; an empty object counts as a value."""
    if isinstance(tree, Mapping) and tree:
        for name, value in tree.items():
            yield from leaves(value, f"{path}.{name}" if path else str(name))
    else:
        yield path, tree


def is_secret(path: str) -> bool:
    """Tell whether the value at `path` is masked wherever it is shown."""
    return mask_passwords({path: ""}) != {path: ""}


def secrets_in(tree: Tree) -> Iterator[str]:
    """Yield the passwords that `tree` holds."""
    for path, value in leaves(tree):
        if is_secret(path) and isinstance(value, str) and value not in ("", MASK):
            yield value


def differences(before: Tree, after: Tree) -> list[Change]:
    """Return what an exchange of one tree for another changes, in order of the paths."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return [
        Change(path, old.get(path), new.get(path))
        for path in sorted({*old, *new})
        if old.get(path, _ABSENT) != new.get(path, _ABSENT)
    ]


def unmasked(tree: Tree, current: Tree) -> dict[str, Any]:
    """Return `tree` with the masks of an export replaced by the values in `current`.

    Raises:
        CommandError: there is no value to put in place of a mask.
    """

    def put_back(value: object, known: object, path: str) -> object:
        if isinstance(value, Mapping):
            there = known if isinstance(known, Mapping) else {}
            return {k: put_back(v, there.get(k), f"{path}.{k}") for k, v in value.items()}
        if value != MASK:
            return value
        if known is None:
            raise CommandError(f"{path.lstrip('.')} is masked, and the server has no value for it")
        return known

    return {k: put_back(v, current.get(k), k) for k, v in tree.items()}


def check_known(current: Tree, section: str, key: str, value: object) -> None:
    """Check a value that is to be written against those that are there.

    Raises:
        CommandError: no such section or key, or a value of another kind.
    """
    path = f"{section}.{key}"
    keys = current.get(section)
    if not isinstance(keys, Mapping):
        text = f"the server has no section {section!r}"
        raise CommandError(text + did_you_mean(nearest(section, current)))
    if key not in keys:
        text = f"the server has no setting {path!r}"
        raise CommandError(text + did_you_mean(nearest(key, keys)))
    if keys[key] is not None and _kind(keys[key]) != _kind(value):
        raise CommandError(f"{path} is {_kind(keys[key])}, not {_kind(value)}")


def check_values(tree: Tree) -> None:
    """Check everything whose limits are known; one bad value would spoil all later saves.

    Raises:
        CommandError: the first that is out of range.
    """
    for path, limit in limits.CONFIG_LIMITS.items():
        section, _, key = path.partition(".")
        values = tree.get(section)
        if isinstance(values, Mapping) and key in values:
            try:
                limit.check(values[key])
            except InvalidValue as error:
                raise CommandError(f"{path}: {error.text}") from None
    found = dict(leaves(tree))
    if found.get("logging.level", _LEVELS[0]) not in _LEVELS:
        raise CommandError(f"logging.level must be one of {', '.join(_LEVELS)}")
    region = tree.get("roi_capture", {}).get("default_config")
    if region is not None:
        _check_region(region)


def _check_region(region: object) -> None:
    if not isinstance(region, Mapping) or {*region} != {*_CORNERS}:
        raise CommandError(f"{_REGION} needs x1, y1, x2 and y2: the server drops what is left out")
    try:
        limits.check_roi(*(region[corner] for corner in _CORNERS))
    except InvalidValue as error:
        raise CommandError(f"{_REGION}: {error.text}") from None


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case None:
            return "null"
        case _:
            return "a list"


def parse_value(text: str) -> object:
    """Return the value that a word of the command line stands for: JSON, or else text."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is not JSON")
