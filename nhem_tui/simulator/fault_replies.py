"""How the faults change a reply: its samples, its bytes, or whether it comes at all."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.exchange import Json, Manner, Reply, encode
from nhem_tui.simulator.faults import Faults
from nhem_tui.simulator.router import Answer, crash

_OUTLIER_EVERY: Final = 40
_BACKWARDS: Final = 30
_TEXTS: Final = frozenset(
    {"message", "error_message", "error_code", "system", "version", "detail", "msg"}
)
_MARKUP: Final = "[bold red]not bold[/] [/nope] \x1b[31mred\x1b[0m\x07\r\n\u202e\ufeff "

_HTML: Final = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Proxy</body></html>"
_FOREIGN: Final = {"name": "inventory", "cluster_name": "shelf", "tagline": "You know, for shelves"}


def reply(faults: Faults, answer: Callable[[], Answer], backend: Backend, serial: int) -> Reply:
    """Answer a request under the faults that are set.

    Args:
        faults: those set now.
        answer: lets the endpoint handle the request; not called where a fault hides it.
        backend: the server process.
        serial: how often the endpoint was asked so far, this request among them.
    """
    for name, manner in (("hang", Manner.NEVER), ("reset", Manner.RESET)):
        if faults.active(name):
            return Reply(200, b"", manner=manner)
    result = _instead(faults, backend)
    if result is None:
        result = _reply(faults, answer(), serial)
    if faults.active("truncate"):
        result = replace(result, manner=Manner.TRUNCATE)
    if faults.active("slow"):
        result = replace(result, delay=faults.value("slow"))
    return result


def _instead(faults: Faults, backend: Backend) -> Reply | None:
    """Return a reply of something else than the endpoint, None if nothing stands in for it."""
    if faults.active("storm500"):
        return crash(backend).reply()
    if faults.active("html"):
        return Reply(200, _HTML, content_type="text/html; charset=utf-8")
    if faults.active("foreign"):
        return Reply(200, encode(_FOREIGN))
    if faults.active("redirect"):
        return Reply(307, b"", headers=(("location", "http://127.0.0.1:9/elsewhere"),))
    if faults.active("empty"):
        return Reply(200, b"")
    if faults.active("garbage"):
        return Reply(200, bytes(range(128, 256)) * 4)
    if faults.active("huge"):
        return Reply(200, _huge(int(faults.value("huge") * 1e6)))
    return None


@lru_cache(maxsize=1)
def _huge(size: int) -> bytes:
    """JSON with so many bytes of padding, made once: the same is sent to every request."""
    return b'{"padding":"' + b"x" * size + b'"}'


def _reply(faults: Faults, answer: Answer, serial: int) -> Reply:
    """Return the endpoint's reply with its samples and texts changed."""
    body = answer.body
    series = body.get("series")
    if isinstance(series, list) and series:
        _disturb(faults, body, series)
    if faults.active("backwards") and serial % 2 == 0:
        body = {name: _lower(item, name) for name, item in body.items()}
    if faults.active("markup"):
        body = {name: _mark(item, name) for name, item in body.items()}
    result = replace(answer, body=body).reply()
    if faults.active("nan") and _put_nan(body):
        result = replace(result, body=json.dumps(body).encode())
    return result


def _disturb(faults: Faults, body: Json, series: list[Json]) -> None:
    """Change samples in place; an outlier keeps its frame number from reply to reply."""
    if faults.active("outlier"):
        first = (body.get("frame_range") or body.get("roi_frame_range") or [0])[0] + 1
        for number, point in enumerate(series, start=first):
            if number % _OUTLIER_EVERY == 0:
                point[_value_key(point)] = faults.value("outlier")
    middle = len(series) // 2
    if faults.active("duplicate"):
        series.insert(middle, dict(series[middle]))
    if faults.active("missing"):
        del series[middle]


def _lower(value: object, key: str = "") -> object:
    """Return a copy in which all counters and ranges of frames lie lower."""
    if isinstance(value, dict):
        return {name: _lower(item, name) for name, item in value.items()}
    if isinstance(value, list) and key.endswith("frame_range"):
        return [number - _BACKWARDS for number in value]
    if isinstance(value, list):
        return [_lower(item) for item in value]
    numbered = key in ("frame_count", "roi_index") or key.startswith("current_")
    if numbered and isinstance(value, int):
        return max(0, value - _BACKWARDS)
    return value


def _mark(value: object, key: str = "") -> object:
    """Return a copy with markup and escape sequences before the words of the server."""
    if isinstance(value, dict):
        return {name: _mark(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_mark(item) for item in value]
    return _MARKUP + value if isinstance(value, str) and key in _TEXTS else value


def _put_nan(body: Json) -> bool:
    """Put NaN in place of the newest value; tell whether there was one."""
    series = body.get("series")
    if isinstance(series, list) and series:
        series[-1][_value_key(series[-1])] = math.nan
        return True
    if "current_value" in body:
        body["current_value"] = math.nan
        return True
    return False


def _value_key(point: Json) -> str:
    return "value" if "value" in point else "gray_value"
