"""The detector agrees with the server's own answers."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.analysis.peaks import detect_peaks
from nhem_tui.analysis.tracker import PeakEvent, PeakTracker

CURVES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "window-peaks.json").read_text()
)


def test_every_curve_of_the_server_has_the_servers_peaks() -> None:
    assert len(CURVES) == 150
    for case in CURVES:
        peaks = detect_peaks(
            case["curve"],
            threshold=case["threshold"],
            difference_threshold=case["difference_threshold"],
        )
        for color in ("green", "red"):
            assert [[p.start, p.end] for p in peaks if p.color == color] == case[color]


@pytest.mark.parametrize("values", [[], [float("nan")] * 4, [10.0, 20.0]])
def test_nothing_to_find(values: list[float]) -> None:
    assert detect_peaks(values, threshold=100, difference_threshold=1) == []


def test_apex_is_the_first_maximum_and_a_peak_at_the_edge_is_provisional() -> None:
    flat = [90.0] * 6
    (peak,) = detect_peaks([*flat, 110, 120, 120, 105], threshold=100, difference_threshold=1)
    assert (peak.start, peak.apex, peak.end, peak.provisional) == (5, 7, 9, True)
    (peak,) = detect_peaks([*flat, 110, 120, *flat], threshold=100, difference_threshold=1)
    assert not peak.provisional
    assert peak.color == "red"


levels = st.lists(
    st.sampled_from([90.0, 95.0, 99.5, 104.0, 110.0, 130.0]), min_size=1, max_size=120
)


def track(values: list[float], cuts: list[int]) -> tuple[list[PeakEvent], PeakTracker]:
    tracker = PeakTracker(threshold=104, difference_threshold=1.1)
    curve = np.array(values)
    bounds = sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})
    told: list[PeakEvent] = []
    for start, stop in pairwise(bounds):
        numbers = np.arange(start, stop) + 500
        told += tracker.feed(1, numbers, numbers / 2.0, curve[start:stop])
    return told, tracker


@settings(max_examples=300, deadline=None)
@given(values=levels, cuts=st.lists(st.integers(0, 200), max_size=30))
def test_live_peaks_are_those_of_one_look_at_the_whole_curve(
    values: list[float], cuts: list[int]
) -> None:
    told, tracker = track(values, cuts)
    # A long quiet end settles everything without adding peaks.
    quiet = [90.0] * 6
    told += tracker.feed(
        1, np.arange(6) + 500 + len(values), np.arange(6) + 1000.0, np.array(quiet)
    )
    whole = detect_peaks([*values, *quiet], threshold=104, difference_threshold=1.1)
    assert [(e.first - 500, e.last - 500, e.apex - 500, e.color) for e in told] == [
        (p.start, p.end, p.apex, p.color) for p in whole
    ]
    assert tracker.green + tracker.red == len(whole)
    assert tracker.provisional == ()


def test_a_peak_is_provisional_until_its_colour_is_sure() -> None:
    told, tracker = track([90.0] * 6 + [120.0] * 3, [])
    assert told == []
    assert [event.provisional for event in tracker.provisional] == [True]
    told = tracker.feed(1, np.arange(509, 514), np.arange(5.0), np.full(5, 99.0))
    assert [(event.color, event.provisional) for event in told] == [("green", False)]


def test_a_gap_settles_what_is_open_and_starts_another_curve() -> None:
    _, tracker = track([90.0] * 6 + [120.0] * 3, [])
    told = tracker.feed(1, np.arange(600, 603), np.arange(3.0), np.array([120.0, 90.0, 90.0]))
    assert [event.last for event in told] == [508]
    assert [event.first for event in tracker.provisional] == [600]
