"""From bytes to a typed reply, or to the error that says what is wrong with them.

The server has five shapes of error bodies (contract section 2). They are classified by HTTP
status and shape, never by `error_code` alone. Texts made here are raw: the client cleans and
redacts them before anyone sees them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Container
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from nhem_tui.backend.errors import (
    BackendError,
    BadData,
    InvalidValue,
    NoData,
    Rejected,
    RouteMissing,
    ServerFault,
    Unauthorised,
)
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.backend.wire import Call, RawReply

Wanted = TypeVar("Wanted", bound=msgspec.Struct)

_UNDECODABLE: Final = (msgspec.DecodeError, ValueError, RecursionError)
_LOOSE_LIMIT: Final = 1 << 20
"""Bytes of a reply that is looked at once more, as plain objects: they take 40 times the room."""

_NOT_WHILE_STOPPED: Final = frozenset(
    {"/data/realtime", "/data/dual-realtime", "/data/realtime/enhanced"}
)
_LEVELS: Final = frozenset({"current_value", "baseline"})
"""Gray levels beside those of a series; an encoder of the server's may write NaN as null."""

_HINTS: Final = {
    "ROI_NOT_CONFIGURED": "set the ROI first; a server forgets it when it restarts",
}


class _Refusal(NamedTuple):
    """What an error body says.

    Attributes:
        routed: the endpoint itself answered, not the router in front of it.
    """

    text: str
    code: str
    routed: bool


def read_reply(raw: RawReply, wanted: type[Wanted], call: Call, *, lenient: bool = False) -> Wanted:
    """Return the typed reply.

    Args:
        raw: what came.
        wanted: its type.
        call: what was asked.
        lenient: let NaN and infinities through, and take a null in place of a gray level for NaN.

    Raises:
        BackendError: of the class that fits; its text is not yet fit to show.
    """
    if not 200 <= raw.status < 300:
        raise _error(raw, call)
    try:
        reply = _decode(raw.body, wanted, lenient=lenient)
    except _UNDECODABLE as error:
        problem = error
    else:
        if getattr(reply, "success", True) is False:
            raise _refused_in_spite(_json_object(raw.body) or {}, raw.status, call)
        return reply
    parsed = _json_object(raw.body)
    if parsed is not None and (parsed.get("success") is False or parsed.get("type") == "error"):
        raise _refused_in_spite(parsed, raw.status, call)
    text = _misfit(raw, problem)
    raise BadData(text, status=raw.status, endpoint=call.endpoint)


@cache
def _decoder(wanted: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted)


def _decode(body: bytes, wanted: type[Wanted], *, lenient: bool) -> Wanted:
    try:
        reply: Wanted = _decoder(wanted).decode(body)
    except _UNDECODABLE:
        loose = _with_nan(body) if lenient else None
        if loose is None:
            raise
        reply = msgspec.convert(loose, wanted)
    return reply


