"""How keys are written on the screen, under the user's own key map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from textual.binding import Binding
from textual.dom import DOMNode

_NAMES: Final = {
    "escape": "esc",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "question_mark": "?",
    "comma": ",",
    "full_stop": ".",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
}

KeyMap = Mapping[str, str]
"""The user's keys by the id of their binding: setting ``keys``."""


def key_names(keys: str) -> str:
    """Keys as they are printed on a keyboard: ``plus,equals_sign`` -> ``+ =``."""
    return " ".join(
        "+".join(_NAMES.get(part, part) for part in key.strip().split("+"))
        for key in keys.split(",")
    )


def first_key(keys: str) -> str:
    """The first of several keys, as it is printed on a keyboard."""
    return key_names(keys.partition(",")[0])


def bindings_of(kind: type[DOMNode]) -> Iterator[Binding]:
    """The bindings of a class, its own before those it inherits, without Textual's."""
    for part in kind.__mro__:
        if part.__module__.startswith("nhem_tui."):
            yield from (one for one in vars(part).get("BINDINGS", ()) if isinstance(one, Binding))


def key_of(kind: type[DOMNode], binding_id: str, keymap: KeyMap) -> str:
    """The first key of a binding of a class, as it is printed on a keyboard."""
    default = next(binding.key for binding in bindings_of(kind) if binding.id == binding_id)
    return first_key(keymap.get(binding_id, default))
