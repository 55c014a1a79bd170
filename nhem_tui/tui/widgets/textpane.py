"""Panes of short text lines: title bar, status, event line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nhem_tui.tui.widgets.rowpane import RowPane


class TextPane(RowPane):
    """Shows `TextRow` lines in the roles of `nhem_tui.tui.words`."""

    ROLES: ClassVar[Mapping[str, str]] = {
        "strong": "bold",
        "muted": "$muted",
        "good": "$success",
        "warning": "$warning",
        "error": "bold $error",
        "accent": "$accent",
        "stable": "$chart-stable",
        "unstable": "$chart-unstable",
        "simulated": "bold $background on $warning",
        "key": "bold $accent",
    }

    DEFAULT_CSS = """
    TextPane { height: auto; }
    """
