"""Export from the dashboard, read back with csv and numpy."""

from __future__ import annotations

import csv
import json
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from textual.pilot import Pilot

from nhem_tui.config.schema import Export, Settings
from nhem_tui.recording.dataset import Dataset
from nhem_tui.recording.export import Format, Order, export
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.capture import CaptureScreen
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.exporting import target_of
from nhem_tui.tui.screens.peaks import PeaksScreen
from nhem_tui.tui.screens.prompt import Prompt
from tests.tui.opened import (
    SIZE,
    all_told,
    answer,
    dashboard,
    only_file,
    pane_text,
    ready,
    told,
    wrong,
)
from tests.tui.scripted import live, make_app, until


def app_for(folder: Path, kind: Format = "csv") -> NhemApp:
    export = Export(directory=str(folder), default_format=kind)
    return make_app(live(), settings=msgspec.structs.replace(Settings(), export=export))


async def begin(pilot: Pilot[None], app: NhemApp) -> None:
    """Press ``e`` and take the name that is offered."""
    await pilot.press("e")
    await until(pilot, lambda: isinstance(app.screen, Prompt))
    await pilot.press("enter")


async def exported(pilot: Pilot[None], app: NhemApp) -> None:
    """Export under the name that is offered, to the end."""
    await begin(pilot, app)
    await until(pilot, lambda: "Exported" in told(app))


