"""A chart outside the screen says the same and does no harm."""

from __future__ import annotations

import re
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.plot import braille, plotext
from nhem_tui.plot.model import ChartOptions, PeakMark, Role, Row, Size, Span
from nhem_tui.plot.output import to_ansi, to_ascii, to_html, to_text
from nhem_tui.plot.palette import DARK, LIGHT, Depth, foreground
from tests.plot.charts import any_options, any_series, sizes, viewports
from tests.plot.test_renderers import WINDOW, wave

DEPTHS: tuple[Depth, ...] = get_args(Depth)
PEAKS = (
    PeakMark(0.1, 0.4, 0.22, 118.0, stable=True),
    PeakMark(1.0, 1.3, 1.12, 118.0, stable=False),
)
CHART = braille.render(
    WINDOW, wave(), Size(90, 18), ChartOptions(baseline=104.0, threshold=112.0, peaks=PEAKS)
)
HOSTILE = [Row('<b>&"\x1b[2J  ', (Span(0, 11, "notice"), Span(11, 12, "blank")))]


def test_text_is_the_rows_without_trailing_blanks() -> None:
    rows = [Row("ab  ", (Span(0, 4, "line"),)), Row("    ", (Span(0, 4, "blank"),))]
    assert to_text(rows) == "ab\n\n"


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_colours_change_no_character(depth: Depth, palette: dict[Role, str]) -> None:
    coloured = to_ansi(CHART, palette, depth)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == to_text(CHART)
    assert ("\x1b" in coloured) == (depth != "none")
    for line in coloured.splitlines():
        codes = re.findall("\x1b\\[([0-9;]*)m", line)
        assert codes[1::2] == ["0"] * (len(codes) // 2), "a colour leaks out of its line"


@pytest.mark.parametrize("depth", ["16", "256", "truecolour"])
@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_stable_and_unstable_have_colours_of_their_own(
    depth: Depth, palette: dict[Role, str]
) -> None:
    assert set(palette) <= set(get_args(Role))
    colours = [foreground(palette[r], depth) for r in ("line", "peak.green", "peak.red", "axis")]
    assert len(set(colours)) == 4


@pytest.mark.parametrize(
    ("colour", "depth", "code"),
    [
        ("#ff0000", "16", "91"),
        ("#800000", "16", "31"),
        ("#1b7f2a", "16", "32"),
        ("#000000", "16", "30"),
        ("#ffffff", "16", "97"),
        ("#ff0000", "256", "38;5;196"),
        ("#080808", "256", "38;5;232"),
        ("#010203", "truecolour", "38;2;1;2;3"),
        ("#010203", "none", ""),
    ],
)
def test_codes_of_colours(colour: str, depth: Depth, code: str) -> None:
    assert foreground(colour, depth) == code


@pytest.mark.parametrize("colour", ["red", "#fff", "#ggffff", "4fc1e9", ""])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match=r"colour|hexadecimal"):
        foreground(colour, "256")


def test_html_is_well_formed_and_says_the_same() -> None:
    element = ET.fromstring(to_html(CHART, LIGHT, background="#ffffff"))  # noqa: S314 - our own
    assert element.tag == "pre"
    assert "".join(element.itertext()).lstrip("\n") == to_text(CHART)
    colours = {span.get("style") for span in element}
    assert f"color:{LIGHT['peak.red']}" in colours


def test_html_escapes_what_it_is_given() -> None:
    page = to_html(HOSTILE, {"notice": '"><script>'}, background='"><script>')
    assert "<b>" not in page
    assert "<script>" not in page


@settings(max_examples=50)
@given(st.data())
def test_ascii_is_ascii_and_as_wide(data: st.DataObject) -> None:
    viewport = data.draw(viewports())
    options = data.draw(any_options(viewport))
    rows = braille.render(viewport, data.draw(any_series()), data.draw(sizes), options)
    text = to_ascii(rows)
    assert text.isascii()
    assert "?" not in text
    lines = text.splitlines()
    assert len(lines) == len(rows)
    assert all(len(line) <= len(row.text.rstrip()) for line, row in zip(lines, rows, strict=True))


def test_ascii_shows_control_characters_as_a_question() -> None:
    assert to_ascii(HOSTILE) == '<b>&"?[2J\n'


@pytest.mark.parametrize("renderer", [braille, plotext], ids=["braille", "plotext"])
def test_the_curve_has_the_same_cells_in_ascii(renderer: object) -> None:
    rows = renderer.render(WINDOW, wave(), Size(70, 14), ChartOptions(grid=False))  # type: ignore[attr-defined]
    for row, line in zip(rows, to_ascii(rows).splitlines(), strict=True):
        blank = [c == " " for c in row.text.rstrip()]
        assert blank == [c == " " for c in line]
