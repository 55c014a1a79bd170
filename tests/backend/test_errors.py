"""What an error body becomes, and what never appears in it."""

from __future__ import annotations

import base64
import json
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, quote_plus

import pytest

import nhem_tui.backend
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import (
    BackendError,
    BadData,
    FaultKind,
    InvalidValue,
    NoData,
    Rejected,
    RouteMissing,
    ServerFault,
    Unauthorised,
)
from nhem_tui.backend.roi import Roi

from .support import PASSWORD, STATUS, Desk, recorded

HTML = b"<!DOCTYPE html><html><body>It works!</body></html>"
NO_DATA = {"type": "error", "error_code": "x", "error_message": "No data available for capture"}


async def error_of(
    desk: Desk, ask: Callable[[BackendClient], Awaitable[object]] = lambda c: c.status()
) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await ask(desk.client())
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"type": "error", "error_code": "UNAUTHORIZED"}, Unauthorised),
        (403, {"detail": "Forbidden"}, Unauthorised),
        (400, {"type": "error", "error_code": "INVALID_FPS"}, InvalidValue),
        (422, {"detail": [{"loc": ["body", "x1"], "msg": "Field required"}]}, InvalidValue),
        (404, {"detail": "Not Found"}, RouteMissing),
        (404, {"message": "no such thing"}, RouteMissing),
        (404, {"type": "error", "error_code": "配置节 'x' 不存在"}, Rejected),
        (405, {"detail": "Method Not Allowed"}, RouteMissing),
        (409, {"type": "error", "error_code": "BUSY"}, Rejected),
        (500, {"type": "error", "error_code": "INTERNAL_ERROR"}, ServerFault),
        (503, {}, ServerFault),
        (200, {"success": False, "message": "处理失败"}, Rejected),
        (200, {"type": "error", "error_code": "X", "error_message": "no"}, Rejected),
        (301, {}, BadData),
    ],
)
async def test_status_and_shape_decide_the_class(
    status: int, body: object, kind: type[BackendError]
) -> None:
    error = await error_of(Desk(body, status=status))
    assert type(error) is kind
    assert error.status == status
    assert error.endpoint == "GET /status"
    assert error.text


async def test_missing_data_is_told_from_a_missing_endpoint() -> None:
    error = await error_of(Desk(NO_DATA, status=404), lambda c: c.window())
    assert type(error) is NoData
    assert error.text == "No data available for capture"
    error = await error_of(Desk({"detail": "Not Found"}, status=404), lambda c: c.window())
    assert type(error) is RouteMissing


async def test_list_of_complaints_is_shown() -> None:
    body = {
        "error_code": "INVALID_LINE_DETECTION_CONFIG",
        "error_message": "validation failed",
        "details": {
            "parameter": "validation_errors",
            "value": ["canny_low must be less than canny_high", "hough too small"],
            "constraint": "valid ranges",
        },
    }
    error = await error_of(Desk(body, status=400))
    assert error.text == (
        "validation failed (validation_errors: canny_low must be less than canny_high; "
        "hough too small)"
    )
    assert error.code == "INVALID_LINE_DETECTION_CONFIG"


@pytest.mark.parametrize(
    ("loc", "text"),
    [
        (["body", "x1"], "x1: required"),
        (["body", "corners", 0], "0: required"),
        *((junk, "required") for junk in ([], None, 5, "body", {"x1": 1})),
    ],
)
async def test_a_complaint_names_the_field_it_is_about(loc: object, text: str) -> None:
    error = await error_of(Desk({"detail": [{"loc": loc, "msg": "required"}]}, status=422))
    assert error.text == text


@pytest.mark.parametrize("value", [None, 20.0, {"a": 1}, [1, None], "x", True])
async def test_details_value_may_be_anything(value: object) -> None:
    body = {"error_code": "X", "error_message": "no", "details": {"value": value}}
    assert (await error_of(Desk(body, status=400))).text == "no"


async def test_start_without_roi_says_what_to_do() -> None:
    body = {"error_code": "ROI_NOT_CONFIGURED", "error_message": "ROI_NOT_CONFIGURED"}
    error = await error_of(Desk(body, status=400), lambda c: c.start())
    assert error.code == "ROI_NOT_CONFIGURED"
    assert "set the ROI first" in error.text


