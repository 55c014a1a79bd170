"""Figures about a stretch of samples, however short it is and whatever it lacks."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import astuple

from nhem_tui.analysis.statistics import describe

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "t", "figures"),
    [
        ([], [], (0, NAN, NAN, NAN, NAN, NAN, 0.0, NAN)),
        ([100.0], [5.0], (1, 100.0, 100.0, 100.0, 0.0, 100.0, 0.0, NAN)),
        ([NAN, NAN], [5.0, 5.5], (0, NAN, NAN, NAN, NAN, NAN, 0.5, 2.0)),
        ([NAN, 90.0, 92.0, 100.0], [5.0, 6.0, 7.0, 8.0],
         (3, 90.0, 100.0, 94.0, np.std([90.0, 92.0, 100.0]), 92.0, 3.0, 1.0)),
    ],
)  # fmt: skip
def test_what_a_stretch_amounts_to(
    values: list[float], t: list[float], figures: tuple[float, ...]
) -> None:
    found = astuple(describe(np.array(values), np.array(t)))
    assert found == pytest.approx(figures, nan_ok=True)
