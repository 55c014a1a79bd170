"""The key map of the configuration, checked before the screen opens: it needs Textual to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.config.problems import ConfigError, Problem

if TYPE_CHECKING:
    from nhem_tui.cli.call import Call
    from nhem_tui.config.layers import Loaded


def check_keys(call: Call) -> None:
    """Check the configuration with names of actions and keys, and that no key does two things.

    Raises:
        ConfigError: everything that is wrong, in the key map and elsewhere.
    """
    try:
        problems = _flaws(call.loaded)
    except ConfigError as error:
        problems = _flaws(error.rest) if error.rest else []
        raise ConfigError([*error.problems, *problems], error.warnings) from None
    if problems:
        raise ConfigError(problems)


def _flaws(loaded: Loaded) -> list[Problem]:
    keymap = loaded.settings.keys
    if not keymap:
        return []
    from nhem_tui.tui.keymap import flaws

    named = ((f"keys.{action}", text) for action, text in flaws(keymap))
    return [Problem(loaded.origins[key], f"{key}: {text}") for key, text in named]