async def test_wrong_password_of_manual_detection_is_unauthorised_in_spite_of_its_200() -> None:
    body = {"success": False, "message": "密码验证失败", "result": None, "error_details": "denied"}
    error = await error_of(Desk(body), lambda c: c.detect_lines(image_data="x"))
    assert type(error) is Unauthorised
    assert error.text == "the server refused the password: 密码验证失败 - denied"


@pytest.mark.parametrize(
    ("content", "headers", "words"),
    [
        (HTML, {"Content-Type": "text/html"}, "an HTML page, not an NHEM reply"),
        (HTML, {}, "an HTML page, not an NHEM reply"),
        (b"", {}, "an empty reply"),
        (b"hello", {"Content-Type": "text/plain"}, "a reply of type text/plain, not JSON"),
        (b'{"status": "UP"}', {}, "JSON that does not fit the NHEM interface"),
        (b"[]", {}, "JSON that does not fit the NHEM interface"),
        (b"\xff\xfe", {}, "not valid JSON"),
        (json.dumps({**STATUS, "current_value": float("nan")}).encode(), {}, "NaN in the reply"),
        (json.dumps({**STATUS, "x": 1}).replace("1.5", "1e999").encode(), {}, "out of range"),
        (json.dumps({**STATUS, "frame_count": -1}).encode(), {}, "frame_count"),
        (json.dumps({**STATUS, "frame_count": 1.5}).encode(), {}, "frame_count"),
        (json.dumps({**STATUS, "current_value": "1"}).encode(), {}, "current_value"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", {}, "nested without end"),
    ],
)
async def test_what_is_no_nhem_reply_says_what_it_is(
    content: bytes, headers: dict[str, str], words: str
) -> None:
    error = await error_of(Desk(content=content, headers=headers))
    assert type(error) is BadData
    assert words in error.text


async def test_html_error_pages_keep_their_meaning() -> None:
    html = {"Content-Type": "text/html"}
    missing = await error_of(Desk(content=HTML, status=404, headers=html))
    assert type(missing) is BadData
    gateway = await error_of(Desk(content=HTML, status=502, headers=html))
    assert type(gateway) is ServerFault
    assert "502" in gateway.text
    locked = await error_of(Desk(content=HTML, status=401, headers=html))
    assert type(locked) is Unauthorised


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://eve:pw@lab3/nhem/status?token=1", " to https://lab3/nhem/status "),
        ("/login?next=/status", " to /login "),
        ("", "redirects (status 302)"),
        ("http://[broken", "redirects (status 302)"),
    ],
)
async def test_redirect_names_its_target_without_secrets(location: str, place: str) -> None:
    error = await error_of(Desk({}, status=302, headers={"Location": location}))
    assert type(error) is BadData
    assert place in error.text
    assert "token" not in error.text
    assert "pw" not in error.text


async def test_server_text_is_one_clean_line() -> None:
    nasty = "a\x1b[31mred\x1b]0;title\x07\u202eevil\u200b\r\nnext [bold]" + "x" * 5000
    error = await error_of(Desk({"error_message": nasty, "error_code": nasty}, status=400))
    assert error.text.startswith("aredevil next [bold]xxx")
    assert len(error.text) == 300
    assert len(error.code) == 80


# The password must not come out, wherever the server puts it.

HARD = 'pä/ss "w&rd\\'
ECHOES: list[Callable[[str], tuple[int, object]]] = [
    lambda p: (
        400,
        {
            "type": "error",
            "error_code": f"BAD_{p}",
            "error_message": f"got {p}",
            "details": {"parameter": p, "value": [f"{p}"], "constraint": f"not {p}"},
        },
    ),
    lambda p: (
        422,
        {
            "detail": [
                {"type": "missing", "loc": ["body", p], "msg": f"no {p}", "input": {"pass": p}}
            ]
        },
    ),
    lambda p: (404, {"detail": f"Not Found: {p} {quote(p, safe='')} {quote_plus(p)}"}),
    lambda p: (200, {"success": False, "message": p, "error_details": f"{p!r} {json.dumps(p)}"}),
    lambda p: (
        500,
        {"error_code": "INTERNAL_ERROR", "error_message": f"trace: {p[:3]}\x00{p[3:]}"},
    ),
    lambda p: (302, {}),
]
ASKS: list[Callable[[BackendClient], Awaitable[object]]] = [
    lambda c: c.start(),
    lambda c: c.config(),
    lambda c: c.reload_config(),
    lambda c: c.set_roi(0, 0, 100, 100),
    lambda c: c.detect_lines(roi=Roi(0, 0, 100, 100)),
    lambda c: c.status(),
]


