"""Themes: dark as in the seed document, light, high contrast, 16 colours, monochrome."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme


def _variables(
    *,
    line: str,
    line_dim: str,
    axis: str,
    grid: str,
    stable: str,
    unstable: str,
    baseline: str,
    threshold: str,
    muted: str,
    cursor: str,
    under_cursor: str,
) -> dict[str, str]:
    return {
        "chart-line": line,
        "chart-line-dim": line_dim,
        "chart-axis": axis,
        "chart-grid": grid,
        "chart-stable": stable,
        "chart-unstable": unstable,
        "chart-baseline": baseline,
        "chart-threshold": threshold,
        "muted": muted,
        "block-cursor-background": cursor,
        "block-cursor-foreground": under_cursor,
        "input-selection-background": cursor,
        "input-selection-foreground": under_cursor,
    }


DARK = Theme(
    name="dark",
    primary="#4ec9b0",
    secondary="#3e3e42",
    accent="#4ec9b0",
    foreground="#d4d4d4",
    background="#1e1e1e",
    surface="#252526",
    panel="#2d2d30",
    success="#6cc76c",
    warning="#d7ba7d",
    error="#f48771",
    dark=True,
    variables=_variables(
        line="#4fc1e9",
        line_dim="#557886",
        axis="#808080",
        grid="#3a3a3d",
        stable="#7ddc7d",
        unstable="#ff7b6b",
        baseline="#b8a965",
        threshold="#c586c0",
        muted="#949494",
        cursor="#4ec9b0",
        under_cursor="#1e1e1e",
    )
    | {
        "border": "#3e3e42",
        "footer-background": "#252526",
    },
)

LIGHT = Theme(
    name="light",
    primary="#00695c",
    secondary="#c8c8c8",
    accent="#00695c",
    foreground="#1f1f1f",
    background="#fbfbfb",
    surface="#f1f1f1",
    panel="#e6e6e6",
    success="#1b7f2a",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables=_variables(
        line="#005f9e",
        line_dim="#6f8fa3",
        axis="#6a6a6a",
        grid="#d4d4d4",
        stable="#1b7f2a",
        unstable="#b3261e",
        baseline="#7a6a00",
        threshold="#8b3f8b",
        muted="#666666",
        cursor="#00695c",
        under_cursor="#fbfbfb",
    )
    | {
        "border": "#c4c4c4",
        "footer-background": "#ececec",
    },
)

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#00ffff",
    secondary="#ffffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#5a5a5a",
    success="#00ff00",
    warning="#ffff00",
    error="#ff5555",
    dark=True,
    text_alpha=1.0,
    variables=_variables(
        line="#ffffff",
        line_dim="#999999",
        axis="#ffffff",
        grid="#555555",
        stable="#00ff00",
        unstable="#ff6060",
        baseline="#ffff00",
        threshold="#ff80ff",
        muted="#cccccc",
        cursor="#00ffff",
        under_cursor="#000000",
    )
    | {
        "border": "#ffffff",
        "footer-background": "#1a1a1a",
    },
)

ANSI = Theme(
    name="ansi",
    primary="ansi_cyan",
    secondary="ansi_bright_black",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    ansi=True,
    text_alpha=1.0,
    variables=BUILTIN_THEMES["ansi-dark"].variables
    | _variables(
        line="ansi_bright_cyan",
        line_dim="ansi_bright_black",
        axis="ansi_bright_black",
        grid="ansi_bright_black",
        stable="ansi_bright_green",
        unstable="ansi_bright_red",
        baseline="ansi_yellow",
        threshold="ansi_magenta",
        muted="ansi_bright_black",
        cursor="ansi_cyan",
        under_cursor="ansi_black",
    )
    | {
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_bright_black",
    },
)

MONO = Theme(
    name="mono",
    primary="#ffffff",
    secondary="#888888",
    accent="#ffffff",
    foreground="#d8d8d8",
    background="#000000",
    surface="#000000",
    panel="#444444",
    success="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    dark=True,
    variables=_variables(
        line="#ffffff",
        line_dim="#777777",
        axis="#9a9a9a",
        grid="#444444",
        stable="#ffffff",
        unstable="#ffffff",
        baseline="#bbbbbb",
        threshold="#bbbbbb",
        muted="#9a9a9a",
        cursor="#ffffff",
        under_cursor="#000000",
    )
    | {
        "border": "#666666",
        "footer-background": "#1c1c1c",
    },
)

THEMES: tuple[Theme, ...] = (DARK, LIGHT, HIGH_CONTRAST, ANSI, MONO)
