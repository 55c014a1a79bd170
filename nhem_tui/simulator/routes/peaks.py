"""ROI samples with the window detector's peaks, invented if there are none (endpoints 19, 20)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nhem_tui.simulator import noise
from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import Parameter, Values
from nhem_tui.simulator.peaks import Peaks, window_peaks
from nhem_tui.simulator.regions import Region
from nhem_tui.simulator.router import Route
from nhem_tui.simulator.routes.windows import region_body, roi_window_body

_SYNTHETIC_RATE = 60
_FABRICATED_FROM = 1000
_STREAM = 200


def _roi_window_with_peaks(backend: Backend, values: Values) -> Json:
    count = values["count"]
    if values["force_refresh"]:
        backend.engine.forget_captures()
    samples = list(backend.engine.samples)[-count:]
    if samples:
        grays = [sample.gray for sample in samples]
        body = roi_window_body(backend, samples, count, _series(grays, samples[0].number))
    else:
        grays = _fabricate(backend, count)
        body = _fabricated_body(backend, count, _series(grays, 0))
    settings = _settings(backend, values)
    found = _detect(grays, settings)
    return {
        "type": "roi_window_capture_with_peaks",
        **body,
        "peak_detection_results": {
            "green_peaks": found.green,
            "red_peaks": found.red,
            "total_peaks": len(found.green) + len(found.red),
            "green_peak_count": len(found.green),
            "red_peak_count": len(found.red),
        },
        "peak_detection_params": {**settings, "data_points": len(grays)},
        "success": True,
        "message": "ROI window data captured with peak detection analysis",
    }


def _waveform(backend: Backend, values: Values) -> Json:
    from nhem_tui.simulator.waveform import draw  # numpy and Pillow, only when one is asked for

    if values["force_refresh"]:
        backend.engine.forget_captures()
    count = values["count"]
    grays = [sample.gray for sample in backend.engine.samples][-count:]
    grays = grays or _fabricate(backend, count)
    settings = _settings(backend, values)
    found = _detect(grays, settings)
    return {
        "success": True,
        "timestamp": backend.stamp(),
        "image_data": draw(grays, found, settings["threshold"]),
        "metadata": {
            "data_points": len(grays),
            "green_peaks": len(found.green),
            "red_peaks": len(found.red),
            "total_peaks": len(found.green) + len(found.red),
            "detection_params": settings,
            "data_range": [min(grays), max(grays)],
        },
    }


def _series(grays: Sequence[float], first: int) -> list[Json]:
    """Return points whose times are not measured but counted."""
    return [
        {"t": i / _SYNTHETIC_RATE, "gray_value": gray, "roi_index": first + i}
        for i, gray in enumerate(grays)
    ]


def _fabricate(backend: Backend, count: int) -> list[float]:
    """Invent a curve, another one at every request."""
    seed, began = backend.engine.scene.seed, backend.now
    return [
        min(
            180.0,
            max(
                20.0,
                100.0
                + 20.0 * math.sin(i / 9.0)
                + 8.0 * math.sin(i / 3.1)
                + 10.0 * noise.bell(seed, _STREAM, began + i),
            ),
        )
        for i in range(count)
    ]


def _fabricated_body(backend: Backend, count: int, series: list[Json]) -> Json:
    """Return what surrounds an invented curve; only its counters betray it."""
    region = backend.engine.region or Region(0, 0, 200, 150)
    last = _FABRICATED_FROM + count - 1
    return {
        "timestamp": backend.stamp(),
        "window_size": count,
        "roi_frame_range": [0, -1],
        "main_frame_range": [_FABRICATED_FROM, last],
        "series": series,
        "roi_config": region_body(region.reported_roi2),
        "capture_metadata": {
            "roi_start_frame": 0,
            "roi_end_frame": -1,
            "actual_roi_frame_count": count,
            "main_frame_start": _FABRICATED_FROM,
            "main_frame_end": last,
            "capture_duration": series[-1]["t"],
            "current_roi_frame_count": 0,
            "current_main_frame_count": backend.engine.frame_count,
            "roi_buffer_size": 0,
            "last_gray_value": series[-1]["gray_value"],
            "actual_roi_fps": float(_SYNTHETIC_RATE),
            "available_roi_frames": 0,
        },
    }


def _settings(backend: Backend, values: Values) -> Json:
    """Return the settings asked for, those in force where none are."""
    return {
        name: getattr(backend.peaks, name) if values[name] is None else values[name]
        for name in ("threshold", "margin_frames", "difference_threshold")
    }


def _detect(grays: Sequence[float], settings: Json) -> Peaks:
    return window_peaks(
        grays,
        threshold=settings["threshold"],
        difference_threshold=settings["difference_threshold"],
    )


def _parameters(fewest: int, lowest: float) -> tuple[Parameter, ...]:
    return (
        Parameter("count", int, 100, low=fewest, high=500),
        Parameter("threshold", float, None, low=lowest, high=200),
        Parameter("margin_frames", int, None, low=1, high=20),
        Parameter("difference_threshold", float, None, low=0.1, high=10),
        Parameter("force_refresh", bool, False),
    )


ROUTES = (
    Route(
        "GET",
        "/data/roi-window-capture-with-peaks",
        _roi_window_with_peaks,
        query=_parameters(50, 0),
    ),
    Route("GET", "/data/waveform-with-peaks", _waveform, query=_parameters(10, 50)),
)
