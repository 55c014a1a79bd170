"""Overviews: no extreme is lost, however long the recording, and a gap stays a gap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nhem_tui.recording.overview import Overview, overview_of
from nhem_tui.recording.reader import Recording
from nhem_tui.stream import events as ev
from tests.recording.support import NOON, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """40,000 samples at 40 Hz with one spike each way, 100 s of nothing in the middle."""
    told: list[tuple[int, ev.Event]] = []
    rng = np.random.default_rng(3)
    for n in range(400):
        pause = 100.0 if n >= 200 else 0.0
        numbers = np.arange(1 + n * 100, 101 + n * 100)
        values = rng.uniform(90.0, 110.0, 100)
        t = numbers / 40 + pause
        told.append((n, ev.Samples("main", 1, numbers, t, values, False, NOON)))
    told[37][1].values[50] = 250.0  # type: ignore[union-attr]
    told[300][1].values[50] = 3.0  # type: ignore[union-attr]
    return write(tmp_path / "long.nhem", told)


def overview(recording: Recording, t0: float, t1: float, columns: int) -> Overview:
    return overview_of(recording.slices("main", t0, t1), t0, t1, columns)


@pytest.mark.parametrize("columns", [7, 40, 300, 2000])
def test_columns_hold_the_extremes_of_their_samples(path: Path, columns: int) -> None:
    with Recording(path) as recording:
        everything = recording.window("main", -np.inf, np.inf)
        t0, t1 = 0.0, 1101.0
        found = overview(recording, t0, t1, columns)
    place = np.floor((everything.t - t0) / found.dt).astype(int)
    for column in range(columns):
        inside = everything.values[place == column]
        if inside.size:
            assert found.low[column] == inside.min()
            assert found.high[column] == inside.max()
        else:
            assert np.isnan(found.low[column])
    assert np.nanmax(found.high) == 250.0
    assert np.nanmin(found.low) == 3.0


def test_a_gap_wider_than_a_column_breaks_the_curve(path: Path) -> None:
    with Recording(path) as recording:
        series = overview(recording, 0.0, 1101.0, 60).series()
    in_gap = (series.t > 530) & (series.t < 570)
    assert in_gap.any()
    assert np.isnan(series.values[in_gap]).all()
    assert not np.isnan(series.values[(series.t > 20) & (series.t < 480)]).any()


def test_without_samples_there_is_nothing() -> None:
    assert np.isnan(overview_of([], 0.0, 10.0, 5).low).all()
