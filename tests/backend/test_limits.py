"""What is refused before it is sent."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import pytest

from nhem_tui.backend import limits
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import InvalidValue

from .support import Desk

BOTH_ENDS = [
    (limits.THRESHOLD, 50, 200),
    (limits.CAPTURE_THRESHOLD, 0, 200),
    (limits.MARGIN_FRAMES, 1, 20),
    (limits.DIFFERENCE_THRESHOLD, 0.1, 10),
    (limits.MIN_REGION_LENGTH, 1, 10),
    (limits.ROI_FRAME_RATE, 1, 30),
    (limits.FPS, 10, 120),
    (limits.REALTIME_COUNT, 1, 1000),
    (limits.WINDOW_COUNT, 50, 200),
    (limits.ROI_WINDOW_COUNT, 50, 500),
    (limits.WAVEFORM_COUNT, 10, 500),
    (limits.CONFIG_LIMITS["server.port"], 1, 65_535),
    (limits.CONFIG_LIMITS["data_processing.fps"], 1, 120),
    (limits.CONFIG_LIMITS["data_processing.buffer_size"], 10, 1000),
    (limits.CONFIG_LIMITS["data_processing.max_frame_count"], 100, 100_000),
    (limits.CONFIG_LIMITS["roi_capture.frame_rate"], 1, 30),
    (limits.CONFIG_LIMITS["roi_capture.update_interval"], 0.1, 10),
    (limits.CONFIG_LIMITS["peak_detection.difference_threshold"], 0, 10),
    (limits.LINE_LIMITS["hsv_green_lower_0"], 0, 179),
    (limits.LINE_LIMITS["hsv_green_upper_1"], 0, 255),
    (limits.LINE_LIMITS["canny_low_threshold"], 0, 255),
    (limits.LINE_LIMITS["min_confidence"], 0, 1),
    (limits.LINE_LIMITS["min_angle_degrees"], 0, 90),
    (limits.LINE_LIMITS["parallel_threshold"], 0.0001, 1),
]


@pytest.mark.parametrize(("limit", "low", "high"), BOTH_ENDS)
def test_both_ends_are_allowed_and_nothing_beyond(
    limit: limits.Limit, low: float, high: float
) -> None:
    step = 1 if limit.whole else 0.01
    assert limit.check(low) == low
    assert limit.check(high) == high
    for beyond in (low - step, high + step):
        with pytest.raises(InvalidValue, match=f"{low:g} to {high:g}"):
            limit.check(beyond)


@pytest.mark.parametrize(
    ("name", "low"),
    [
        ("hough_threshold", 1),
        ("hough_min_line_length", 1),
        ("hough_max_line_gap", 0),
        ("cache_timeout_ms", 0),
        ("max_processing_time_ms", 50),
    ],
)
def test_what_has_no_upper_end_has_a_lower_one(name: str, low: int) -> None:
    limit = limits.LINE_LIMITS[name]
    assert limit.check(low) == low
    assert limit.check(10**9) == 10**9
    with pytest.raises(InvalidValue, match=f"at least {low}"):
        limit.check(low - 1)


@pytest.mark.parametrize(("limit", "low", "high"), BOTH_ENDS)
def test_the_nearest_number_is_allowed(limit: limits.Limit, low: float, high: float) -> None:
    assert limit.nearest(low - 0.5) == low
    assert limit.nearest(high + 0.5) == high
    assert limit.check(limit.nearest((low + high) / 3))


@pytest.mark.parametrize("junk", [math.nan, math.inf, -math.inf, True, "100", None, [100]])
@pytest.mark.parametrize("limit", [limits.THRESHOLD, limits.FPS])
def test_what_is_no_number_is_refused(limit: limits.Limit, junk: object) -> None:
    with pytest.raises(InvalidValue):
        limit.check(junk)


def test_whole_numbers_are_asked_for_where_the_server_wants_them() -> None:
    with pytest.raises(InvalidValue, match="a whole number from 1 to 30 Hz"):
        limits.ROI_FRAME_RATE.check(4.0)


@pytest.mark.parametrize(
    "corners", [(0, 0, 50, 50), (100, 100, 300, 250), (5000, 0, 5050, 100_000)]
)
def test_regions_from_fifty_by_fifty_are_allowed(corners: tuple[int, int, int, int]) -> None:
    limits.check_roi(*corners)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ((0, 0, 49, 50), "at least 50"),
        ((0, 0, 50, 49), "simulated"),
        ((-1, 0, 100, 100), "internal error"),
        ((100, 100, 50, 200), "ROI x2 must be more than x1, not 50 and 100"),
        ((0, 100, 200, 100), "ROI y2 must be more than y1, not 100 and 100"),
        ((0, 0, math.nan, 100), "whole number"),
        ((0.0, 0, 100, 100), "whole number"),
        ((False, 0, 100, 100), "whole number"),
    ],
)
def test_other_regions_are_refused_with_the_reason(
    corners: tuple[int, int, int, int], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        limits.check_roi(*corners)


NEVER_SENT: list[tuple[Callable[[BackendClient], Awaitable[object]], str]] = [
    (lambda c: c.set_roi(0, 0, 30, 30), "simulated"),
    (lambda c: c.set_roi_frame_rate(31), "no other setting"),
    (lambda c: c.set_fps(9), "10 to 120"),
    (lambda c: c.set_peak_config(threshold=49.9), "50 to 200"),
    (lambda c: c.set_peak_config(margin_frames=21), "1 to 20"),
    (lambda c: c.set_peak_config(difference_threshold=math.nan), r"0\.1 to 10"),
    (lambda c: c.set_peak_config(min_region_length=11), "poison"),
    (lambda c: c.set_peak_config(), "no setting"),
    (lambda c: c.realtime(1001), "1 to 1000"),
    (lambda c: c.dual_realtime(0), "1 to 1000"),
    (lambda c: c.enhanced_realtime(0), "1 to 1000"),
    (lambda c: c.window(49), "50 to 200"),
    (lambda c: c.roi_window(501), "50 to 500"),
    (lambda c: c.roi_window_with_peaks(49), "50 to 500"),
    (lambda c: c.roi_window_with_peaks(threshold=201), "0 to 200"),
    (lambda c: c.roi_window_with_peaks(margin_frames=0), "1 to 20"),
    (lambda c: c.waveform(9), "10 to 500"),
    (lambda c: c.waveform(threshold=20), "50 to 200"),
    (lambda c: c.set_line_config({}), "no setting"),
    (lambda c: c.set_line_config({"password": "x"}), "no setting 'password'"),
    (lambda c: c.set_line_config({"hough_threshold": 0}), "at least 1"),
    (lambda c: c.set_line_config({"enabled": "yes"}), "enabled must be true or false"),
    (lambda c: c.set_line_config({"roi_processing_mode": "x"}), "roi1_only"),
    (lambda c: c.set_line_config({"hsv_green_lower_0": 40}), "all three"),
]


@pytest.mark.parametrize(("ask", "words"), NEVER_SENT)
async def test_bad_value_is_refused_before_anything_is_sent(
    ask: Callable[[BackendClient], Awaitable[object]], words: str
) -> None:
    desk = Desk({})
    with pytest.raises(InvalidValue, match=words):
        await ask(desk.client())
    assert not desk.requests
