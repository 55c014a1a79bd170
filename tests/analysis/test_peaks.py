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

from nhem_tui.analysis import tracker as tracker_module
from nhem_tui.analysis.peaks import detect_peaks
from nhem_tui.analysis.tracker import PeakEvent, PeakTracker
from tests.analysis import oracle

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


curves = st.one_of(
    st.lists(st.sampled_from([90.0, 104.0, 104.1, 106.0, 110.0]), max_size=60),
    st.lists(st.floats(80, 130), max_size=60),
    st.lists(st.floats(-1e12, 1e12), max_size=30),
)


@settings(max_examples=400, deadline=None)
@given(values=curves, difference=st.sampled_from([0.1, 1.1, 2.0]))
def test_it_agrees_to_the_last_bit_with_plain_loops(values: list[float], difference: float) -> None:
    found = detect_peaks(values, threshold=104, difference_threshold=difference)
    assert [peak[:5] for peak in found] == oracle.detect(
        values, threshold=104, difference_threshold=difference
    )


def test_sums_are_taken_one_by_one_where_that_decides_the_colour() -> None:
    before, after = [0.0, 0.0, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.0, 0.0]  # the same, reversed
    (peak,) = detect_peaks([*before, 110.0, *after], threshold=104, difference_threshold=0.0)
    assert (peak.color, 0 < peak.difference < 1e-15) == ("green", True)
    (peak,) = detect_peaks([*before, 110.0, *before], threshold=104, difference_threshold=0.0)
    assert (peak.color, peak.difference) == ("red", 0.0)


@pytest.mark.filterwarnings("error")
def test_wild_values_give_no_warning() -> None:
    least = float("-inf")
    wild = [least, 110.0, least, 90.0, -1e308, -1e308, 110.0, -1e308, -1e308, 110.0]
    colors = [p.color for p in detect_peaks(wild, threshold=104, difference_threshold=1)]
    assert colors == ["red", "red", "green"]


@settings(max_examples=300, deadline=None)
@given(values=st.lists(st.sampled_from([90.0, 95.0, 104.0, 106.0, 110.0]), max_size=30))
def test_a_peak_is_provisional_exactly_while_samples_to_come_can_change_it(
    values: list[float],
) -> None:
    def found(more: list[float]) -> dict[int, tuple[object, ...]]:
        peaks = detect_peaks([*values, *more], threshold=104, difference_threshold=1.1)
        return {peak.start: peak[:5] for peak in peaks}

    now = detect_peaks(values, threshold=104, difference_threshold=1.1)
    to_come = [[1000.0], [0.0], [90.0], [90.0, 1000.0], [0.0, 104.0, 0.0, 1000.0], [120.0] * 9]
    later = [found(more) for more in to_come]
    changed = [any(after.get(peak.start) != peak[:5] for after in later) for peak in now]
    assert [peak.provisional for peak in now] == changed


def test_a_rival_that_still_lasts_keeps_the_peak_before_it_provisional() -> None:
    curve = [*[90.0] * 6, 110.0, 100.0, *[106.0] * 6]
    (peak,) = detect_peaks(curve, threshold=104, difference_threshold=1.1)
    assert (peak.apex, peak.provisional) == (6, True)
    (rival,) = detect_peaks([*curve, 120.0], threshold=104, difference_threshold=1.1)
    assert rival.apex == 14
    (peak,) = detect_peaks([*curve, 90.0], threshold=104, difference_threshold=1.1)
    assert (peak.apex, peak.provisional) == (6, False)


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


@settings(max_examples=200, deadline=None)
@given(values=levels, cuts=st.lists(st.integers(0, 200), max_size=30))
def test_what_is_forgotten_of_long_cores_changes_no_peak(
    values: list[float], cuts: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        told = track(values, cuts)[0]
        patch.setattr(tracker_module, "LONG", 1)
        assert track(values, cuts)[0] == told


def test_a_level_that_stays_above_the_threshold_is_followed_at_no_cost() -> None:
    rng = np.random.default_rng(2)
    values = np.concatenate((np.full(10, 90.0), rng.normal(120, 2, 30_000), np.full(10, 99.0)))
    tracker = PeakTracker(threshold=104, difference_threshold=1.1)
    numbers = np.arange(len(values))
    told: list[PeakEvent] = []
    for start in range(0, len(values), 500):
        part = slice(start, start + 500)
        told += tracker.feed(1, numbers[part], numbers[part] / 2, values[part])
        assert len(tracker._values) < 3000
    (peak,) = detect_peaks(values, threshold=104, difference_threshold=1.1)
    (event,) = told
    assert (event.first, event.last, event.apex) == (peak.start, peak.end, peak.apex)
    assert (event.color, event.difference) == ("green", peak.difference)


def test_other_parameters_do_not_judge_a_core_whose_inside_is_forgotten() -> None:
    values = np.full(5000, 110.0)
    values[[1000, 4990]] = 140.0
    tracker = PeakTracker(threshold=104, difference_threshold=1.1)
    for start in range(0, 5000, 100):
        part = np.arange(start, start + 100)
        tracker.feed(1, part, part / 2, values[part])
    tracker.retune(threshold=130, difference_threshold=1.1)
    found = [event.apex for event in (*tracker.settled, *tracker.provisional)]
    assert found == [4990]


def test_a_peak_is_provisional_until_its_colour_is_sure() -> None:
    told, tracker = track([90.0] * 6 + [120.0] * 3, [])
    assert told == []
    assert [event.provisional for event in tracker.provisional] == [True]
    told = tracker.feed(1, np.arange(509, 514), np.arange(5.0), np.full(5, 99.0))
    assert [(event.color, event.provisional) for event in told] == [("green", False)]


@pytest.mark.parametrize(("epoch", "number"), [(1, 600), (2, 509), (2, 1)])
def test_a_gap_or_a_restart_settles_what_is_open_and_starts_another_curve(
    epoch: int, number: int
) -> None:
    _, tracker = track([90.0] * 6 + [120.0] * 3, [])
    numbers = np.arange(number, number + 3)
    told = tracker.feed(epoch, numbers, np.arange(3.0), np.array([120.0, 90.0, 90.0]))
    assert [(event.epoch, event.last) for event in told] == [(1, 508)]
    assert [(event.epoch, event.first) for event in tracker.provisional] == [(epoch, number)]
