"""Health, state and control (endpoints 1, 2, 6) and the dummy analysis (7)."""

from __future__ import annotations

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.errors import ApiError, out_of_range, unauthorised
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.live_peak import peak_signal
from nhem_tui.simulator.parameters import PASSWORD, Parameter, Values
from nhem_tui.simulator.router import Route

_MESSAGES = {
    "start_detection": "Detection started",
    "stop_detection": "Detection stopped",
    "pause_detection": "Detection paused",
    "resume_detection": "Detection resumed",
}


def _health(backend: Backend, values: Values) -> Json:
    return {"status": "ok", "system": "NHEM API Server", "version": "1.0.0"}


def _status(backend: Backend, values: Values) -> Json:
    engine = backend.engine
    return {
        "status": _state(backend),
        "frame_count": engine.frame_count,
        "current_value": engine.value,
        "peak_signal": peak_signal(backend),
        "buffer_size": len(engine.frames),
        "baseline": engine.baseline(),
        "timestamp": backend.stamp(),
    }


def _control(backend: Backend, values: Values) -> Json:
    if not backend.accepts(values["password"]):
        raise unauthorised()
    command = values["command"].strip().lower()
    engine = backend.engine
    if command == "status":
        return {
            "type": "status",
            "timestamp": backend.stamp(),
            "server_status": _state(backend),
            "connected_clients": 0,
            "last_peak_signal": peak_signal(backend),
        }
    if command == "peak_signal":
        signal = peak_signal(backend)
        return {
            "type": "peak_signal",
            "timestamp": backend.stamp(),
            "signal": signal,
            "has_peak": signal == 1,
            "current_value": engine.value,
            "frame_count": engine.frame_count,
        }
    if command not in _MESSAGES:
        raise out_of_range(
            "INVALID_COMMAND",
            "Unsupported command",
            "command",
            values["command"],
            "Must be one of PEAK_SIGNAL, STATUS, START_DETECT, STOP_DETECT, RESET",
        )
    if command == "start_detection" and engine.region is None:
        raise ApiError(400, "ROI_NOT_CONFIGURED", "ROI must be configured before detection starts")
    if command in ("start_detection", "resume_detection"):
        engine.start(backend.now)
    else:
        engine.stop(backend.now)
    return {
        "type": "control_response",
        "timestamp": backend.stamp(),
        "command": command,
        "status": "success",
        "message": _MESSAGES[command],
    }


def _analyze(backend: Backend, values: Values) -> Json:
    if values["realtime"] == (values["file"] is not None):
        message = "Exactly one of realtime and file must be given"
        raise ApiError(400, "INVALID_PARAMETER", message)
    engine = backend.engine
    frames = list(engine.frames)[-100:]
    baseline = engine.baseline()
    signal = peak_signal(backend)
    return {
        "has_hem": signal == 1,
        "events": [],
        "baseline": baseline,
        "series": [
            {
                "t": (frame.time - frames[0].time) / 1e6,
                "value": frame.value,
                "ref": baseline,
                "std": 0.0,
                "high": baseline,
                "orange": baseline,
            }
            for frame in frames
        ],
        "realtime": values["realtime"],
        "peak_signal": signal,
        "enhanced_peak": None,
        "peak_regions": [],
        "frame_count": engine.frame_count,
    }


def _state(backend: Backend) -> str:
    return "running" if backend.engine.running else "stopped"


ROUTES = (
    Route("GET", "/health", _health),
    Route("GET", "/status", _status),
    Route("POST", "/control", _control, form=(Parameter("command"), PASSWORD)),
    Route(
        "POST",
        "/analyze",
        _analyze,
        form=(
            Parameter("realtime", bool, False),
            Parameter("file", str, None),
            Parameter("duration", float, 10.0),
            *(Parameter(name, int, None) for name in ("roi_x", "roi_y", "roi_w", "roi_h")),
            Parameter("sample_fps", float, 8.0),
        ),
    ),
)
