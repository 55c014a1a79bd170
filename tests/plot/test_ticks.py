"""Ticks stand at nice numbers, inside the axis, under labels that can be told apart."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhem_tui.plot.ticks import LABEL_WIDTH, gray_label, gray_ticks, nice_step, time_ticks

counts = st.integers(1, 40)


@given(st.floats(-1e15, 9e14), st.floats(1, 1e14), counts)
def test_gray_ticks_of_any_axis(low: float, height: float, count: int) -> None:
    high = low + height
    ticks = gray_ticks(low, high, count)
    slack = 5e-6 * height
    assert len(ticks) <= count + 1
    assert all(low - slack <= tick.value <= high + slack for tick in ticks)
    assert all(a.value < b.value and a.label != b.label for a, b in pairwise(ticks))
    assert all(len(tick.label) == LABEL_WIDTH for tick in ticks)


@given(st.floats(0, 255), st.floats(1, 255), counts)
@example(140.5, 5.5, 1)
def test_no_axis_of_gray_levels_is_without_a_label(low: float, height: float, count: int) -> None:
    assert 1 <= len(gray_ticks(low, low + height, count)) <= count + 1


@given(st.floats(-1e9, 2e9), st.floats(1e-3, 1e6), counts, st.booleans())
def test_time_ticks_of_any_axis(t0: float, span: float, count: int, relative: bool) -> None:
    t1 = t0 + span
    ticks = time_ticks(t0, t1, count, t1 if relative else None)
    slack = 5e-6 * span + abs(t0) * 1e-12
    assert len(ticks) <= count + 1
    assert all(t0 - slack <= tick.value <= t1 + slack for tick in ticks)
    assert all(a.value < b.value for a, b in pairwise(ticks))
    if relative:
        assert ticks[-1].label in ("0", "0s")


@given(st.one_of(st.floats(), st.floats(0, 255)), st.integers(0, 3))
def test_a_gray_label_is_always_as_wide_and_never_lies(value: float, decimals: int) -> None:
    label = gray_label(value, decimals)
    assert len(label) == LABEL_WIDTH
    text = label.strip().replace("−", "-")
    if -9e99 < value < 1e300:
        assert float(text) == pytest.approx(value, rel=0.5, abs=0.5)
    elif math.isnan(value):
        assert text == "nan"


@pytest.mark.parametrize(
    ("value", "decimals", "label"),
    [
        (104.65, 1, "104.7"),
        (7.0, 0, "    7"),
        (-0.04, 1, "  0.0"),
        (-12.5, 1, "−12.5"),
        (123456.0, 1, "1.2e5"),
        (1e9, 0, "  1e9"),
        (-2e12, 0, "−2e12"),
        (math.inf, 0, "  inf"),
    ],
)
def test_gray_labels(value: float, decimals: int, label: str) -> None:
    assert gray_label(value, decimals) == label


@pytest.mark.parametrize(
    ("t0", "t1", "count", "origin", "labels"),
    [
        (-2.2, 0.0, 5, 0.0, ["−2.0s", "−1.5", "−1.0", "−0.5", "0"]),
        (0.0, 0.3, 3, None, ["0s", "0.1", "0.2", "0.3"]),
        (10.0, 12.2, 3, 12.2, ["−2s", "−1", "0"]),
        (0.0, 50.0, 5, None, ["0s", "10", "20", "30", "40", "50"]),
        (-600.0, 0.0, 4, 0.0, ["−10:00", "−5:00", "0"]),
        (0.0, 7200.0, 4, None, ["0", "30:00", "1:00:00", "1:30:00", "2:00:00"]),
    ],
)
def test_time_labels(
    t0: float, t1: float, count: int, origin: float | None, labels: list[str]
) -> None:
    assert [tick.label for tick in time_ticks(t0, t1, count, origin)] == labels


@given(st.floats(1e-300, 1e300))
def test_a_nice_step_is_one_two_or_five_and_not_far_above(rough: float) -> None:
    step = nice_step(rough)
    assert rough * (1 - 1e-8) <= step <= rough * 2.5 * (1 + 1e-8)
    assert f"{step:e}"[0] in "125"
