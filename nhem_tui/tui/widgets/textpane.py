"""Panes of short text lines: title bar, status, event line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nhem_tui.tui.widgets.rowpane import RowPane


class TextPane(RowPane):
    """Shows `TextRow` lines in the roles of `nhem_tui.tui.words`."""

    ROLES: ClassVar[Mapping[str, str]] = {
        "strong": "text--strong",
        "muted": "text--muted",
        "good": "text--good",
        "warning": "text--warning",
        "error": "text--error",
        "accent": "text--accent",
        "stable": "text--stable",
        "unstable": "text--unstable",
        "simulated": "text--simulated",
        "key": "text--key",
    }
    COMPONENT_CLASSES: ClassVar[set[str]] = set(ROLES.values())

    DEFAULT_CSS = """
    TextPane {
        height: auto;
        &> .text--strong { text-style: bold; }
        &> .text--muted { color: $muted; }
        &> .text--good { color: $success; }
        &> .text--warning { color: $warning; }
        &> .text--error { color: $error; text-style: bold; }
        &> .text--accent { color: $accent; }
        &> .text--stable { color: $chart-stable; }
        &> .text--unstable { color: $chart-unstable; }
        &> .text--key { color: $accent; text-style: bold; }
        &> .text--simulated { color: $background; background: $warning; text-style: bold; }
    }
    """
