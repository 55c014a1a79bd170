"""Values of the server's configuration as they stand on a command line, and their secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nhem_tui.backend.config_tree import Tree, is_secret, leaves
from nhem_tui.backend.json_values import read_json
from nhem_tui.cli.errors import CommandError
from nhem_tui.notation.mask import MASK
from nhem_tui.notation.words import did_you_mean


def parse_value(text: str) -> object:
    """Return the value that a word of the command line stands for: JSON, or else text."""
    try:
        return read_json(text)
    except ValueError:
        return text


def secrets_in(tree: Tree) -> Iterator[str]:
    """Yield the passwords that `tree` holds."""
    for path, value in leaves(tree):
        if is_secret(path) and isinstance(value, str) and value not in ("", MASK):
            yield value


def check_known(current: Tree, section: str, key: str, value: object) -> None:
    """Check a value that is to be written against those that are there.

    Raises:
        CommandError: no such section or key, or a value of another kind.
    """
    path = f"{section}.{key}"
    keys = current.get(section)
    if not isinstance(keys, Mapping):
        text = f"the server has no section {section!r}"
        raise CommandError(text + did_you_mean(section, current))
    if key not in keys:
        text = f"the server has no setting {path!r}"
        raise CommandError(text + did_you_mean(key, keys))
    if keys[key] is not None and _kind(keys[key]) != _kind(value):
        raise CommandError(f"{path} is {_kind(keys[key])}, not {_kind(value)}")


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