class Gate:
    """Holds an export back when it is at 40 %, until it is opened or the export is ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = threading.Event()
        self.cancelled: threading.Event | None = None
        monkeypatch.setattr("nhem_tui.tui.exporter.export", self)

    def __call__(
        self,
        data: Dataset,
        order: Order,
        *,
        report: Callable[[float], None],
        cancelled: threading.Event,
    ) -> Path:
        self.cancelled = cancelled
        report(0.4)
        for _ in range(1000):
            if self.open.wait(0.005) or cancelled.is_set():
                break
        return export(data, order, report=report, cancelled=cancelled)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open.set()


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


async def test_e_writes_every_sample_that_is_kept(tmp_path: Path) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await exported(pilot, app)
        main = app.monitor.session.main.last(10_000)
    rows = [row for row in rows_of(only_file(tmp_path)) if row["channel"] == "main"]
    assert [int(row["number"]) for row in rows] == main.numbers.tolist()
    assert [float(row["value"]) for row in rows] == main.values.tolist()
    np.testing.assert_allclose([float(row["t"]) for row in rows], main.t, atol=1e-6)


async def test_the_disk_is_asked_for_a_free_name_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[threading.Thread] = []

    def exists(_: Path) -> bool:
        asked.append(threading.current_thread())
        return False

    monkeypatch.setattr("nhem_tui.tui.tape.exists", exists)
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
    assert asked
    assert threading.main_thread() not in asked


async def test_a_name_that_cannot_be_used_is_kept_and_explained(tmp_path: Path) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*".txt", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Prompt)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Prompt))
    assert nothing_in(tmp_path)


async def test_metadata_tell_what_is_known(tmp_path: Path) -> None:
    app = app_for(tmp_path, "json")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("b")
        await exported(pilot, app)
    facts = json.loads(only_file(tmp_path).read_text())["metadata"]
    assert facts["gaps"] == [{"channel": "main", "epoch": 1, "first": 260_946, "last": 260_985}]
    assert facts["started"] == "2026-09-21T14:12:55.000+00:00"  # when it connected
    assert facts["source"] == "http://localhost:8421"
    assert [text for _, text in facts["marks"]] == ["Mark 1"]
    assert [one["values"] for one in facts["parameters"]] == [
        {"peak_threshold": 105.0, "difference_threshold": 1.1}
    ]


async def test_a_chart_of_the_dashboard_has_both_panels_and_the_peaks_on_screen(
    tmp_path: Path,
) -> None:
    app = app_for(tmp_path, "svg")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        shown = app.monitor.marks(-math.inf)
        await exported(pilot, app)
    assert len(shown) == 3
    text = only_file(tmp_path).read_text()
    assert "Main signal" in text
    assert "ROI gray value" in text
    assert text.count("fill-opacity") == len(shown)
    assert ">105.0</text>" in text  # the threshold


async def test_how_far_it_is_stands_on_the_event_line_and_other_questions_do_not_end_it(
    tmp_path: Path, gate: Gate
) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await begin(pilot, app)
        await until(pilot, lambda: "40%; esc ends it" in pane_text(app, "#event"))
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is dashboard(app))
        await begin(pilot, app)
        await until(pilot, lambda: "is under way" in all_told(app))
        gate.open.set()
        await until(pilot, lambda: "Exported" in told(app))
    assert rows_of(only_file(tmp_path))


async def test_escape_ends_it_and_leaves_nothing(tmp_path: Path, gate: Gate) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("escape")  # nothing to end
        await begin(pilot, app)
        await until(pilot, lambda: app.exporter.running)
        await pilot.press("escape")
        await until(pilot, lambda: "The export was ended" in told(app))
        assert not app.exporter.running
    assert nothing_in(tmp_path)


async def test_a_fault_of_a_library_ends_the_export_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: object, **__: object) -> Path:
        raise ZeroDivisionError("in the depths")

    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        with monkeypatch.context() as patch:
            patch.setattr("nhem_tui.tui.exporter.export", stumble)
            await begin(pilot, app)
            await until(pilot, lambda: "Export: it failed (ZeroDivisionError)" in told(app))
        assert "in the depths" in caplog.text
        await exported(pilot, app)


async def test_on_other_screens_escape_first_ends_the_export(tmp_path: Path, gate: Gate) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PeaksScreen))
        await begin(pilot, app)
        await until(pilot, lambda: app.exporter.running)
        await pilot.press("escape")
        await until(pilot, lambda: "The export was ended" in told(app))
        assert isinstance(app.screen, PeaksScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PeaksScreen))
    assert nothing_in(tmp_path)


async def test_an_export_outlives_its_screen_and_the_program_ends_it(
    tmp_path: Path, gate: Gate
) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, CaptureScreen))
        await begin(pilot, app)
        await until(pilot, lambda: gate.cancelled is not None)
        app.screen.dismiss()
        await until(pilot, lambda: not isinstance(app.screen, CaptureScreen))
        assert app.exporter.running
        assert gate.cancelled is not None
        assert not gate.cancelled.is_set()
    assert gate.cancelled.is_set()


async def test_the_folder_of_the_settings_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    app = app_for(Path("~/measured/today"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await exported(pilot, app)
    assert only_file(tmp_path / "measured" / "today").suffix == ".csv"


async def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    app = make_app(live()[:1])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Connected" in told(app))
        await pilot.press("e")
        await until(pilot, lambda: "Nothing to export" in told(app))


def nothing_in(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_a_file_that_exists_is_never_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("precious")
    with pytest.raises(ValueError, match="exists"):
        target_of(str(tmp_path / "a.csv"), tmp_path)


def test_the_ending_says_the_format_and_gz_behind_it_compresses(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    assert target_of(f" {path} ", tmp_path) == ("json", path)
    assert target_of(" a.json ", path.parent) == ("json", path.parent / "a.json")


@pytest.mark.parametrize("text", ["", "a", "a.doc", "/nowhere/at/all/a.csv"])
def test_targets_that_cannot_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"ending|formats|folder"):
        target_of(text, Path())


@pytest.mark.parametrize(
    "name", ["~nobody-of-that-name/x.csv", f"{'x' * 300}.csv", "no/such/x.csv"]
)
def refused(app: NhemApp) -> bool:
    """By the question that is still open, or afterwards."""
    return "Export: " in told(app) if app.screen is dashboard(app) else wrong(app) != ""


@pytest.mark.parametrize(
    "name", ["~nobody-of-that-name/x.csv", f"{'x' * 300}.csv", "no/such/x.csv"]
)
async def test_a_name_that_cannot_be_written_leaves_the_program_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("e")
        await answer(pilot, app, name)
        await until(pilot, lambda: refused(app))
        assert app.is_running
    assert nothing_in(tmp_path)


async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    app = app_for(Path("~nobody-of-that-name"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("e")
        await until(pilot, lambda: "no home for ~nobody-of-that-name" in told(app))
        await pilot.press("R")
        await until(pilot, lambda: "Recording: " in told(app))
        assert not app.tape.running
