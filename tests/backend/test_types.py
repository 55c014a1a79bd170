"""Servers that differ from the one recorded, within what the contract allows."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BadData
from nhem_tui.backend.types import PeakSignal

from .support import STATUS, Desk, recorded


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-23T05:34:36.500000",
        "2026-11-23T05:34:36.5Z",
        "2026-11-23T06:34:36.5+01:00",
    ],
)
async def test_time_is_utc_with_and_without_a_zone(stamp: str) -> None:
    status = await Desk({**STATUS, "timestamp": stamp}).client().status()
    assert status.time == datetime(2026, 11, 23, 5, 34, 36, 500_000, tzinfo=UTC)
    assert status.time.tzinfo is UTC


@pytest.mark.parametrize(
    "stamp",
    [
        "yesterday", "", 12345, [], {}, True, None, "2026-13-45T99:99:99", "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59",
    ],
)  # fmt: skip
async def test_a_time_that_is_none_spoils_no_reply(stamp: object) -> None:
    status = await Desk({**STATUS, "timestamp": stamp}).client().status()
    assert status.time is None
    assert math.isnan(status.unix)


@pytest.mark.parametrize(("sent", "peak"), [(None, False), (0, False), (1, True), (True, True)])
async def test_peak_signal_is_null_zero_or_one(sent: PeakSignal, peak: bool) -> None:
    assert (await Desk({**STATUS, "peak_signal": sent}).client().status()).peak is peak


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("running", "running"),
        ("Running ", "running"),
        ("stopped", "stopped"),
        ("paused", "stopped"),
        ("\x1b[31m", "stopped"),
        ("error", "error"),
    ],
)
async def test_state_is_one_of_three_words(word: str, state: str) -> None:
    assert (await Desk({**STATUS, "status": word}).client().status()).state == state


async def test_documented_realtime_reply_decodes() -> None:
    body = {
        "type": "realtime_data",
        "timestamp": "2025-12-08T12:00:00.000Z",
        "frame_count": 1250,
        "series": [{"t": 0.0, "value": 120, "extra": []}],
        "roi_data": {"width": 200, "height": 150, "pixels": "roi_x", "gray_value": 1},
        "peak_signal": 0,
        "enhanced_peak": {"signal": 1, "color": "green", "confidence": 0.9},
        "baseline": 100,
        "something_new": {"a": [1]},
    }
    reply = await Desk(body).client().realtime(1)
    assert reply.series[0].value == 120.0
    assert reply.enhanced_peak["color"] == "green"
    assert reply.roi_data is not None
    assert reply.roi_data.picture.word == "roi_x"


@pytest.mark.parametrize(
    "odd",
    [[25, 78], [[1]], [["a", "b"]], [[5, 2]], [[-1, 2]], [[0, 1_000]], [[1, 2.0]], "x", None, {}],
)
async def test_odd_peaks_are_left_out_and_break_nothing(odd: object) -> None:
    body = copy.deepcopy(recorded("running-roi-window-peaks"))
    body["peak_detection_results"]["green_peaks"] = odd
    window = await Desk(body).client().roi_window_with_peaks()
    assert window.green_peaks == ()
    assert len(window.red_peaks) == 3
    assert len(window.series) == 100


@pytest.mark.parametrize(
    ("changes", "fabricated"),
    [
        ({}, False),
        ({"available_roi_frames": 0}, True),
        ({"roi_buffer_size": 0}, True),
        ({"roi_frame_range": [-100, -1]}, True),
        ({"first": 0}, False),  # a documented server counts from 0
        ({"first": 0, "available_roi_frames": None, "roi_buffer_size": None}, True),
        ({"first": 1, "available_roi_frames": None, "roi_buffer_size": None}, False),
    ],
)
async def test_invented_windows_are_recognised(
    changes: dict[str, object], fabricated: bool
) -> None:
    body = copy.deepcopy(recorded("running-roi-window-peaks"))
    for name, value in changes.items():
        if name == "first":
            body["series"][0]["roi_index"] = value
        elif name in body:
            body[name] = value
        else:
            body["capture_metadata"][name] = value
    window = await Desk(body).client().roi_window_with_peaks()
    assert window.fabricated is fabricated


async def test_dual_reply_without_roi_keeps_its_word_and_zero() -> None:
    nothing = {"width": 0, "height": 0, "pixels": "roi_not_configured", "gray_value": 0.0}
    body = {
        "frame_count": 0,
        "series": [],
        "dual_roi_data": {
            "roi1_data": {**nothing, "format": "text"},
            "roi2_data": {**nothing, "format": "text"},
            "roi1_config": None,
        },
    }
    reply = await Desk(body).client().dual_realtime()
    assert reply.frame_count == 0
    assert reply.dual_roi_data.roi1_data.picture.word == "roi_not_configured"


@pytest.mark.parametrize(
    "point", [{"t": 0}, {"t": 0, "value": None}, {"t": "0", "value": 1}, [0, 1], 1]
)
async def test_one_bad_sample_makes_the_window_bad_data(point: object) -> None:
    body = copy.deepcopy(recorded("running-window-capture"))
    body["series"][30] = point
    with pytest.raises(BadData, match=r"series\[30\]"):
        await Desk(body).client().window(60)


async def test_endless_series_is_bad_data() -> None:
    body = {**recorded("running-window-capture"), "series": [{"t": 0, "value": 1}] * 10_001}
    with pytest.raises(BadData, match="series"):
        await Desk(body).client().window(60)


async def test_line_failure_hides_in_a_success() -> None:
    body = {
        **recorded("running-dual-realtime"),
        "line_intersection": {"error_message": "Failed to decode ROI1 image: Incorrect padding"},
    }
    reply = await Desk(body).client().enhanced_realtime()
    assert reply.line_intersection is not None
    assert reply.line_intersection.error_message == "Failed to decode ROI1 image: Incorrect padding"


@pytest.mark.parametrize("sent", ["NaN", "Infinity", "-Infinity", "1e999", "null"])
@pytest.mark.parametrize(
    ("name", "key"),
    [("running-window-capture", "value"), ("running-roi-window-capture", "gray_value")],
)
async def test_a_sample_without_a_value_comes_alone_or_spoils_the_reply(
    sent: str, name: str, key: str
) -> None:
    body = recorded(name)
    values = [point[key] for point in body["series"]]
    body["series"][1][key] = "HERE"
    client = Desk(content=json.dumps(body).replace('"HERE"', sent).encode()).client()
    ask = client.window if key == "value" else client.roi_window
    with pytest.raises(BadData):
        await ask()
    came = [getattr(point, key) for point in (await ask(lenient=True)).series]
    assert not math.isfinite(came[1])
    assert came[:1] + came[2:] == values[:1] + values[2:]


@pytest.mark.parametrize(("sent", "text"), [(math.nan, "NaN in the reply"), (None, "baseline")])
async def test_nan_beside_the_samples_is_none_of_theirs(sent: float | None, text: str) -> None:
    body = recorded("running-window-capture")
    body["capture_metadata"]["baseline"] = sent
    client = Desk(content=json.dumps(body).encode()).client()
    with pytest.raises(BadData, match=text):
        await client.window()
    assert len((await client.window(lenient=True)).series) == len(body["series"])


@pytest.mark.parametrize("sent", [math.nan, None])
async def test_a_state_without_gray_levels_is_a_state(sent: float | None) -> None:
    body = {**STATUS, "current_value": sent, "baseline": sent}
    status = await Desk(content=json.dumps(body).encode()).client().status(lenient=True)
    assert math.isnan(status.current_value)
    assert math.isnan(status.baseline)
    assert status.frame_count == STATUS["frame_count"]


async def test_what_nobody_reads_spoils_no_window() -> None:
    frames, samples = recorded("running-window-capture"), recorded("running-roi-window-capture")
    frames |= {"frame_range": [0.5], "window_size": -1}
    samples |= {"roi_config": {"x1": None}, "window_size": -1}
    read = {"current_frame_count", "actual_frame_count", "baseline"}
    read |= {"available_roi_frames", "roi_buffer_size"}
    for body in (frames, samples):
        metadata = body["capture_metadata"]
        metadata |= dict.fromkeys(metadata.keys() - read, "x")
    assert (await Desk(frames).client().window()).series
    assert (await Desk(samples).client().roi_window()).series


@pytest.mark.parametrize("field", ["current_frame_count", "actual_frame_count"])
async def test_a_counter_is_never_nan(field: str) -> None:
    body = recorded("running-window-capture")
    body["capture_metadata"][field] = math.nan
    with pytest.raises(BadData):
        await Desk(content=json.dumps(body).encode()).client().window(lenient=True)


PEAKS = recorded("peak-detection-config")
LINES = {"success": True, "result": {"line_count": 2}}


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**70, 10**400])
@pytest.mark.parametrize(
    ("body", "within", "name", "ask"),
    [
        (recorded("running-roi-window-capture"), "main_frame_range", 1, BackendClient.roi_window),
        (recorded("roi-config"), "config", "x2", BackendClient.roi),
        (PEAKS, "", "margin_frames", BackendClient.peak_config),
        (PEAKS, "", "min_region_length", BackendClient.peak_config),
        (LINES, "result", "line_count", lambda client: client.detect_lines(image_data="x")),
    ],
)
async def test_a_number_with_which_nobody_can_reckon_is_bad_data(
    body: dict[str, object],
    within: str,
    name: str | int,
    ask: Callable[[BackendClient], Awaitable[object]],
    number: int,
) -> None:
    body = copy.deepcopy(body)
    inner: Any = body[within] if within else body
    inner[name] = number
    with pytest.raises(BadData, match=f"{within}.*{name}"):
        await ask(Desk(body).client())