def _with_nan(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object in which NaN and infinities may stand, None if it is none even so."""
    if len(body) > _LOOSE_LIMIT:
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict):
        return None
    series, metadata = parsed.get("series"), parsed.get("capture_metadata")
    for point in series if isinstance(series, list) else ():
        _null_to_nan(point)
    for holder in (parsed, metadata):
        _null_to_nan(holder, _LEVELS)
    return parsed


def _null_to_nan(holder: object, names: Container[str] | None = None) -> None:
    """Put NaN in place of every null of an object, or only of those with these names."""
    if isinstance(holder, dict):
        nulls = [name for name, value in holder.items() if value is None]
        holder.update({name: math.nan for name in nulls if names is None or name in names})


def _json_object(body: bytes) -> dict[str, Any] | None:
    """Return the body as a JSON object, None if it is anything else or too large for one."""
    if len(body) > _LOOSE_LIMIT:
        return None
    try:
        parsed = msgspec.json.decode(body)
    except _UNDECODABLE:
        return None
    return parsed if isinstance(parsed, dict) else None


def _misfit(raw: RawReply, problem: Exception) -> str:
    """Say what a reply is that is not the one of the contract."""
    advice = "is this the address of an NHEM server?"
    if isinstance(problem, RecursionError):
        return f"a JSON reply nested without end, not an NHEM reply - {advice}"
    if not raw.body.strip():
        return f"an empty reply - {advice}"
    kind = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "html" in kind or raw.body.lstrip()[:1] == b"<":
        return "an HTML page, not an NHEM reply - is this the right port?"
    if isinstance(problem, msgspec.ValidationError):
        nested = "`$." in str(problem)  # most of it fits: the right server, one odd value
        doubt = "" if nested else f" - {advice}"
        return f"JSON that does not fit the NHEM interface ({problem}){doubt}"
    if "truncated" in str(problem):
        return "a JSON reply that ends too early - try again, or look at what lies in between"
    if isinstance(problem, msgspec.DecodeError) and _with_nan(raw.body) is not None:
        return "NaN in the reply, where a number is due"
    if kind in ("", "application/json"):
        return f"a reply that is not valid JSON ({problem})"
    return f"a reply of type {kind}, not JSON - {advice}"


def _error(raw: RawReply, call: Call) -> BackendError:
    """Return the error for a status outside 200-299."""
    status = raw.status
    if status < 400:
        return BadData(_redirect(raw), status=status, endpoint=call.endpoint)
    parsed = _json_object(raw.body)
    refusal = _refusal(parsed)
    if parsed is None and 400 <= status < 500 and status not in (401, 403):
        text = _misfit(raw, ValueError(f"status {status}"))
        return BadData(text, status=status, endpoint=call.endpoint)
    kind, lead = _classify(status, call, refusal.routed)
    hint = _HINTS.get(refusal.code, "")
    if status >= 500 and call.path in _NOT_WHILE_STOPPED:
        hint = "the server answers so whenever detection is not running"
    said = refusal.text if clean_text(refusal.text) else f"status {status}"
    text = f"{lead}: {said}" if lead else said
    return kind(
        f"{text} - {hint}" if hint else text,
        status=status,
        code=refusal.code,
        endpoint=call.endpoint,
    )


def _classify(status: int, call: Call, routed: bool) -> tuple[type[BackendError], str]:
    """Return the class for an error status and the words that lead in the server's own."""
    if status >= 500:
        return ServerFault, f"the server failed ({status})"
    if status in (401, 403):
        return Unauthorised, "the server refused the password"
    if status == 405 or (status == 404 and not routed):
        return RouteMissing, f"this server does not have {call.endpoint}"
    if status == 404 and call.path.startswith("/data/"):
        return NoData, ""
    if status in (400, 422):
        return InvalidValue, ""
    return Rejected, ""


def _refusal(parsed: dict[str, Any] | None) -> _Refusal:
    """Read whichever error shape the body has; what is unknown gives an empty text."""
    if parsed is None:
        return _Refusal("", "", routed=False)
    detail = parsed.get("detail")
    if isinstance(detail, list):
        return _Refusal(_field_errors(detail), "", routed=True)
    if isinstance(detail, str):
        return _Refusal(detail, "", routed=False)
    code = _text(parsed.get("error_code"))
    message = _text(parsed.get("error_message")) or _text(parsed.get("message")) or code
    return _Refusal(message + _details(parsed.get("details")), code, routed=bool(code))


def _field_errors(detail: list[Any]) -> str:
    """Return the complaints of shape 2; its `input` may hold the password and is never read."""
    lines = []
    for item in detail:
        if isinstance(item, dict):
            place = item.get("loc")
            name = str(place[-1]) if isinstance(place, list) and place else ""
            message = _text(item.get("msg")) or "not accepted"
            lines.append(f"{name}: {message}" if name else message)
    return "; ".join(lines)


def _details(details: object) -> str:
    """Return parameter and constraint of shape 1, and its list of complaints, in brackets."""
    if not isinstance(details, dict):
        return ""
    parameter, constraint = _text(details.get("parameter")), _text(details.get("constraint"))
    value = details.get("value")
    if isinstance(value, list):
        constraint = "; ".join(item for item in value if isinstance(item, str)) or constraint
    said = ": ".join(part for part in (parameter, constraint) if part)
    return f" ({said})" if said else ""


def _refused_in_spite(parsed: dict[str, Any], status: int, call: Call) -> Rejected:
    """Return the error for a refusal that comes with status 200 (shape 4)."""
    refusal = _refusal(parsed)
    more = _text(parsed.get("error_details"))
    text = " - ".join(part for part in (refusal.text, more) if part) or "refused without a word"
    wrong_password = "密码" in text or "password" in text.lower() or "UNAUTHORIZED" in text
    kind, lead = Rejected, "the server refused"
    if wrong_password:
        kind, lead = Unauthorised, "the server refused the password"
    return kind(f"{lead}: {text}", status=status, code=refusal.code, endpoint=call.endpoint)


def _redirect(raw: RawReply) -> str:
    """Say where a redirect leads, without credentials and query."""
    try:
        target = urlsplit(raw.headers.get("location", ""))
        host = target.netloc.rpartition("@")[2]
    except ValueError:
        target, host = urlsplit(""), ""
    place = f"{target.scheme}://{host}{target.path}" if host else target.path
    where = f" to {place}" if place else ""
    return f"the address redirects{where} (status {raw.status}) - give the address it leads to"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
