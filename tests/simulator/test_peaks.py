"""The two detectors of the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nhem_tui.simulator.live_peak import sees_peak
from nhem_tui.simulator.peaks import window_peaks

CURVES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "window-peaks.json").read_text()
)


def test_every_curve_of_the_server_has_the_servers_peaks() -> None:
    assert len(CURVES) == 150
    for case in CURVES:
        found = window_peaks(
            case["curve"],
            threshold=case["threshold"],
            difference_threshold=case["difference_threshold"],
        )
        assert found.green == case["green"]
        assert found.red == case["red"]


def event(hold: int) -> list[float]:
    """A clean event of 60 gray levels, each value held for `hold` frames, 100 frames in all."""
    ramp = [0.0, 10.0, 25.0, 40.0, 55.0, 60.0, 58.0, 45.0, 30.0, 12.0, 2.0]
    held = [115.0 + level for level in ramp for _ in range(hold)]
    before = [95.0] * (60 - len(held) // 2)
    return (before + held + [95.0] * 100)[:100]


def test_the_live_detector_sees_an_event_unless_values_are_held_for_three_frames() -> None:
    assert sees_peak(event(hold=1), 105.0)
    assert [sees_peak(event(hold), 105.0) for hold in (3, 4, 5, 8)] == [False] * 4


def test_the_live_detector_wants_a_rise_over_three_frames() -> None:
    fall = [140.0, 130.0, 120.0, 110.0, 100.0]
    assert not sees_peak([95.0] * 50 + [150.0] * 4 + fall + [95.0] * 41, 105.0)
    assert sees_peak([95.0] * 48 + [118.0, 135.0, 150.0, 150.0] + fall + [95.0] * 43, 105.0)


def test_the_users_threshold_has_no_effect_from_frame_50_on() -> None:
    curve = event(hold=1)
    assert all(sees_peak(curve, threshold) for threshold in (60.0, 105.0, 190.0))
    early = curve[45:94]
    assert len(early) == 49
    assert sees_peak(early, 105.0)
    assert not sees_peak(early, 190.0)
