"""Recording from the dashboard, read back from the file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from nhem_tui.config.schema import Export, Settings
from nhem_tui.recording.reader import Recording
from nhem_tui.tui.screens.confirm import Confirm
from tests.tui.scripted import live, make_app, until
from tests.tui.test_keys import SIZE, dashboard, more, pane_text, ready, source, told


def settings_for(folder: Path) -> Settings:
    return msgspec.structs.replace(Settings(), export=Export(directory=str(folder)))


def recorded_in(folder: Path) -> Path:
    (path,) = folder.glob("*.nhem")
    return path


async def test_what_comes_while_it_runs_is_in_the_file(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: "REC" in pane_text(app, "#top"))
        fresh = more(app)
        source(app).queue.put_nowait(fresh)
        await until(pilot, lambda: app.monitor.session.snapshot.received > 1125)
        await pilot.press("b", "R")
        await until(pilot, lambda: "Recorded 45 samples" in told(app))
        assert "REC" not in pane_text(app, "#top")
    with Recording(recorded_in(tmp_path)) as recording:
        kept = list(recording.slices("main", -1e9, 1e9))
        assert [int(n) for part in kept for n in part.numbers] == fresh.numbers.tolist()
        assert [float(v) for part in kept for v in part.values] == fresh.values.tolist()
        assert [mark.text for mark in recording.marks()] == ["Mark 1"]


async def test_leaving_asks_while_it_runs(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: app.tape.running)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is dashboard(app))
        assert app.tape.running
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)
    assert not app.tape.running


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    app = make_app(live(), settings=settings_for(tmp_path / "nowhere"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: "Recording:" in told(app))
        assert not app.tape.running


async def test_a_disk_that_fills_up_ends_it_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(live(), settings=settings_for(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("R")
        await until(pilot, lambda: app.tape.running)
        monkeypatch.setattr("nhem_tui.recording.recorder.RESERVE", 1 << 60)
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: not app.tape.running)
        lines = [entry.text for entry in app.monitor.journal.entries]
        assert any("Recording ended" in line and "kept" in line for line in lines)
