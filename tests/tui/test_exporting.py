"""Export from the dashboard, read back with csv and numpy."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import numpy as np
import pytest

from nhem_tui.config.schema import Export, Settings
from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.exporting import target_of
from nhem_tui.tui.screens.prompt import Prompt
from tests.tui.scripted import live, make_app, until
from tests.tui.test_keys import SIZE, ready, told


def app_for(folder: Path) -> NhemApp:
    export = Export(directory=str(folder))
    return make_app(live(), settings=msgspec.structs.replace(Settings(), export=export))


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


async def test_e_writes_every_sample_that_is_kept(tmp_path: Path) -> None:
    app = app_for(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: "Exported" in told(app))
        main = app.monitor.session.main.last(10_000)
    rows = [row for row in rows_of(only_file(tmp_path)) if row["channel"] == "main"]
    assert [int(row["number"]) for row in rows] == main.numbers.tolist()
    assert [float(row["value"]) for row in rows] == main.values.tolist()
    np.testing.assert_allclose([float(row["t"]) for row in rows], main.t, atol=1e-6)


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


async def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    app = make_app(live()[:1])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Connected" in told(app))
        await pilot.press("e")
        await until(pilot, lambda: "Nothing to export" in told(app))


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def nothing_in(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_a_file_that_exists_is_never_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("precious")
    with pytest.raises(ValueError, match="exists"):
        target_of(str(tmp_path / "a.csv"))


@pytest.mark.parametrize("text", ["", "a", "a.doc", "/nowhere/at/all/a.csv"])
def test_targets_that_cannot_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"ending|folder"):
        target_of(text)
