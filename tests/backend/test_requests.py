"""Every method sends exactly the method, path, query and body of the contract."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import InvalidValue, ReadOnly, Unauthorised
from nhem_tui.backend.roi import Roi

from .support import PASSWORD, Desk, recorded

LINES = "/api/roi/line-intersection"
DONE = {"success": True, "message": "配置更新成功"}
CONTROL = recorded("control-resume")
LINE_CONFIG = {"timestamp": "2026-11-23T05:34:36", "success": True, "data": {}, "message": ""}
ANALYSIS = {
    "has_hem": False,
    "events": [],
    "baseline": 100.0,
    "series": [{"t": 0.0, "value": 99.0, "ref": 98.0, "std": 0.1, "high": 1.0, "orange": 2.0}],
    "realtime": True,
    "peak_signal": None,
    "frame_count": 1,
}
CAPTURE = {
    "type": "roi_capture",
    "roi_data": {"width": 200, "height": 150, "pixels": "", "gray_value": 1.0, "format": "base64"},
    "config": {"x1": 0, "y1": 0, "x2": 200, "y2": 150},
}
DETECTION = {"success": True, "message": "完成", "result": {"has_intersection": False}}
ENHANCED = {**recorded("running-dual-realtime"), "line_intersection": None}


@dataclass(frozen=True)
class Sent:
    """One request as the contract has it; `writes` is refused when read-only."""

    name: str
    ask: Callable[[BackendClient], Awaitable[object]]
    reply: object
    line: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    locked: bool = False
    writes: bool = False


REQUESTS = [
    Sent("health", lambda c: c.health(), recorded("health"), "GET /health"),
    Sent("status", lambda c: c.status(), recorded("running-status"), "GET /status"),
    Sent(
        "realtime",
        lambda c: c.realtime(3),
        recorded("running-realtime"),
        "GET /data/realtime",
        query=(("count", "3"),),
    ),
    Sent(
        "dual realtime",
        lambda c: c.dual_realtime(),
        recorded("running-dual-realtime"),
        "GET /data/dual-realtime",
        query=(("count", "1"),),
    ),
    Sent(
        "enhanced realtime",
        lambda c: c.enhanced_realtime(2, lines=True),
        ENHANCED,
        "GET /data/realtime/enhanced",
        query=(("count", "2"), ("include_line_intersection", "true")),
    ),
    *(
        Sent(
            command,
            ask,
            CONTROL,
            "POST /control",
            form=(("command", f"{command}_detection"),),
            locked=True,
            writes=True,
        )
        for command, ask in {
            "start": lambda c: c.start(),
            "stop": lambda c: c.stop(),
            "pause": lambda c: c.pause(),
            "resume": lambda c: c.resume(),
        }.items()
    ),
    Sent(
        "control",
        lambda c: c.control("stop_detection"),
        CONTROL,
        "POST /control",
        form=(("command", "stop_detection"),),
        locked=True,
        writes=True,
    ),
    Sent(
        "control status",
        lambda c: c.control_status(),
        recorded("control-status"),
        "POST /control",
        form=(("command", "STATUS"),),
        locked=True,
    ),
    Sent(
        "peak signal",
        lambda c: c.peak_signal(),
        recorded("control-peak-signal"),
        "POST /control",
        form=(("command", "PEAK_SIGNAL"),),
        locked=True,
    ),
    Sent(
        "analyze realtime",
        lambda c: c.analyze_realtime(5.0),
        ANALYSIS,
        "POST /analyze",
        form=(("realtime", "true"), ("duration", "5.0")),
    ),
    Sent("roi", lambda c: c.roi(), recorded("roi-config"), "GET /roi/config"),
    Sent(
        "set roi",
        lambda c: c.set_roi(100, 110, 300, 250),
        recorded("roi-config"),
        "POST /roi/config",
        form=(("x1", "100"), ("y1", "110"), ("x2", "300"), ("y2", "250")),
        locked=True,
        writes=True,
    ),
    Sent(
        "roi capture",
        lambda c: c.roi_capture(),
        CAPTURE,
        "POST /roi/capture",
        form=(),
        locked=True,
        writes=True,
    ),
    Sent(
        "roi frame rate",
        lambda c: c.roi_frame_rate(),
        recorded("roi-frame-rate"),
        "GET /roi/frame-rate",
    ),
    Sent(
        "set roi frame rate",
        lambda c: c.set_roi_frame_rate(30),
        recorded("roi-frame-rate"),
        "POST /roi/frame-rate",
        form=(("frame_rate", "30"),),
        locked=True,
        writes=True,
    ),
    Sent("fps", lambda c: c.fps(), recorded("data-fps"), "GET /data/fps"),
    Sent(
        "set fps",
        lambda c: c.set_fps(60),
        recorded("data-fps"),
        "POST /data/fps",
        form=(("fps", "60"),),
        locked=True,
        writes=True,
    ),
    Sent(
        "peak config",
        lambda c: c.peak_config(),
        recorded("peak-detection-config"),
        "GET /peak-detection/config",
    ),
    Sent(
        "set peak config",
        lambda c: c.set_peak_config(threshold=105.5, min_region_length=10),
        recorded("peak-detection-config"),
        "POST /peak-detection/config",
        form=(("threshold", "105.5"), ("min_region_length", "10")),
        writes=True,
    ),
    Sent(
        "window",
        lambda c: c.window(60),
        recorded("running-window-capture"),
        "GET /data/window-capture",
        query=(("count", "60"),),
    ),
    Sent(
        "roi window",
        lambda c: c.roi_window(500),
        recorded("running-roi-window-capture"),
        "GET /data/roi-window-capture",
        query=(("count", "500"),),
    ),
    Sent(
        "roi window with peaks",
        lambda c: c.roi_window_with_peaks(50, threshold=0, difference_threshold=0.1),
        recorded("running-roi-window-peaks"),
        "GET /data/roi-window-capture-with-peaks",
        query=(("count", "50"), ("threshold", "0"), ("difference_threshold", "0.1")),
    ),
    Sent(
        "waveform",
        lambda c: c.waveform(10, margin_frames=3),
        {"success": True, "image_data": "", "metadata": {}},
        "GET /data/waveform-with-peaks",
        query=(("count", "10"), ("margin_frames", "3")),
    ),
    Sent("config", lambda c: c.config(), {"config": {}}, "GET /config", locked=True),
    Sent(
        "config section",
        lambda c: c.config("roi"),
        {"section": "roi", "config": {}},
        "GET /config",
        query=(("section", "roi"),),
        locked=True,
    ),
    Sent(
        "set config value",
        lambda c: c.set_config_value("roi_capture", "frame_rate", 4),
        DONE,
        "POST /config",
        query=(("section", "roi_capture"), ("key", "frame_rate"), ("value", "4")),
        locked=True,
        writes=True,
    ),
    Sent(
        "reload config",
        lambda c: c.reload_config(),
        DONE,
        "POST /config/reload",
        locked=True,
        writes=True,
    ),
    Sent(
        "export config",
        lambda c: c.export_config(),
        {"success": True, "config_json": "{}", "timestamp": "2026-11-23T05:34:36"},
        "GET /config/export",
        locked=True,
    ),
    Sent(
        "import config",
        lambda c: c.import_config('{"a": 1}'),
        DONE,
        "POST /config/import",
        form=(("config_json", '{"a": 1}'),),
        locked=True,
        writes=True,
    ),
    Sent(
        "line config",
        lambda c: c.line_config(),
        LINE_CONFIG,
        f"GET {LINES}/config",
        locked=True,
    ),
    Sent(
        "set line config",
        lambda c: c.set_line_config({"enabled": True, "min_confidence": 0.5}),
        LINE_CONFIG,
        f"POST {LINES}/config",
        form=(("enabled", "true"), ("min_confidence", "0.5")),
        locked=True,
        writes=True,
    ),
    Sent(
        "reset line config",
        lambda c: c.reset_line_config(),
        LINE_CONFIG,
        f"POST {LINES}/config/reset",
        form=(),
        locked=True,
        writes=True,
    ),
    Sent(
        "enable lines",
        lambda c: c.enable_lines(),
        CONTROL,
        f"POST {LINES}/enable",
        form=(),
        locked=True,
        writes=True,
    ),
    Sent(
        "disable lines",
        lambda c: c.disable_lines(),
        CONTROL,
        f"POST {LINES}/disable",
        form=(),
        locked=True,
        writes=True,
    ),
    Sent(
        "line status",
        lambda c: c.line_status(),
        recorded("line-intersection-status"),
        f"GET {LINES}/status",
    ),
]

EVERY = pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.name)


@EVERY
async def test_method_sends_what_the_contract_wants(sent: Sent) -> None:
    desk = Desk(sent.reply)
    await sent.ask(desk.client())
    (request,) = desk.requests
    password = (("password", PASSWORD),) if sent.locked else ()
    assert f"{request.method} {request.url.path}" == sent.line
    if sent.form is None:
        assert tuple(request.url.params.multi_items()) == sent.query + password
        assert request.content == b""
        assert "content-type" not in request.headers
    else:
        assert request.url.query == b""
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert tuple(parse_qsl(request.content.decode())) == sent.form + password
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["cache-control"] == "no-cache"


@EVERY
async def test_read_only_client_sends_reads_and_refuses_writes(sent: Sent) -> None:
    desk = Desk(sent.reply)
    client = desk.client(read_only=True)
    if sent.writes:
        with pytest.raises(ReadOnly, match=f"{sent.line} was not sent"):
            await sent.ask(client)
        assert not desk.requests
    else:
        await sent.ask(client)
        assert len(desk.requests) == 1


@pytest.mark.parametrize("sent", [s for s in REQUESTS if s.locked], ids=lambda sent: sent.name)
async def test_nothing_is_sent_while_the_password_is_missing(sent: Sent) -> None:
    desk = Desk(sent.reply)
    with pytest.raises(Unauthorised, match="none is set"):
        await sent.ask(desk.client(password=""))
    assert not desk.requests


def test_all_endpoints_of_the_contract_are_covered() -> None:
    lines = {sent.line for sent in REQUESTS} | {f"POST {LINES}"}  # the latter has its own test
    assert len(lines) == 32


async def test_manual_detection_sends_json_and_no_form() -> None:
    desk = Desk(DETECTION)
    reply = await desk.client().detect_lines(roi=Roi(0, 0, 200, 150), debug=True)
    (request,) = desk.requests
    assert (request.method, request.url.path) == ("POST", LINES)
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {
        "password": PASSWORD,
        "roi_coordinates": {"x1": 0, "y1": 0, "x2": 200, "y2": 150},
        "include_debug_info": True,
    }
    assert reply.result is not None
    assert not reply.result.has_intersection


async def test_manual_detection_is_a_write_and_needs_one_source() -> None:
    desk = Desk(DETECTION)
    with pytest.raises(ReadOnly):
        await desk.client(read_only=True).detect_lines(image_data="x")
    with pytest.raises(InvalidValue):
        await desk.client().detect_lines()
    with pytest.raises(InvalidValue):
        await desk.client().detect_lines(image_data="x", roi=Roi(0, 0, 100, 100))
    assert not desk.requests


@pytest.mark.parametrize(
    "ask",
    [lambda c: c.start(), lambda c: c.detect_lines(image_data="x")],
    ids=["form", "JSON"],
)
async def test_a_password_that_is_no_text_is_not_told(
    ask: Callable[[BackendClient], Awaitable[object]],
) -> None:
    desk = Desk(DETECTION)
    with pytest.raises(InvalidValue, match="not valid text") as refused:
        await ask(desk.client(password="s3cret\udcff"))
    assert refused.value.__cause__ is refused.value.__context__ is None
    assert not desk.requests


async def test_file_is_sent_as_a_form_part() -> None:
    desk = Desk(ANALYSIS)
    await desk.client().analyze_file('a"b\r\n.avi', b"\x00\xff--")
    (request,) = desk.requests
    kind, _, boundary = request.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    parts = request.content.split(f"--{boundary}".encode())
    assert parts[0] == b""
    assert parts[1] == b'\r\nContent-Disposition: form-data; name="realtime"\r\n\r\nfalse\r\n'
    head, _, content = parts[2].partition(b"\r\n\r\n")
    assert b'name="file"; filename="a%22b%0D%0A.avi"' in head
    assert content == b"\x00\xff--\r\n"
    assert parts[3] == b"--\r\n"


async def test_special_characters_survive_the_form() -> None:
    desk = Desk(CONTROL)
    await desk.client(password="a&b=ü +%\x00").start()
    fields = dict(parse_qsl(desk.requests[0].content.decode()))
    assert fields["password"] == "a&b=ü +%\x00"


async def test_password_is_asked_for_at_every_use() -> None:
    passwords = iter(["first", "second"])
    desk = Desk(CONTROL)
    client = desk.client(password=lambda: next(passwords))
    await client.start()
    await client.stop()
    assert [request.content.rpartition(b"=")[2] for request in desk.requests] == [
        b"first",
        b"second",
    ]


async def test_prefix_of_a_reverse_proxy_is_kept() -> None:
    desk = Desk(recorded("running-status"))
    await desk.client("https://lab3/nhem/").status()
    assert str(desk.requests[0].url) == "https://lab3/nhem/status"


async def test_credentials_in_the_address_become_a_header() -> None:
    desk = Desk(recorded("running-status"))
    client = desk.client("http://eve:pa%20ss@lab3:8421")
    await client.status()
    assert desk.requests[0].headers["authorization"] == "Basic ZXZlOnBhIHNz"
    assert str(desk.requests[0].url) == "http://lab3:8421/status"
    assert client.url == "http://lab3:8421"


async def test_extra_headers_are_sent() -> None:
    desk = Desk(recorded("running-status"))
    await desk.client(headers={"X-Lab": "three"}).status()
    assert desk.requests[0].headers["x-lab"] == "three"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (("bad name", "x"), "'bad name' cannot be the name of a header"),
        (("", "x"), "'' cannot be the name of a header"),
        (("X-A", "a\r\nb"), "the header 'X-A' cannot be sent: its value"),
        (("X-A", "ü"), "the header 'X-A' cannot be sent: its value"),
    ],
)
def test_header_that_cannot_be_sent_is_an_invalid_value(
    header: tuple[str, str], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        Desk().client(headers=dict([header]))


@pytest.mark.parametrize("value", [float("nan"), object(), {"a": {1, 2}}])
async def test_what_json_cannot_hold_is_an_invalid_value(value: object) -> None:
    desk = Desk(DONE)
    with pytest.raises(InvalidValue, match="JSON"):
        await desk.client().set_config_value("roi", "x", value)
    assert not desk.requests
