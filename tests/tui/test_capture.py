"""The capture screen by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.pilot import Pilot

from nhem_tui.config.schema import Display, Export, Settings
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.stream.events import PictureSeen, RoiImage, Samples
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.captured import Wanted, why_empty, window
from nhem_tui.tui.screens.capture import CaptureScreen
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.textpane import TextPane
from nhem_tui.tui.words import grouped
from tests.tui.opened import more, only_file, ready, source, told, turn_wheel
from tests.tui.scripted import Compare, live, make_app, samples, until
from tests.tui.test_exporting import rows_of

SIZE = (80, 24)


def figures(app: NhemApp) -> str:
    panes = app.screen.query("#figures").results(TextPane)
    return "\n".join(row.text for pane in panes for row in pane.rows)


def curve(app: NhemApp) -> str:
    charts = app.screen.query("#window").results(Chart)
    return "\n".join(row.text for chart in charts for row in chart.rows)


async def opened(pilot: Pilot[None], app: NhemApp) -> None:
    await until(pilot, lambda: ready(app))
    await pilot.press("w")
    await until(pilot, lambda: isinstance(app.screen, CaptureScreen) and "samples" in figures(app))


@pytest.mark.parametrize("renderer", ["braille", "plotext"])
async def test_it_is_drawn_as_the_live_charts_are(renderer: Literal["braille", "plotext"]) -> None:
    app = make_app(live(), settings=Settings(display=Display(renderer=renderer)))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await until(pilot, lambda: "┤" in curve(app))
        assert any("⠀" < char <= "⣿" for char in curve(app)) == (renderer == "braille")
        before = curve(app)
        await pilot.press("v")
        await until(pilot, lambda: curve(app) != before)


@pytest.mark.parametrize("width", [30, 36, 40, 45, 50, 60])
async def test_no_figure_is_without_its_end_where_it_is_narrow(width: int) -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        whole = figures(app).replace(",", " ").split()
        await pilot.resize_terminal(width, 15)
        await until(pilot, lambda: len(figures(app).splitlines()[0]) == width - 2)
        assert set(figures(app).replace(",", " ").split()) <= {*whole, "…"}


async def test_it_holds_the_newest_samples_still() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        roi = app.monitor.session.roi.last(100)
        assert f"{len(roi.t)} samples   none missing   ROI" in figures(app)
        assert f"{roi.values.max():.2f}" in figures(app)
        await pilot.press("m")
        await until(pilot, lambda: "100 samples   none missing   signal" in figures(app))
        before = curve(app), figures(app)
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: app.monitor.session.snapshot.received > 1125)
        assert (curve(app), figures(app)) == before
        await pilot.press("up")
        assert "150 samples" in figures(app)
        await pilot.press("down", "m", "m")
        assert (curve(app), figures(app)) == before, "the moment is held, however it is looked at"
        await pilot.press("space")
        await until(pilot, lambda: figures(app) != before[1])


async def test_count_threshold_and_difference_change_what_is_found() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        assert "▲ 2 stable" in figures(app)
        assert "▽ 1 unstable" in figures(app)
        for _ in range(15):
            await pilot.press("right_square_bracket")
        await until(pilot, lambda: "threshold 120" in figures(app))
        assert "▽ 0 unstable" in figures(app)
        await pilot.press("m", "up", "up")
        await until(pilot, lambda: "200 samples" in figures(app))
        assert "1 gap " in figures(app)
        assert "SIMULATED" not in figures(app)


async def test_it_is_read_sample_by_sample_with_the_keys() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        roi = app.monitor.session.roi.last(100)
        count, unread = len(roi.t), curve(app)
        assert " of " not in figures(app)
        await pilot.press("left")
        newest = f"#{grouped(int(roi.numbers[-1]))}  −0 ms  {roi.values[-1]:.2f}"
        assert newest in figures(app)
        await pilot.press("right")
        assert f"sample {count} of {count}" in figures(app)
        await pilot.press("left", "left")
        assert f"#{grouped(int(roi.numbers[-3]))}  −" in figures(app)
        assert f"  {roi.values[-3]:.2f}  Δ" in figures(app)
        assert f"sample {count - 2} of {count}" in figures(app)
        assert curve(app) != unread, "the cursor stands on the curve"
        await pilot.press(*["left"] * count)
        assert f"sample 1 of {count}" in figures(app)
        await pilot.press("space")
        assert " of " not in figures(app)
        assert curve(app) == unread


async def test_the_moment_that_is_read_stays_if_the_other_series_has_it() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("left", "left", "m")
        (place,) = re.findall(r"−(.*?)  \d.*sample (\d+) of 100", figures(app))
        assert int(place[1]) < 100, "not the newest of the signal: half a second before it"
        await pilot.press("m", *["left"] * 20, "m")
        assert "sample" not in figures(app).splitlines()[-1], "the signal does not go back so far"


async def test_it_is_read_with_the_mouse() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.hover("#window", offset=(60, 5))
        assert " of " not in figures(app), "nothing is read before a click"
        await pilot.click("#window", offset=(40, 5))
        await until(pilot, lambda: " of " in figures(app))
        clicked = figures(app)
        await pilot.hover("#window", offset=(60, 5))
        await until(pilot, lambda: figures(app) != clicked)
        assert curve(app).splitlines()[5][60] == "│"
        turn_wheel(app.screen.query_one(Chart), down=True)
        await until(pilot, lambda: not re.search(r"sample \d+ of 100", figures(app)))


async def test_the_window_is_exported(tmp_path: Path) -> None:
    export = Export(directory=str(tmp_path))
    app = make_app(live(), settings=msgspec.structs.replace(Settings(), export=export))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("m", "e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "Exported 100 samples" in told(app))
        newest = app.monitor.session.main.last(100)
    rows = rows_of(only_file(tmp_path))
    assert [int(row["number"]) for row in rows] == newest.numbers.tolist()


async def test_the_export_has_the_peaks_and_the_threshold_of_the_screen(tmp_path: Path) -> None:
    export = Export(directory=str(tmp_path), default_format="svg")
    app = make_app(live(), settings=msgspec.structs.replace(Settings(), export=export))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        assert "▽ 1 unstable" in figures(app)
        await app.screen.run_action("threshold(15)")
        await until(pilot, lambda: "threshold 120" in figures(app))
        assert "▲ 2 stable   ▽ 0 unstable" in figures(app)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "Exported" in told(app))
    text = only_file(tmp_path).read_text()
    assert text.count("fill-opacity") == 2
    assert ">120.0</text>" in text
    assert "&quot;peak_threshold&quot;: 120.0" in text


async def test_on_the_signal_the_peaks_are_exported_too(tmp_path: Path) -> None:
    export = Export(directory=str(tmp_path), default_format="svg")
    app = make_app(live(), settings=msgspec.structs.replace(Settings(), export=export))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("m", *["up"] * 8)
        await until(pilot, lambda: "500 samples" in figures(app) and "signal" in figures(app))
        shown = figures(app)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "Exported 500 samples" in told(app))
    count = sum(int(n) for n in re.findall(r"[▲▽] (\d+)", shown))
    assert count > 0
    assert only_file(tmp_path).read_text().count("fill-opacity") == count


EMPTY = Snapshot(link="up", state="running")
WORD = RoiImage(b"", "roi_not_configured", 0.0, 0, 0)


@pytest.mark.parametrize(
    ("snapshot", "pictures", "why"),
    [
        (Snapshot(), None, "no connection"),
        (replace(EMPTY, state="stopped"), None, "detection is stopped"),
        (EMPTY, PictureSeen(0.0, 1, WORD, WORD), "captures no region"),
        (replace(EMPTY, simulated=True), None, "captures no region"),
        (EMPTY, None, "does it have that endpoint"),
    ],
)
def test_why_there_are_no_samples(
    snapshot: Snapshot, pictures: PictureSeen | None, why: str
) -> None:
    assert why in why_empty(snapshot, pictures, str, replay=False)
    assert "have been played" in why_empty(snapshot, pictures, str, replay=True)


async def test_that_data_are_made_up_is_seen_where_the_terminal_is_narrow() -> None:
    made_up = [replace(event, simulated=True) for event in live() if isinstance(event, Samples)]
    app = make_app([*live()[:1], *made_up])
    async with app.run_test(size=(40, 15)) as pilot:
        await until(pilot, lambda: app.monitor.session.main.newest)
        await pilot.press("w", "m")
        await until(pilot, lambda: "100 samples   100 SIMULATED" in figures(app))


async def test_without_samples_it_says_so() -> None:
    app = make_app(live()[:1])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Connected" in told(app))
        await pilot.press("w")
        await until(pilot, lambda: "No samples of the ROI gray value: detection" in figures(app))
        await pilot.press("up", "m", "left_curly_bracket", "v", "space", "e")
        await until(pilot, lambda: "Nothing to export" in told(app))


async def test_why_there_are_none_is_told_to_the_end_where_it_is_narrow() -> None:
    app = make_app(live()[:1])
    async with app.run_test(size=(50, 15)) as pilot:
        await until(pilot, lambda: "Connected" in told(app))
        await pilot.press("w")
        await until(pilot, lambda: "space looks again." in figures(app))


def test_a_pause_is_no_part_of_the_curve_nor_of_the_rate() -> None:
    buffer = SampleBuffer(1000)
    for first, t0 in ((1, 0.0), (26, 600.0)):
        buffer.append(samples("roi", first, t0, np.full(25, 100.0), rate=2.0))
    captured = window({"roi": buffer.last(500)}, Wanted())
    assert captured is not None
    assert (captured.gaps, captured.pauses, captured.rate) == (0, 1, 2.0)
    assert np.isnan(captured.series.values).sum() == 1


def test_one_sample_has_no_rate() -> None:
    buffer = SampleBuffer(10)
    buffer.append(samples("roi", 7, 10.0, np.ones(1), rate=2.0))
    captured = window({"roi": buffer.last(500)}, Wanted())
    assert captured is not None
    assert (captured.gaps, captured.pauses) == (0, 0)
    assert np.isnan(captured.rate)


def test_samples_of_two_server_processes_are_numbered_by_both() -> None:
    buffer = SampleBuffer(10)
    for epoch in (1, 2):
        buffer.append(samples("roi", 7, 10.0 * epoch, np.ones(3), rate=2.0, epoch=epoch))
    captured = window({"roi": buffer.last(500)}, Wanted())
    assert captured is not None
    assert captured.numbers == "7 e1–9 e2"


@given(st.lists(st.tuples(st.sampled_from("cth"), st.integers(-20, 20)), max_size=30))
def test_parameters_stay_within_what_the_server_takes(steps: list[tuple[str, int]]) -> None:
    wanted = Wanted()
    for what, by in steps:
        change = {"c": wanted.more, "t": wanted.higher, "h": wanted.steeper}[what]
        wanted = change(by)
        assert 50 <= wanted.count <= 500
        assert 50 <= wanted.threshold <= 200
        assert 0.1 <= wanted.difference <= 10


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]
)
def test_picture(theme: str, size: tuple[int, int], snap_compare: Compare) -> None:
    app = make_app(live())

    async def run(pilot: Pilot[None]) -> None:
        app.theme = theme
        await opened(pilot, app)
        before, picture = "", app.export_screenshot()
        while picture != before:
            await pilot.pause(0.3)
            before, picture = picture, app.export_screenshot()

    assert snap_compare(app, terminal_size=size, run_before=run)
