"""Whatever comes, decoding gives a reply or a BackendError."""

from __future__ import annotations

import json
import tracemalloc
import unicodedata

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.backend.decode import read_reply
from nhem_tui.backend.errors import BackendError, BadData
from nhem_tui.backend.json_values import DEEPEST
from nhem_tui.backend.line_types import EnhancedRealtime, LineConfig, LineDetection, LineStatus
from nhem_tui.backend.sanitize import shown
from nhem_tui.backend.types import (
    Analysis,
    ConfigExport,
    ControlReply,
    ControlStatus,
    Done,
    DualRealtime,
    Fps,
    Health,
    PeakConfig,
    PeakState,
    Realtime,
    RoiCapture,
    RoiFrameRate,
    RoiReply,
    ServerConfig,
    Status,
)
from nhem_tui.backend.window_types import RoiWindow, RoiWindowPeaks, Waveform, Window
from nhem_tui.backend.wire import Call, RawReply

from .support import RECORDINGS, recorded

TYPES: list[type[msgspec.Struct]] = [
    *(Health, Status, Realtime, DualRealtime, EnhancedRealtime, ControlReply, ControlStatus),
    *(PeakState, Analysis, RoiReply, RoiCapture, RoiFrameRate, Fps, PeakConfig, Window, RoiWindow),
    *(RoiWindowPeaks, Waveform, ServerConfig, Done, ConfigExport, LineDetection, LineConfig),
    LineStatus,
]
PATHS = ["/status", "/data/realtime", "/data/window-capture", "/config"]
STATUSES = [200, 200, 200, 204, 301, 304, 400, 401, 403, 404, 405, 418, 422, 500, 502]

FIELDS = [
    "detail",
    "success",
    "message",
    "error_code",
    "error_message",
    "details",
    "value",
    "loc",
    "msg",
    "type",
    "series",
    "frame_count",
    "timestamp",
    "t",
    "status",
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
BODIES = [recorded(path.stem) for path in RECORDINGS.glob("*.json")]


@st.composite
def spoilt_recordings(draw: st.DrawFn) -> bytes:
    """A real reply with one field replaced, left out or cut through."""
    body = dict(draw(st.sampled_from(BODIES)))
    field = draw(st.sampled_from(sorted(body)))
    if draw(st.booleans()):
        body[field] = draw(JUNK)
    else:
        del body[field]
    text = json.dumps(body).encode()
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


CONTENT = st.binary(max_size=60) | JUNK.map(json.dumps).map(str.encode) | spoilt_recordings()
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/html", "", ";;", "\x1b"]),
        "location": st.text(max_size=20) | st.sampled_from(["http://[", "//x", "http://a@b/c?d"]),
    },
)


@given(
    content=CONTENT,
    headers=HEADERS,
    status=st.sampled_from(STATUSES),
    path=st.sampled_from(PATHS),
    wanted=st.sampled_from(TYPES),
    lenient=st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_any_reply_decodes_or_is_a_backend_error_with_a_clean_line(
    content: bytes,
    headers: dict[str, str],
    status: int,
    path: str,
    wanted: type[msgspec.Struct],
    lenient: bool,
) -> None:
    raw = RawReply(status, headers, content)
    try:
        reply = read_reply(raw, wanted, Call("GET", path), lenient=lenient)
    except BackendError as error:
        assert error.status == status
        assert error.endpoint == f"GET {path}"
        line = shown(error.text)
        assert line
        assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    else:
        assert isinstance(reply, wanted)
        assert 200 <= status < 300


@pytest.mark.parametrize("said", [" ", "\u200b", "\x1b[31m"])
def test_an_error_that_says_nothing_is_told_by_its_status(said: str) -> None:
    body = msgspec.json.encode({"detail": said})
    with pytest.raises(BackendError) as caught:
        read_reply(RawReply(418, {}, body), Window, Call("GET", "/x"), lenient=False)
    assert caught.value.text == "status 418"


@pytest.mark.parametrize("status", [200, 500])
def test_a_huge_reply_that_does_not_fit_takes_no_more_room_than_it_has(status: int) -> None:
    body = b'{"success": null, "series": [' + b"{}," * 600_000 + b"{}]}"
    tracemalloc.start()
    try:
        with pytest.raises(BackendError):
            read_reply(RawReply(status, {}, body), Window, Call("GET", "/x"), lenient=True)
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


LOOSE: list[tuple[type[msgspec.Struct], str]] = [
    (ServerConfig, '{"config": {"server": HERE}}'),
    (LineConfig, '{"success": true, "data": {"x": HERE}}'),
    (LineStatus, '{"success": true, "data": {"enabled": true, "config": {"x": HERE}}}'),
    (LineDetection, '{"success": true, "result": {"intersection": HERE}}'),
    (LineDetection, '{"success": true, "result": {"detected_lines": [HERE]}}'),
    (LineDetection, '{"success": true, "debug_info": HERE}'),
    (Analysis, '{"has_hem": true, "series": [], "events": [HERE]}'),
    (Analysis, '{"has_hem": true, "series": [{"t": 0, "value": 1, "ref": HERE}]}'),
]


@pytest.mark.parametrize(("wanted", "body"), LOOSE)
@pytest.mark.parametrize("level", ["[HERE]", '{"a": HERE}'])
def test_json_too_deep_to_walk_is_bad_data(
    wanted: type[msgspec.Struct], body: str, level: str
) -> None:
    def read(levels: int) -> msgspec.Struct:
        opening, closing = level.split("HERE")
        content = body.replace("HERE", opening * levels + "1" + closing * levels).encode()
        return read_reply(RawReply(200, {}, content), wanted, Call("GET", "/x"), lenient=True)

    assert read(DEEPEST // 2)
    for levels in (DEEPEST, 500):
        with pytest.raises(BadData, match=f"more than {DEEPEST} levels deep"):
            read(levels)


@pytest.mark.parametrize("wanted", TYPES)
def test_no_type_takes_the_json_of_another_service(wanted: type[msgspec.Struct]) -> None:
    body = b'{"status": "UP", "components": {"db": {"status": "UP"}}}'
    with pytest.raises(BackendError):
        read_reply(RawReply(200, {}, body), wanted, Call("GET", "/x"))
