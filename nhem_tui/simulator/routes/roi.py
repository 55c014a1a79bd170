"""The region of interest and its frame rate (endpoints 8 to 12)."""

from __future__ import annotations

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.config_store import CannotSave
from nhem_tui.simulator.errors import ApiError, Crash, out_of_range, unauthorised
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import PASSWORD, Parameter, Values
from nhem_tui.simulator.regions import Region
from nhem_tui.simulator.router import Route
from nhem_tui.simulator.routes.realtime import roi1_data

_HIGHEST_RATE = 60


def _set_region(backend: Backend, values: Values) -> Json:
    if not backend.accepts(values["password"]):
        raise unauthorised()
    region = Region(*(values[name] for name in Region._fields))
    if region.x1 >= region.x2 or region.y1 >= region.y2:
        raise ApiError(400, "INVALID_ROI_COORDINATES")
    if min(region) < 0:
        raise Crash
    try:
        backend.config.change("roi_capture", default_config=region._asdict())
    except CannotSave:
        raise ApiError(500, "Failed to save ROI configuration") from None
    backend.engine.set_region(region, backend.now)
    return _region_body(backend, region)


def _region(backend: Backend, values: Values) -> Json:
    """Return the region of the file, which need not be the live one, nor that in memory."""
    try:
        region = backend.default_region
    except ValueError:
        region = backend.engine.region or Region(0, 0, 0, 0)
    return _region_body(backend, region)


def _capture(backend: Backend, values: Values) -> Json:
    if not backend.accepts(values["password"]):
        raise unauthorised()
    capture = backend.engine.capture_roi1(backend.now, fresh=True)
    if capture is None:
        raise ApiError(500, "ROI_CAPTURE_FAILED")
    return {
        "type": "roi_capture",
        "timestamp": backend.stamp(),
        "success": True,
        "roi_data": roi1_data(backend, capture),
        "config": capture.region._asdict(),
        "message": "ROI captured successfully",
    }


def _frame_rate(backend: Backend, values: Values) -> Json:
    return _rate_body(backend, f"Current ROI frame rate: {backend.roi_frame_rate} FPS")


def _set_frame_rate(backend: Backend, values: Values) -> Json:
    if not backend.accepts(values["password"]):
        raise unauthorised()
    rate = values["frame_rate"]
    if not 1 <= rate <= _HIGHEST_RATE:
        raise out_of_range(
            "INVALID_FRAME_RATE",
            f"Frame rate must be between 1 and {_HIGHEST_RATE}",
            "frame_rate",
            rate,
            f"Range: 1-{_HIGHEST_RATE}",
        )
    backend.roi_frame_rate = rate
    backend.engine.roi_interval = 1 / rate
    backend.config.try_change("roi_capture", frame_rate=rate)
    return _rate_body(backend, f"ROI frame rate set to {rate} FPS")


def _region_body(backend: Backend, region: Region) -> Json:
    return {
        "type": "roi_config",
        "timestamp": backend.stamp(),
        "config": region._asdict(),
        "success": True,
    }


def _rate_body(backend: Backend, message: str) -> Json:
    return {
        "type": "roi_frame_rate",
        "timestamp": backend.stamp(),
        "frame_rate": backend.roi_frame_rate,
        "success": True,
        "message": message,
    }


ROUTES = (
    Route("GET", "/roi/config", _region),
    Route(
        "POST",
        "/roi/config",
        _set_region,
        form=(*(Parameter(name, int) for name in Region._fields), PASSWORD),
    ),
    Route("POST", "/roi/capture", _capture, form=(PASSWORD,)),
    Route("GET", "/roi/frame-rate", _frame_rate),
    Route(
        "POST", "/roi/frame-rate", _set_frame_rate, form=(Parameter("frame_rate", int), PASSWORD)
    ),
)
