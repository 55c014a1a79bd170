"""Every real reply decodes, and says what the file says."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import (
    BackendError,
    InvalidValue,
    RouteMissing,
    ServerFault,
    Unauthorised,
)
from nhem_tui.backend.roi import Roi
from nhem_tui.backend.types import Health

from .support import PASSWORD, RECORDINGS, Desk, recorded, recording

Ask = Callable[[BackendClient], Awaitable[object]]

REPLIES: dict[str, Ask] = {
    "control-pause": lambda c: c.pause(),
    "control-peak-signal": lambda c: c.peak_signal(),
    "control-resume": lambda c: c.resume(),
    "control-status": lambda c: c.control_status(),
    "data-fps": lambda c: c.fps(),
    "health": lambda c: c.health(),
    "line-intersection-status": lambda c: c.line_status(),
    "paused-status": lambda c: c.status(),
    "paused-window-capture": lambda c: c.window(50),
    "peak-detection-config": lambda c: c.peak_config(),
    "roi-config": lambda c: c.roi(),
    "roi-frame-rate": lambda c: c.roi_frame_rate(),
    "running-dual-realtime": lambda c: c.dual_realtime(1),
    "running-realtime": lambda c: c.realtime(3),
    "running-roi-window-capture": lambda c: c.roi_window(50),
    "running-roi-window-peaks": lambda c: c.roi_window_with_peaks(100),
    "running-status": lambda c: c.status(),
    "running-window-capture": lambda c: c.window(60),
}

REFUSALS: dict[str, tuple[Ask, type[BackendError], str]] = {
    "config-unauthorized": (
        lambda c: c.config(),
        Unauthorised,
        "the server refused the password: 密码错误",
    ),
    "control-invalid-command": (
        lambda c: c.start(),
        InvalidValue,
        "Unsupported command (command: Must be one of PEAK_SIGNAL, STATUS, START_DETECT, "
        "STOP_DETECT, RESET)",
    ),
    "control-missing-password": (lambda c: c.start(), InvalidValue, "password: Field required"),
    "control-unauthorized": (
        lambda c: c.start(),
        Unauthorised,
        "the server refused the password: UNAUTHORIZED",
    ),
    "error-404-route": (
        lambda c: c.window(),
        RouteMissing,
        "this server does not have GET /data/window-capture: Not Found",
    ),
    "error-422": (
        lambda c: c.realtime(3),
        InvalidValue,
        "count: Input should be less than or equal to 1000",
    ),
    "paused-realtime-500": (
        lambda c: c.realtime(3),
        ServerFault,
        "the server failed (500): Internal server error - "
        "the server answers so whenever detection is not running",
    ),
    "peak-config-invalid": (
        lambda c: c.set_peak_config(threshold=60),
        InvalidValue,
        "Threshold must be between 50.0 and 200.0 (threshold: Range: 50.0-200.0)",
    ),
    "roi-invalid": (lambda c: c.set_roi(0, 0, 50, 50), InvalidValue, "INVALID_ROI_COORDINATES"),
}


def test_no_recording_is_left_out() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.json")} == REPLIES.keys() | REFUSALS.keys()


@pytest.mark.parametrize("name", REPLIES)
async def test_recorded_reply_decodes(name: str) -> None:
    reply = await REPLIES[name](Desk(recorded(name)).client())
    body = recorded(name)
    for field in ("frame_count", "current_value", "threshold", "status", "command", "version"):
        if field in body:
            assert getattr(reply, field) == body[field]
    if "timestamp" in body:
        expected = datetime.fromisoformat(body["timestamp"]).replace(tzinfo=UTC)
        assert getattr(reply, "time", None) == expected


@pytest.mark.parametrize("name", REFUSALS)
async def test_recorded_refusal_becomes_its_error(name: str) -> None:
    ask, kind, text = REFUSALS[name]
    status = recording(name)["status"]
    with pytest.raises(BackendError) as caught:
        await ask(Desk(recorded(name), status=status).client())
    assert type(caught.value) is kind
    assert caught.value.text == text
    assert caught.value.status == status


async def test_window_carries_frames_and_their_numbers() -> None:
    window = await Desk(recorded("running-window-capture")).client().window(60)
    assert len(window.series) == 60
    assert window.series[1].t == 0.022058
    assert window.series[0].value == 92.76113951789627
    assert window.capture_metadata.current_frame_count == 268277
    assert window.unix == datetime(2026, 11, 23, 5, 34, 36, 417777, tzinfo=UTC).timestamp()


async def test_roi_window_carries_numbered_samples() -> None:
    window = await Desk(recorded("running-roi-window-capture")).client().roi_window(50)
    assert [point.roi_index for point in window.series] == list(range(12540, 12590))
    assert window.series[0].gray_value == 94.6691015339664
    assert window.main_frame_range == (267145, 268270)


async def test_roi_window_with_peaks_carries_the_servers_intervals() -> None:
    window = await Desk(recorded("running-roi-window-peaks")).client().roi_window_with_peaks()
    assert window.green_peaks[:2] == ((11, 13), (20, 23))
    assert window.red_peaks[:2] == ((0, 2), (46, 49))
    assert (len(window.green_peaks), len(window.red_peaks)) == (6, 3)
    assert not window.fabricated
    assert window.peak_error == ""


async def test_pictures_are_png_files() -> None:
    reply = await Desk(recorded("running-dual-realtime")).client().dual_realtime()
    for data in (reply.dual_roi_data.roi1_data, reply.dual_roi_data.roi2_data):
        assert data.picture.word == ""
        assert data.picture.png.startswith(b"\x89PNG")
    assert reply.dual_roi_data.roi1_config == Roi(100, 100, 300, 250)
    assert reply.dual_roi_data.roi2_data.width == 37


async def test_health_has_no_time_and_needs_none() -> None:
    health = await Desk(recorded("health")).client().health()
    assert health == Health("ok", "NHEM API Server", "1.0.0")


async def test_reply_without_timestamp_has_no_unix_time() -> None:
    body = recorded("running-status")
    del body["timestamp"]
    assert math.isnan((await Desk(body).client().status()).unix)


async def test_line_status_names_its_settings() -> None:
    status = await Desk(recorded("line-intersection-status")).client().line_status()
    assert status.data.enabled
    assert status.data.config["hsv_green_lower"] == [40, 50, 50]


async def test_password_is_sent_where_the_recording_wanted_it() -> None:
    desk = Desk(recorded("control-status"))
    await desk.client().control_status()
    assert desk.requests[0].content == f"command=STATUS&password={PASSWORD}".encode()
