"""A finished chart for elsewhere: plain text, colours for a terminal, HTML, pure ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from nhem_tui.plot.model import Row, Span
from nhem_tui.plot.palette import Depth, Palette, foreground


def to_text(rows: Iterable[Row]) -> str:
    """Lines without blanks at their ends, each ended by a newline."""
    return "".join(row.text.rstrip() + "\n" for row in rows)


def to_ansi(rows: Iterable[Row], palette: Palette, depth: Depth) -> str:
    """Lines with escape sequences for colours; each line starts and ends without colour."""
    if depth == "none":
        return to_text(rows)
    lines = []
    for row in rows:
        parts = []
        for text, span in _runs(row):
            colour = palette.get(span.role)
            if colour is None or text.isspace():
                parts.append(text)
            else:
                parts.append(f"\x1b[{foreground(colour, depth)}m{text}\x1b[0m")
        lines.append("".join(parts) + "\n")
    return "".join(lines)


def to_html(rows: Iterable[Row], palette: Palette, *, background: str | None = None) -> str:
    """One ``<pre>`` element with its colours inside, to be put into a page.

    Args:
        rows: the chart.
        palette: colours by role.
        background: ``#rrggbb`` or None for that of the page.
    """
    lines = []
    for row in rows:
        parts = []
        for text, span in _runs(row):
            colour = palette.get(span.role)
            if colour is None or text.isspace():
                parts.append(escape(text))
            else:
                parts.append(f'<span style="color:{escape(colour)}">{escape(text)}</span>')
        lines.append("".join(parts) + "\n")
    ground = f";background:{escape(background)}" if background else ""
    # One font for all: braille from another font would be wider than the digits.
    style = f"font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;line-height:1.2{ground}"
    return f'<pre class="nhem-chart" style="{style}">\n{"".join(lines)}</pre>\n'


def to_ascii(rows: Iterable[Row]) -> str:
    """Lines in pure ASCII, for terminals and mails without UTF-8.

    Peaks are ``A`` (stable) and ``V`` (unstable), provisional ones ``^`` and ``v``. The grid is
    left out and levels are dashed with blanks: both would read as curve, and hide its gaps.
    """
    return "".join("".join(map(_ascii, _dashed(row.text))).rstrip() + "\n" for row in rows)


def _dashed(text: str) -> Iterator[str]:
    """The characters of a row, every other one of a dashed line left out."""
    for column, character in enumerate(text):
        yield " " if character in "┄╌" and column % 2 == 0 else character


def _runs(row: Row) -> Iterator[tuple[str, Span]]:
    """The text of each span, blanks at the end of the row left out."""
    end = len(row.text.rstrip())
    for span in row.spans:
        if span.start < end:
            yield row.text[span.start : min(span.end, end)], span


_PLAIN: Final = {
    **dict.fromkeys("─┄╌−", "-"),
    **dict.fromkeys("│┤├", "|"),
    **dict.fromkeys("└┬┴┼", "+"),
    "╎": "!",
    "┃": "#",
    "·": " ",
    "▲": "A",
    "△": "^",
    "▽": "V",
    "▿": "v",
}

_QUARTERS: Final = dict(zip("▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", range(1, 16), strict=True))
"""Blocks by their quarters: 1 upper left, 2 upper right, 4 lower left, 8 lower right."""


def _ascii(character: str) -> str:
    """The one ASCII character that looks most like another one; ``?`` for the unknown."""
    if character.isascii():
        return character if character.isprintable() else "?"
    if plain := _PLAIN.get(character):
        return plain
    if quarters := _QUARTERS.get(character):
        return _stroke(
            [row for row in range(4) if quarters & (1, 1, 4, 4)[row]],
            [row for row in range(4) if quarters & (2, 2, 8, 8)[row]],
        )
    dots = ord(character) - 0x2800
    if 0 <= dots < 256:
        return _stroke(
            [row for row, bit in enumerate((0x01, 0x02, 0x04, 0x40)) if dots & bit],
            [row for row, bit in enumerate((0x08, 0x10, 0x20, 0x80)) if dots & bit],
        )
    return "?"


def _stroke(left: list[int], right: list[int]) -> str:
    """The look of a cell with dots in these rows (0 at the top, 3 at the bottom) of its halves."""
    dots = left + right
    if not dots:
        return " "
    if left and right:
        rise = sum(left) / len(left) - sum(right) / len(right)
        if abs(rise) > 1:
            return "/" if rise > 0 else "\\"
    if max(dots) - min(dots) >= 2:
        return "|"
    return "''--.__"[min(dots) + max(dots)]
