"""SVG, and charts in characters: with colours for a terminal, or as a page of HTML."""

from __future__ import annotations

import json
from html import escape
from typing import IO, Final

import msgspec

from nhem_tui.plot.model import Row, Size
from nhem_tui.plot.output import to_ansi, to_html
from nhem_tui.plot.palette import DARK, LIGHT
from nhem_tui.plot.svg import chart_svg, stacked_svg
from nhem_tui.recording.dataset import Dataset, Metadata
from nhem_tui.recording.export import Order, Work
from nhem_tui.recording.formats.csv import about
from nhem_tui.recording.formats.curves import Chart, charts, share

PIXELS: Final = 100
"""Of an SVG to the inch."""

CELLS: Final = (12, 5)
"""Columns and rows of characters to the inch."""


def check(data: Dataset, order: Order) -> None:
    """Anything can be drawn."""


def write(work: Work, file: IO[bytes]) -> None:
    """Draw all channels."""
    order = work.order
    draw = {"svg": _svg, "ansi": _ansi, "html": _html}[order.format]
    file.write(draw(work, *order.size).encode())


def _svg(work: Work, width: float, height: float) -> str:
    drawn = charts(work, 2 * round(width * PIXELS))
    across, down = (round(side * PIXELS) for side in share((width, height), len(drawn)))
    parts = [
        chart_svg(
            chart.viewport,
            chart.series,
            chart.options,
            width=across,
            height=down,
            title=chart.title,
            top=number * down,
        )
        for number, chart in enumerate(drawn)
    ]
    title = work.data.metadata.source
    text = stacked_svg(parts, width=across, height=len(drawn) * down, title=title)
    if not work.order.metadata:
        return text
    facts = json.dumps(msgspec.to_builtins(work.data.metadata))  # pure ASCII: any XML takes it
    return text.replace("</title>", f"</title><metadata>{escape(facts)}</metadata>", 1)


def _ansi(work: Work, width: float, height: float) -> str:
    text = ""
    for chart in charts(work, 4 * CELLS[0] * round(width)):
        text += f"{chart.title}\n" + to_ansi(_rows(chart, width, height), DARK, "truecolour") + "\n"
    if work.order.metadata:
        text += "".join(f"{_printable(line)}\n" for line in about(work.data.metadata))
    return text


def _html(work: Work, width: float, height: float) -> str:
    parts = [
        f"<h2>{escape(chart.title)}</h2>\n" + to_html(_rows(chart, width, height), LIGHT)
        for chart in charts(work, 4 * CELLS[0] * round(width))
    ]
    if work.order.metadata:
        parts.append(_list(work.data.metadata))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>nhem-tui</title>'
        "<style>body{font-family:sans-serif;color:#1f1f1f;background:#fff}</style></head>\n"
        f"<body>\n{''.join(parts)}</body>\n</html>\n"
    )


def _list(metadata: Metadata) -> str:
    lines = "".join(f"<li>{escape(_printable(line))}</li>\n" for line in about(metadata))
    return f"<ul>\n{lines}</ul>\n"


def _rows(chart: Chart, width: float, height: float) -> list[Row]:
    from nhem_tui.plot.plotext import render  # slow to import

    size = Size(round(width * CELLS[0]), round(height * CELLS[1]))
    return render(chart.viewport, chart.series, size, chart.options)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
