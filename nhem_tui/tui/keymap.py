"""The key map of the configuration, checked before the screen opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import REPLACED_KEYS, Keys, key_to_character
from textual.screen import Screen

from nhem_tui.notation.words import did_you_mean
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.keynames import bindings_of
from nhem_tui.tui.screens.dashboard import Dashboard

TAKEN: Final = {
    "ctrl+p": "the palette",
    "tab": "the next field",
    "shift+tab": "the field before",
}
"""Keys that Textual itself takes first, everywhere, and what they are for."""

_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED: Final = frozenset({*(key.value for key in Keys), *REPLACED_KEYS})


class Flaw(NamedTuple):
    """What is wrong with one entry of the key map."""

    action: str
    text: str


def flaws(keymap: Mapping[str, str]) -> list[Flaw]:
    """Find everything that is wrong with a key map.

    Args:
        keymap: keys, comma-separated, by the id of their action.
    """
    groups = [_bindings_of(screen) for screen in _screens()]
    known = {binding.id for group in groups for binding in group if binding.id}
    found = []
    for action, keys in keymap.items():
        if action not in known:
            near = did_you_mean(action, known)
            found.append(Flaw(action, f"is no action of this program{near}"))
        else:
            found += [Flaw(action, text) for text in _wrong_keys(keys)]
    wrong = {flaw.action for flaw in found}
    sound = {action: keys for action, keys in keymap.items() if action not in wrong}
    return found + list(dict.fromkeys(one for group in groups for one in _clashes(group, sound)))


def own_keys() -> dict[str, str]:
    """The keys, comma-separated, that actions have without a key map, by the id of the action."""
    owners: list[type[DOMNode]] = [*_screens(), NhemApp]
    bindings = (binding for owner in owners for binding in bindings_of(owner))
    return {binding.id: binding.key for binding in bindings if binding.id}


def _screens() -> Iterator[type[Screen[Any]]]:
    """Yield the classes of the screens whose keys can be changed."""
    yield Dashboard
    for name in sorted({action.opens for action in ACTIONS if action.opens}):
        yield import_module(f"nhem_tui.tui.screens.{name}").SCREEN


def _bindings_of(screen: type[Screen[Any]]) -> list[Binding]:
    """The bindings in force on a screen, a key each, without those of Textual itself."""
    return list(Binding.make_bindings([*bindings_of(screen), *bindings_of(NhemApp)]))


def _wrong_keys(keys: str) -> Iterator[str]:
    """Say which of comma-separated keys are none."""
    for key in (key.strip() for key in keys.split(",")):
        if not key:
            yield "must name at least one key" if not keys.strip() else "names an empty key"
        elif not is_key(key):
            yield f"{key!r} is no key{did_you_mean(key, _NAMED)}"


def is_key(name: str) -> bool:
    """Tell whether Textual knows a key, such as ``a``, ``?``, ``f5`` or ``ctrl+question_mark``."""
    *modifiers, key = name.split("+") if len(name) > 1 else [name]
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(key) == 1:
        return key.isprintable() and key != " "
    return key in _NAMED or (key.islower() and key_to_character(key) is not None)


def _clashes(group: list[Binding], keymap: Mapping[str, str]) -> Iterator[Flaw]:
    """Find keys that the key map gives to an action although another one has them."""
    owners: dict[str, set[str]] = {key: {name} for key, name in TAKEN.items()}
    for binding in group:
        keys = keymap.get(binding.id or "", binding.key)
        for one in Binding.make_bindings([Binding(keys, binding.action)]):
            owners.setdefault(one.key, set()).add(binding.id or binding.description)
    for key, names in owners.items():
        for name in sorted(names & keymap.keys()):
            for other in sorted(names - {name}):
                yield Flaw(name, f"{key!r} is the key of {other} as well")
