"""An SVG is well-formed whatever it is given, and shows what the samples say."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import ChartOptions, PeakMark, Series, Viewport
from nhem_tui.plot.svg import chart_svg
from tests.plot.charts import any_options, any_series, viewports

WINDOW = Viewport(0.0, 2.2, 100.0, 120.0)
SVG = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def curve(svg: str) -> list[list[tuple[float, float]]]:
    """The pieces of the curve, in pixels."""
    paths = [p.get("d", "") for p in parse(svg).iter(f"{SVG}path") if p.get("clip-path")]
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", piece)]
        for path in paths
        for piece in path.split("M")[1:]
    ]


@settings(max_examples=60)
@given(st.data())
def test_well_formed_without_nan_whatever_it_is_given(data: st.DataObject) -> None:
    viewport = data.draw(viewports())
    series = data.draw(any_series())
    svg = chart_svg(
        viewport,
        Series(series.t + viewport.t0, series.values),
        data.draw(any_options(viewport)),
        width=data.draw(st.integers(0, 2000)),
        height=data.draw(st.integers(0, 1000)),
        title=data.draw(st.text()),
        x_label=data.draw(st.text()),
        y_label=data.draw(st.text()),
    )
    for element in parse(svg).iter():
        for name, value in element.items():
            if name in {"d", "x", "y", "width", "height", "transform"}:
                assert not re.search(r"nan|inf|[\d.]e", value)


@pytest.mark.parametrize("title", ["<b> & \"q\" 'p'", "ROI ▲ 增益", "</title><script>"])
def test_a_title_is_text(title: str) -> None:
    root = parse(chart_svg(WINDOW, Series(np.empty(0), np.empty(0)), ChartOptions(), title=title))
    assert root.findtext(f"{SVG}title") == title
    assert root.findtext(f"{SVG}text") == title
    assert not list(root.iter(f"{SVG}script"))


def test_a_title_loses_what_xml_forbids() -> None:
    svg = chart_svg(
        WINDOW, Series(np.empty(0), np.empty(0)), ChartOptions(), title="a\x1b\x00\ud800\uffffb"
    )
    assert parse(svg).findtext(f"{SVG}title") == "ab"


def test_a_gap_parts_the_curve_where_it_is() -> None:
    numbers = np.concatenate((np.arange(0, 30), np.arange(60, 98)))
    t = numbers / 44
    series = with_gaps(t, np.full(t.size, 110.0), numbers)
    pieces = curve(chart_svg(WINDOW, series, ChartOptions(), width=904))
    assert [len(piece) for piece in pieces] == [30, 38]
    assert pieces[0][-1][0] == pytest.approx(52 + 800 * (29 / 44) / 2.2, abs=0.01)
    assert pieces[1][0][0] == pytest.approx(52 + 800 * (60 / 44) / 2.2, abs=0.01)


def test_a_lonely_sample_is_a_dot() -> None:
    series = Series(np.array([1.0, 1.1, 1.2]), np.array([np.nan, 110.0, np.nan]))
    assert [len(piece) for piece in curve(chart_svg(WINDOW, series, ChartOptions()))] == [2]


def test_a_long_recording_keeps_its_extremes_and_a_small_file() -> None:
    t = np.linspace(0, 2.2, 200_000)
    values = 110 + np.random.default_rng(2).normal(0, 0.5, t.size)
    values[77_777] = 119.0
    values[120_000:140_000] = np.nan
    svg = chart_svg(WINDOW, Series(t, values), ChartOptions(), width=904, height=274)
    assert len(svg) < 80_000
    points = [point for piece in curve(svg) for point in piece]
    highest = min(points, key=lambda point: point[1])
    assert highest[0] == pytest.approx(52 + 800 * t[77_777] / 2.2, abs=0.5)
    assert highest[1] == pytest.approx(34 + 200 * 1 / 20, abs=0.01)
    assert not [x for x, _ in points if 52 + 800 * 0.6 + 1 < x < 52 + 800 * 0.7 - 1]


def test_an_outlier_stands_at_the_edge() -> None:
    series = Series(np.array([0.5, 1.0, 1.5]), np.array([110.0, 1e300, 110.0]))
    ((_, outlier, _),) = curve(chart_svg(WINDOW, series, ChartOptions()))
    assert outlier[1] == 34.0


@pytest.mark.parametrize("grid", [True, False])
def test_ticks_stand_beside_their_values_and_a_grid_crosses_the_plot(grid: bool) -> None:
    nothing, options = Series(np.empty(0), np.empty(0)), ChartOptions(grid=grid)
    root = parse(chart_svg(WINDOW, nothing, options, width=904, height=274))
    labels = {
        text.text: (float(text.get("x", "nan")), float(text.get("y", "nan")) - 4)
        for text in root.iter(f"{SVG}text")
    }
    assert {"Time (s)", "Gray level"} <= labels.keys()
    assert labels["115"] == (45, 34 + 200 * 5 / 20)
    assert labels["1.0"] == (pytest.approx(52 + 800 * 1 / 2.2, abs=0.01), 234 + 13)
    lines = [path.get("d") for path in root.iter(f"{SVG}path")]
    assert lines.count("M52.00 84.00L852.00 84.00") == grid
    assert lines.count("M415.64 34.00L415.64 234.00") == grid
    assert "M52.00 234.00L852.00 234.00" in lines


def test_levels_and_peaks_are_drawn_with_their_values() -> None:
    options = ChartOptions(
        baseline=104.65,
        threshold=105.0,
        peaks=(PeakMark(0.5, 0.9, 0.7, 115.0, True), PeakMark(1.5, 1.9, 1.7, 115.0, False)),
    )
    root = parse(chart_svg(WINDOW, Series(np.empty(0), np.empty(0)), options))
    labels = {text.text: float(text.get("y", "nan")) for text in root.iter(f"{SVG}text")}
    assert labels["104.7"] - labels["105.0"] >= 12, "labels run into each other"
    shaded = [r for r in root.iter(f"{SVG}rect") if r.get("fill-opacity")]
    assert len({r.get("fill") for r in shaded}) == 2
    up, down = [p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("d", "").endswith("Z")]
    tips = [float(d.split(" ")[1].split("L")[0]) for d in (up, down)]
    assert tips[0] < tips[1]
