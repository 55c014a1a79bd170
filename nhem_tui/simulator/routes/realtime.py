"""Pictures with the current gray value; only while detection runs (endpoints 3 to 5)."""

from __future__ import annotations

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.engine import Capture
from nhem_tui.simulator.errors import Crash
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.live_peak import peak_signal
from nhem_tui.simulator.parameters import Parameter, Values
from nhem_tui.simulator.regions import SIDE, Region
from nhem_tui.simulator.router import Route

_COUNT = Parameter("count", int, 100, low=1, high=1000)


def _realtime(backend: Backend, values: Values) -> Json:
    _crash_unless_running(backend)
    engine, count = backend.engine, values["count"]
    capture = engine.capture_roi1(backend.now)
    if capture is not None:
        series = _copies(capture.gray1, count, backend.roi_frame_rate)
        roi_data = roi1_data(backend, capture)
    else:
        frames = list(engine.frames)[-count:]
        series = [{"t": (f.time - frames[0].time) / 1e6, "value": f.value} for f in frames]
        word = "roi_not_configured" if engine.region is None else "roi_capture_failed"
        roi_data = word_data(word, engine.baseline())
    return {
        "type": "realtime_data",
        "timestamp": backend.stamp(),
        "frame_count": engine.frame_count,
        "series": series,
        "roi_data": roi_data,
        "peak_signal": peak_signal(backend),
        "enhanced_peak": None,
        "baseline": engine.baseline(),
    }


def _dual(backend: Backend, values: Values) -> Json:
    return {"type": "dual_realtime_data", **_dual_body(backend, values["count"])}


def _enhanced(backend: Backend, values: Values) -> Json:
    body = {"type": "enhanced_realtime_data", **_dual_body(backend, values["count"])}
    lines = values["include_line_intersection"]
    body["line_intersection"] = dict(_UNDECODED) if lines else None
    return body


_UNDECODED: Json = {
    "has_intersection": False,
    "intersection": None,
    "confidence": 0.0,
    "line_count": 0,
    "detected_lines": [],
    "processing_time_ms": 0.0,
    "error_message": "Failed to decode ROI1 image: Incorrect padding",
}


def _dual_body(backend: Backend, count: int) -> Json:
    _crash_unless_running(backend)
    engine, region = backend.engine, backend.engine.region
    if region is None:
        data = word_data("roi_not_configured", 0.0)
        return _dual_reply(backend, [], data, data, None, known=False)
    frame_count = engine.frame_count
    capture = engine.capture_both(backend.now)
    if capture is None:
        data1 = word_data("roi1_capture_failed", engine.baseline())
        data2 = word_data("roi2_extract_failed", engine.baseline())
        return _dual_reply(backend, [], data1, data2, region, known=True)
    series = _copies(capture.gray2, count, backend.roi_frame_rate)
    body = _dual_reply(
        backend, series, roi1_data(backend, capture), _roi2_data(backend, capture), region
    )
    return {**body, "frame_count": frame_count}


def _dual_reply(
    backend: Backend,
    series: list[Json],
    data1: Json,
    data2: Json,
    region: Region | None,
    *,
    known: bool = True,
) -> Json:
    """Put a reply together; without a configured ROI its counter and baseline read 0."""
    engine = backend.engine
    named = region or Region(0, 0, 0, 0)
    centre = region.reported_roi2 if region else named
    return {
        "timestamp": backend.stamp(),
        "frame_count": engine.frame_count if known else 0,
        "series": series,
        "dual_roi_data": {
            "roi1_data": data1,
            "roi2_data": data2,
            "roi1_config": named._asdict(),
            "roi2_config": centre._asdict(),
        },
        "peak_signal": peak_signal(backend) if known else None,
        "enhanced_peak": None,
        "baseline": engine.baseline() if known else 0.0,
    }


def roi1_data(backend: Backend, capture: Capture) -> Json:
    """Return the picture of ROI 1, with the size of the region on the screen."""
    return {
        "width": capture.region.width,
        "height": capture.region.height,
        "pixels": backend.camera.roi1_url(capture),
        "gray_value": capture.gray1,
        "format": "base64",
    }


def _roi2_data(backend: Backend, capture: Capture) -> Json:
    return {
        "width": SIDE,
        "height": SIDE,
        "pixels": backend.camera.roi2_url(capture),
        "gray_value": capture.gray2,
        "format": "base64",
    }


def word_data(word: str, gray: float) -> Json:
    """Return what stands in for a picture that there is not."""
    return {"width": 0, "height": 0, "pixels": word, "gray_value": gray, "format": "text"}


def _copies(gray: float, count: int, rate: float) -> list[Json]:
    """Return the one current value `count` times; this is no history."""
    return [{"t": i / rate, "value": gray} for i in range(count)]


def _crash_unless_running(backend: Backend) -> None:
    if not backend.engine.running:
        raise Crash


ROUTES = (
    Route("GET", "/data/realtime", _realtime, query=(_COUNT,)),
    Route("GET", "/data/dual-realtime", _dual, query=(_COUNT,)),
    Route(
        "GET",
        "/data/realtime/enhanced",
        _enhanced,
        query=(_COUNT, Parameter("include_line_intersection", bool, False)),
    ),
)
