"""The five shapes of errors, and what a client must survive around them (contract section 2)."""

from __future__ import annotations

import json

import pytest

from tests.simulator.support import PASSWORD, bench

REGION = {"x1": 10, "y1": 10, "x2": 100, "y2": 100, "password": PASSWORD}


@pytest.mark.parametrize("path", ["realtime", "dual-realtime", "realtime/enhanced"])
async def test_pictures_of_a_stopped_server_crash_it_and_the_connection_drops(path: str) -> None:
    async with bench() as b:
        response = await b.talker.get(f"/data/{path}")
        assert (response.status, response.body["error_code"]) == (500, "INTERNAL_ERROR")
        assert "connection" not in response.headers  # unannounced
        assert await b.talker.ended()
        await b.talker.open()
        await b.get("/status")


async def test_other_errors_leave_the_connection_open() -> None:
    async with bench() as b:
        for target in ("/nope", "/data/window-capture?count=9", "/data/window-capture", "/config"):
            assert (await b.talker.get(target)).status >= 400
        await b.get("/status")


@pytest.mark.parametrize(
    ("target", "low", "high"),
    [
        ("/data/realtime", 1, 1000),
        ("/data/dual-realtime", 1, 1000),
        ("/data/window-capture", 50, 200),
        ("/data/roi-window-capture", 50, 500),
        ("/data/roi-window-capture-with-peaks", 50, 500),
        ("/data/waveform-with-peaks", 10, 500),
    ],
)
async def test_counts_have_limits(target: str, low: int, high: int) -> None:
    async with bench(running=True) as b:
        b.clock.go_on(1)
        for count in (low, high):
            await b.get(f"{target}?count={count}")
        for count, kind in ((low - 1, "greater_than_equal"), (high + 1, "less_than_equal")):
            response = await b.talker.get(f"{target}?count={count}")
            assert response.status == 422
            (complaint,) = response.body["detail"]
            assert (complaint["type"], complaint["loc"]) == (kind, ["query", "count"])
            assert complaint["input"] == str(count)


async def test_integers_are_strict_and_all_complaints_come_together() -> None:
    async with bench() as b:
        response = await b.talker.post("/roi/config", x1="1.5", y1="ten", x2="", y2=100)
        assert response.status == 422
        complaints = {item["loc"][1]: item["type"] for item in response.body["detail"]}
        assert complaints == {
            "x1": "int_parsing",
            "y1": "int_parsing",
            "x2": "missing",
            "password": "missing",
        }
        assert (await b.talker.post("/roi/config", **{**REGION, "x1": "7.0"})).status == 200


async def test_fields_nobody_declared_are_ignored() -> None:
    async with bench() as b:
        response = await b.talker.post("/peak-detection/config", threshold=110, password="whatever")
        assert response.status == 200
        assert response.body["threshold"] == 110.0


async def test_a_form_that_is_not_one_lacks_everything() -> None:
    async with bench() as b:
        document = json.dumps({"command": "STATUS", "password": PASSWORD}).encode()
        response = await b.talker.ask(
            "POST", "/control", document, {"content-type": "application/json"}
        )
        assert [item["type"] for item in response.body["detail"]] == ["missing", "missing"]


async def test_routes_and_methods_that_do_not_exist() -> None:
    async with bench() as b:
        response = await b.talker.get("/status/more")
        assert (response.status, response.body) == (404, {"detail": "Not Found"})
        response = await b.talker.get("/control")
        assert (response.status, response.body) == (405, {"detail": "Method Not Allowed"})
        assert response.headers["allow"] == "POST"


async def test_negative_coordinates_crash_the_server() -> None:
    async with bench() as b:
        response = await b.talker.post("/roi/config", **{**REGION, "x1": -1})
        assert (response.status, response.body["error_code"]) == (500, "INTERNAL_ERROR")
        assert await b.talker.ended()


async def test_nan_passes_the_framework_and_comes_back_as_null() -> None:
    async with bench() as b:
        response = await b.talker.post("/peak-detection/config", difference_threshold="nan")
        assert response.status == 400
        assert response.body["error_code"] == "INVALID_DIFFERENCE_THRESHOLD"
        assert response.body["details"]["value"] is None


@pytest.mark.parametrize(
    ("target", "form", "code"),
    [
        ("/roi/frame-rate", {"frame_rate": 61, "password": PASSWORD}, "INVALID_FRAME_RATE"),
        ("/data/fps", {"fps": 9, "password": PASSWORD}, "INVALID_FPS"),
        ("/peak-detection/config", {"margin_frames": 21}, "INVALID_MARGIN_FRAMES"),
        ("/peak-detection/config", {"min_region_length": 0}, "INVALID_MIN_REGION_LENGTH"),
        ("/analyze", {"duration": 3}, "INVALID_PARAMETER"),
    ],
)
async def test_values_out_of_range(target: str, form: dict[str, object], code: str) -> None:
    async with bench() as b:
        response = await b.talker.post(target, **form)
        assert (response.status, response.body["error_code"]) == (400, code)


async def test_each_endpoint_wants_the_password_where_the_contract_says() -> None:
    async with bench() as b:
        lines = "/api/roi/line-intersection"
        forms = ("/control", "/roi/config", "/roi/capture", "/roi/frame-rate", "/data/fps")
        for path in (*forms, f"{lines}/enable", f"{lines}/disable", f"{lines}/config/reset"):
            fields = {**REGION, "command": "STATUS", "frame_rate": 4, "fps": 45, "password": "no"}
            response = await b.talker.post(path, **fields)
            assert (response.status, response.body["error_code"]) == (401, "UNAUTHORIZED")
        for path in ("/config", "/config/export"):
            response = await b.talker.get(f"{path}?password=no")
            assert (response.status, response.body["error_message"]) == (401, "密码错误")
        response = await b.talker.post("/config?key=a", password=PASSWORD)
        assert response.body["detail"][0]["loc"] == ["query", "password"]


async def test_analysis_ignores_the_file_and_gives_live_frames() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        content = (
            b'--x\r\nContent-Disposition: form-data; name="realtime"\r\n\r\nfalse\r\n'
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
            b"Content-Type: video/mp4\r\n\r\n\x00\x01\r\n--x--\r\n"
        )
        kind = {"content-type": "multipart/form-data; boundary=x"}
        uploaded = (await b.talker.ask("POST", "/analyze", content, kind)).body
        live = (await b.talker.post("/analyze", realtime="true")).body
        assert uploaded["series"] == live["series"]
        newest = list(b.simulator.truth.frames)[-100:]
        assert [point["value"] for point in live["series"]] == [frame.value for frame in newest]
        both = content.replace(b"false", b"true")
        assert (await b.talker.ask("POST", "/analyze", both, kind)).status == 400


async def test_browsers_may_ask_from_anywhere_but_see_no_crash() -> None:
    async with bench() as b:
        origin = {"origin": "http://elsewhere"}
        response = await b.talker.get("/status", origin)
        assert response.headers["access-control-allow-origin"] == "*"
        crash = await b.talker.get("/data/realtime", origin)
        assert "access-control-allow-origin" not in crash.headers


async def test_a_request_that_is_not_http_ends_the_connection() -> None:
    async with bench() as b:
        b.talker._writer.write(b"\x16\x03\x01 hello\r\n\r\n")  # what a TLS client begins with
        assert (await b.talker._reader.read(12)) == b"HTTP/1.1 400"
        await b.talker._reader.read()
        await b.talker.open()
        await b.get("/status")
