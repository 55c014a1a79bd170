"""Frame rate of the main signal and settings of peak detection (endpoints 13 to 16)."""

from __future__ import annotations

from dataclasses import asdict

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.config_store import CannotSave
from nhem_tui.simulator.errors import ApiError, out_of_range, unauthorised
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import PASSWORD, Parameter, Values
from nhem_tui.simulator.router import Route

_SLOWEST, _FASTEST = 10, 120
_PEAK_LIMITS: dict[str, tuple[float, float]] = {
    "threshold": (50.0, 200.0),
    "margin_frames": (1, 20),
    "difference_threshold": (0.1, 10.0),
    "min_region_length": (1, 20),  # the file's schema ends at 10
}


def _fps(backend: Backend, values: Values) -> Json:
    return _fps_body(backend, backend.fps, f"Current data generation FPS: {backend.fps}")


def _set_fps(backend: Backend, values: Values) -> Json:
    """Write to the file only; success is said also if that fails."""
    if not backend.accepts(values["password"]):
        raise unauthorised()
    fps = values["fps"]
    if not _SLOWEST <= fps <= _FASTEST:
        raise out_of_range(
            "INVALID_FPS",
            f"FPS must be between {_SLOWEST} and {_FASTEST}",
            "fps",
            fps,
            f"Range: {_SLOWEST}-{_FASTEST}",
        )
    backend.config.try_change("data_processing", fps=fps)
    return _fps_body(backend, fps, f"Data generation FPS set to {fps}")


def _fps_body(backend: Backend, fps: float, message: str) -> Json:
    return {
        "type": "data_fps",
        "timestamp": backend.stamp(),
        "fps": fps,
        "success": True,
        "message": message,
    }


def _peak_config(backend: Backend, values: Values) -> Json:
    return _peak_body(backend, "Peak detection configuration retrieved successfully")


def _set_peak_config(backend: Backend, values: Values) -> Json:
    """Check, save, then put in force; needs no password."""
    changes = {name: value for name, value in values.items() if value is not None}
    for name, value in changes.items():
        low, high = _PEAK_LIMITS[name]
        if not low <= value <= high:
            words = name.replace("_", " ").capitalize()
            raise out_of_range(
                f"INVALID_{name.upper()}",
                f"{words} must be between {low} and {high}",
                name,
                value,
                f"Range: {low}-{high}",
            )
    if not changes:
        return _peak_body(backend, "no changes")
    try:
        backend.config.change("peak_detection", **changes)
    except CannotSave:
        raise ApiError(500, "Failed to save peak detection configuration") from None
    for name, value in changes.items():
        setattr(backend.peaks, name, value)
    listed = ", ".join(f"{name}={value}" for name, value in changes.items())
    return _peak_body(backend, f"Peak detection configuration updated: {listed}")


def _peak_body(backend: Backend, message: str) -> Json:
    return {
        "type": "peak_detection_config",
        "timestamp": backend.stamp(),
        **asdict(backend.peaks),
        "success": True,
        "message": message,
    }


ROUTES = (
    Route("GET", "/data/fps", _fps),
    Route("POST", "/data/fps", _set_fps, form=(Parameter("fps", int), PASSWORD)),
    Route("GET", "/peak-detection/config", _peak_config),
    Route(
        "POST",
        "/peak-detection/config",
        _set_peak_config,
        form=(
            Parameter("threshold", float, None),
            Parameter("margin_frames", int, None),
            Parameter("difference_threshold", float, None),
            Parameter("min_region_length", int, None),
        ),
    ),
)
