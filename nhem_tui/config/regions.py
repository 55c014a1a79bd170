"""The region proposed for a server without one, as a whole."""

from __future__ import annotations

from typing import Final

from nhem_tui.config.schema import Roi

SHORTEST: Final = 50
"""Pixels: with a shorter side the server shows simulated data (contract section 12)."""

SIDES: Final = tuple(f"roi.default_{name}" for name in ("x1", "y1", "x2", "y2"))


def region_problem(roi: Roi) -> str:
    """Say what is wrong with the four edges together, empty if nothing is."""
    edges = {
        "x": (roi.default_x1, roi.default_x2),
        "y": (roi.default_y1, roi.default_y2),
    }
    wrong = [
        f"roi.default_{axis}2 must be at least {SHORTEST} px more than roi.default_{axis}1, "
        f"not {high} and {low}"
        for axis, (low, high) in edges.items()
        if high - low < SHORTEST
    ]
    return "; ".join(wrong)