def spellings(password: str) -> set[str]:
    return {
        password,
        quote(password),
        quote(password, safe="").lower(),
        quote_plus(password),
        repr(password)[1:-1],
        json.dumps(password)[1:-1],
        base64.b64encode(f"eve:{password}".encode()).decode(),
    }


def frames(trace: TracebackType | None) -> Iterator[str]:
    """Yield what a crash report would show of the client's own frames."""
    home = str(Path(nhem_tui.backend.__file__).parent)
    for frame, _ in traceback.walk_tb(trace):
        if frame.f_code.co_filename.startswith(home):
            yield from (repr(value) for value in frame.f_locals.values())


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("password", [PASSWORD, HARD])
async def test_password_is_in_no_text_repr_cause_or_frame_of_an_error(
    ask: Callable[[BackendClient], Awaitable[object]],
    echo: Callable[[str], tuple[int, object]],
    password: str,
) -> None:
    status, body = echo(password)
    location = f"http://eve:{quote(password)}@x/?p={quote(password)}"
    desk = Desk(body, status=status, headers={"Location": location})
    with pytest.raises(BackendError) as caught:
        await ask(desk.client(password=password))
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    said = [str(error), repr(error), error.text, error.code, error.endpoint, *frames(caught.tb)]
    for spelling in spellings(password):
        assert not [text for text in said if spelling in text]


async def test_credentials_and_headers_of_a_proxy_are_not_shown_either() -> None:
    basic = base64.b64encode(b"eve:proxy-pass").decode()
    echo = f"Basic {basic} eve:proxy-pass proxy-pass Bearer abcdef123 abcdef123"
    desk = Desk({"detail": echo}, status=404)
    client = desk.client("http://eve:proxy-pass@lab3", headers={"X-Auth": "Bearer abcdef123"})
    with pytest.raises(RouteMissing) as caught:
        await client.status()
    for secret in (basic, "proxy-pass", "abcdef123"):
        assert secret not in caught.value.text
    assert "proxy-pass" not in repr(client)


async def test_configuration_with_the_password_has_a_repr_without_it() -> None:
    config = {"security": {"password": PASSWORD, "x": [{"api_token": "t0ken"}]}, "server": {"p": 1}}
    reply = await Desk({"config": config}).client().config()
    assert reply.config["security"]["password"] == PASSWORD
    assert PASSWORD not in repr(reply)
    assert reply.masked == {
        "security": {"password": "•••", "x": [{"api_token": "•••"}]},
        "server": {"p": 1},
    }
    export = await Desk({"success": True, "config_json": PASSWORD}).client().export_config()
    assert export.config_json == PASSWORD
    assert PASSWORD not in repr(export)


async def test_observer_hears_of_success_and_failure() -> None:
    heard: list[tuple[str, FaultKind | None]] = []

    def observe(endpoint: str, seconds: float, error: BackendError | None) -> None:
        assert seconds >= 0
        heard.append((endpoint, error.kind if error else None))

    await Desk(STATUS).client(observe=observe).status()
    with pytest.raises(ServerFault):
        await Desk({}, status=500).client(observe=observe).window(60)
    assert heard == [
        ("GET /status", None),
        ("GET /data/window-capture", FaultKind.SERVER_FAULT),
    ]


async def test_failure_inside_a_success_is_readable() -> None:
    body = {**recorded("running-roi-window-peaks"), "peak_detection_results": {"error": "boom"}}
    window = await Desk(body).client().roi_window_with_peaks()
    assert (window.peak_error, window.green_peaks, window.red_peaks) == ("boom", (), ())
