"""Stretches of history: main signal and ROI samples (endpoints 17 to 20)."""

from __future__ import annotations

from collections.abc import Sequence

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.errors import ApiError
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import Parameter, Values
from nhem_tui.simulator.regions import Region
from nhem_tui.simulator.router import Route
from nhem_tui.simulator.truth import Sample

_NO_DATA = "No data available for capture"


def _window(backend: Backend, values: Values) -> Json:
    engine = backend.engine
    frames = list(engine.frames)[-values["count"] :]
    if not frames:
        raise ApiError(404, _NO_DATA)
    newest, length = engine.frame_count, len(frames)
    start, end = max(0, newest - length), newest - 1
    began = frames[0].time
    return {
        "type": "window_capture",
        "timestamp": backend.stamp(),
        "window_size": values["count"],
        "frame_range": [start, end],
        "series": [{"t": (frame.time - began) / 1e6, "value": frame.value} for frame in frames],
        "capture_metadata": {
            "start_frame": start,
            "end_frame": end,
            "actual_frame_count": length,
            "baseline": engine.baseline(),
            "capture_duration": (frames[-1].time - began) / 1e6,
            "current_frame_count": newest,
        },
        "success": True,
        "message": "Window data captured successfully",
    }


def _roi_window(backend: Backend, values: Values) -> Json:
    samples = list(backend.engine.samples)[-values["count"] :]
    if not samples:
        raise ApiError(404, _NO_DATA)
    began = samples[0].time
    series = [
        {"t": (s.time - began) / 1e6, "gray_value": s.gray, "roi_index": s.number} for s in samples
    ]
    return {
        "type": "roi_window_capture",
        **roi_window_body(backend, samples, values["count"], series),
        "success": True,
        "message": "ROI window data captured successfully",
    }


def roi_window_body(
    backend: Backend, samples: Sequence[Sample], count: int, series: list[Json]
) -> Json:
    """Return what all windows of ROI samples have in common."""
    engine = backend.engine
    first, last = samples[0], samples[-1]
    duration = (last.time - first.time) / 1e6
    start, end = engine.sample_count - len(samples), engine.sample_count - 1
    return {
        "timestamp": backend.stamp(),
        "window_size": count,
        "roi_frame_range": [start, end],
        "main_frame_range": [first.main_frame, last.main_frame],
        "series": series,
        "roi_config": region_body(first.region),
        "capture_metadata": {
            "roi_start_frame": start,
            "roi_end_frame": end,
            "actual_roi_frame_count": len(samples),
            "main_frame_start": first.main_frame,
            "main_frame_end": last.main_frame,
            "capture_duration": duration,
            "current_roi_frame_count": engine.sample_count,
            "current_main_frame_count": engine.frame_count,
            "roi_buffer_size": len(engine.samples),
            "last_gray_value": last.gray,
            "actual_roi_fps": _rate(engine.samples),
            "available_roi_frames": len(engine.samples),
        },
    }


def region_body(region: Region) -> Json:
    """Return a region with its size and centre."""
    return {
        **region._asdict(),
        "width": region.width,
        "height": region.height,
        "center_x": region.x1 + region.width // 2,
        "center_y": region.y1 + region.height // 2,
    }


def _rate(samples: Sequence[Sample]) -> float:
    """Return the measured samples a second over the whole history."""
    duration = (samples[-1].time - samples[0].time) / 1e6
    return (len(samples) - 1) / duration if duration > 0 else 0.0


ROUTES = (
    Route(
        "GET",
        "/data/window-capture",
        _window,
        query=(Parameter("count", int, 100, low=50, high=200),),
    ),
    Route(
        "GET",
        "/data/roi-window-capture",
        _roi_window,
        query=(Parameter("count", int, 100, low=50, high=500),),
    ),
)
