"""The key map of the configuration: whatever knows the actions and keys needs Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.cli.errors import CommandError
from nhem_tui.config.entries import KEYS
from nhem_tui.config.problems import ConfigError, Problem
from nhem_tui.notation.words import did_you_mean

if TYPE_CHECKING:
    from nhem_tui.cli.call import Call
    from nhem_tui.config.layers import Loaded


def check_keys(call: Call) -> None:
    """Check the configuration with names of actions and keys, and that no key does two things.

    Raises:
        ConfigError: everything that is wrong, in the key map and elsewhere.
    """
    try:
        problems = flaws_of(call.loaded)
    except ConfigError as error:
        problems = flaws_of(error.rest) if error.rest else []
        raise ConfigError([*error.problems, *problems], error.warnings) from None
    if problems:
        raise ConfigError(problems)


def is_of_keys(path: str) -> bool:
    """Tell whether a path such as ``keys.detection.start`` is one of the key map."""
    return path.startswith(f"{KEYS}.")


def keys_of(loaded: Loaded, path: str) -> str:
    """Return the keys of an action, comma-separated: those of the key map, else its own.

    Raises:
        CommandError: there is no such action.
    """
    from nhem_tui.tui.keymap import own_keys

    action, own = path.removeprefix(f"{KEYS}."), own_keys()
    if action not in own:
        raise CommandError(f"{path} is no action of this program{did_you_mean(action, own)}")
    return loaded.settings.keys.get(action, own[action])


def flaws_of(loaded: Loaded) -> list[Problem]:
    """Everything that is wrong with the key map."""
    keymap = loaded.settings.keys
    if not keymap:
        return []
    from nhem_tui.tui.keymap import flaws

    named = ((f"keys.{action}", text) for action, text in flaws(keymap))
    return [Problem(loaded.origins[key], f"{key}: {text}") for key, text in named]
