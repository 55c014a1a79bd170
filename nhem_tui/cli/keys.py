"""The key map of the configuration, checked before the screen opens: it needs Textual to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.config.problems import ConfigError, Problem

if TYPE_CHECKING:
    from nhem_tui.config.layers import Loaded


def check_keys(loaded: Loaded) -> None:
    """Check names of actions and keys, and that no key does two things.

    Raises:
        ConfigError: everything that is wrong.
    """
    keymap = loaded.settings.keys
    if not keymap:
        return
    from nhem_tui.tui.keymap import flaws

    if found := flaws(keymap):
        named = ((f"keys.{action}", text) for action, text in found)
        raise ConfigError([Problem(loaded.origins[key], f"{key}: {text}") for key, text in named])
