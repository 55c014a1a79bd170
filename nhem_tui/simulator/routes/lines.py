"""Line-intersection detection, which fails inside and says success (endpoints 26 to 32)."""

from __future__ import annotations

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.config_store import LINE_DEFAULTS, CannotSave
from nhem_tui.simulator.errors import ApiError, Misfit, unauthorised
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import PASSWORD, Parameter, Values
from nhem_tui.simulator.regions import Region
from nhem_tui.simulator.router import Route

_BASE = "/api/roi/line-intersection"
_FAILURE = "'cv2.UMat' object has no attribute 'release'"
_TRIPLES = ("hsv_green_lower", "hsv_green_upper")
_LIMITS: dict[str, tuple[type, float, float]] = {
    **{f"{triple}_{i}": (int, 0, 255 if i else 179) for triple in _TRIPLES for i in range(3)},
    "canny_low_threshold": (int, 0, 255),
    "canny_high_threshold": (int, 0, 255),
    "hough_threshold": (int, 1, 10**9),
    "hough_min_line_length": (int, 1, 10**9),
    "hough_max_line_gap": (int, 0, 10**9),
    "min_confidence": (float, 0, 1),
    "cache_timeout_ms": (int, 0, 10**9),
    "max_processing_time_ms": (int, 50, 10**9),
    "min_angle_degrees": (float, 0, 90),
    "max_angle_degrees": (float, 0, 90),
    "parallel_threshold": (float, 0.0001, 1),
}
_ORDERED = (
    ("canny_low_threshold", "canny_high_threshold"),
    ("min_angle_degrees", "max_angle_degrees"),
)


def _detect(backend: Backend, values: Values) -> Json:
    """Fail slowly; what is wrong with a request is said with status 200."""
    document = values["document"]
    if not isinstance(document, dict) or "password" not in document:
        raise Misfit(
            [
                {
                    "type": "missing",
                    "loc": ["body", "password"],
                    "msg": "Field required",
                    "input": document,
                }
            ]
        )
    region, image = document.get("roi_coordinates"), document.get("image_data")
    if not backend.accepts(document["password"]):
        return _refusal(backend, "密码错误", "Invalid password")
    if (region is None) == (image is None):
        return _refusal(backend, "请提供roi_coordinates或image_data其中之一", "Invalid input")
    if region is not None:
        _add_to_history(backend, region)
    backend.busy = backend.line_detection_seconds
    milliseconds = backend.line_detection_seconds * 1000
    return {
        "success": True,
        "timestamp": backend.stamp(),
        "message": "线条检测完成",
        "result": {
            "has_intersection": False,
            "intersection": None,
            "confidence": 0.0,
            "line_count": 0,
            "detected_lines": [],
            "processing_time_ms": milliseconds,
            "error_message": _FAILURE,
        },
        "processing_info": {"source": "image_data" if region is None else "roi_coordinates"},
        "debug_info": {} if document.get("include_debug_info") else None,
        "error_details": None,
    }


def _refusal(backend: Backend, message: str, details: str) -> Json:
    return {
        "success": False,
        "timestamp": backend.stamp(),
        "message": message,
        "result": None,
        "processing_info": None,
        "debug_info": None,
        "error_details": details,
    }


def _add_to_history(backend: Backend, coordinates: object) -> None:
    """Capture the region asked for, whose gray value lands in the ROI history."""
    try:
        region = Region(*(int(coordinates[name]) for name in Region._fields))  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return
    if region.x1 < region.x2 and region.y1 < region.y2 and region.visible > 0:
        backend.engine.capture_other(region, backend.now)


def _config(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    return _body(backend, backend.lines, "Line detection configuration retrieved")


def _change(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    sent = {name: v for name, v in values.items() if v is not None and name != "password"}
    complaints = _complaints(sent)
    if complaints:
        details = {
            "parameter": "line_detection_config",
            "value": complaints,
            "constraint": "See the list of errors",
        }
        message = "Invalid line detection configuration"
        raise ApiError(400, "INVALID_LINE_DETECTION_CONFIG", message, details)
    changes = {name: value for name, value in sent.items() if not name.startswith(_TRIPLES)}
    for triple in _TRIPLES:
        if f"{triple}_0" in sent:
            changes[triple] = [sent[f"{triple}_{i}"] for i in range(3)]
    _put_in_force(backend, changes)
    return _body(backend, changes, "Line detection configuration updated")


def _complaints(sent: Json) -> list[str]:
    """Return what is wrong; relations only between fields sent together."""
    found = [
        f"{name} must be between {low:g} and {high:g}"
        for name, (_, low, high) in _LIMITS.items()
        if name in sent and not low <= sent[name] <= high
    ]
    if sent.get("roi_processing_mode", "roi1_only") != "roi1_only":
        found.append("roi_processing_mode must be roi1_only")
    found += [
        f"{triple} needs all three values"
        for triple in _TRIPLES
        if sum(f"{triple}_{i}" in sent for i in range(3)) in (1, 2)
    ]
    for low_name, high_name in _ORDERED:
        if low_name in sent and high_name in sent and sent[low_name] >= sent[high_name]:
            found.append(f"{low_name} must be less than {high_name}")
    return found


def _reset(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    _put_in_force(backend, LINE_DEFAULTS)
    return _body(backend, backend.lines, "Line detection configuration reset to defaults")


def _enable(backend: Backend, values: Values) -> Json:
    return _switch(backend, values, on=True)


def _disable(backend: Backend, values: Values) -> Json:
    return _switch(backend, values, on=False)


def _switch(backend: Backend, values: Values, *, on: bool) -> Json:
    _check_password(backend, values)
    _put_in_force(backend, {"enabled": on})
    return {
        "type": "control_response",
        "timestamp": backend.stamp(),
        "command": "enable_line_detection" if on else "disable_line_detection",
        "status": "success",
        "message": f"Line detection {'enabled' if on else 'disabled'}",
    }


def _status(backend: Backend, values: Values) -> Json:
    word = "enabled" if backend.lines["enabled"] else "disabled"
    data = {"enabled": backend.lines["enabled"], "status": word, "config": backend.lines}
    return _body(backend, data, f"Line detection is {word}")


def _put_in_force(backend: Backend, changes: Json) -> None:
    try:
        backend.config.change("line_detection", **changes)
    except CannotSave:
        raise ApiError(500, "Failed to save line detection configuration") from None
    backend.lines.update(changes)


def _body(backend: Backend, data: Json, message: str) -> Json:
    return {"timestamp": backend.stamp(), "success": True, "data": data, "message": message}


def _check_password(backend: Backend, values: Values) -> None:
    if not backend.accepts(values["password"]):
        raise unauthorised()


ROUTES = (
    Route("POST", _BASE, _detect, document=True),
    Route("GET", f"{_BASE}/config", _config, query=(PASSWORD,)),
    Route(
        "POST",
        f"{_BASE}/config",
        _change,
        form=(
            PASSWORD,
            *(Parameter(name, kind, None) for name, (kind, _, _) in _LIMITS.items()),
            Parameter("roi_processing_mode", default=None),
            Parameter("enabled", bool, None),
        ),
    ),
    Route("POST", f"{_BASE}/config/reset", _reset, form=(PASSWORD,)),
    Route("POST", f"{_BASE}/enable", _enable, form=(PASSWORD,)),
    Route("POST", f"{_BASE}/disable", _disable, form=(PASSWORD,)),
    Route("GET", f"{_BASE}/status", _status),
)
