"""Line-intersection detection, which fails inside and answers success."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.simulator.support import PASSWORD, Bench, Response, Talker, bench, until

BASE = "/api/roi/line-intersection"
REGION = {"x1": 100, "y1": 100, "x2": 300, "y2": 250}


async def detect(b: Bench, **document: object) -> Response:
    kind = {"content-type": "application/json"}
    return await b.talker.ask("POST", BASE, json.dumps(document).encode(), kind)


async def test_detection_fails_inside_a_success_and_adds_a_sample() -> None:
    async with bench() as b:
        reply = (await detect(b, password=PASSWORD, roi_coordinates=REGION)).body
        assert reply["success"] is True
        assert "cv2.UMat" in reply["result"]["error_message"]
        assert [sample.kind for sample in b.simulator.truth.samples] == [1]
        await detect(b, password=PASSWORD, image_data="abc")
        assert len(b.simulator.truth.samples) == 1


async def test_detection_freezes_the_whole_server() -> None:
    async with bench() as b:
        b.simulator.backend.line_detection_seconds = 60.0
        other = Talker(b.simulator.port)
        await other.open()
        await other.get("/status")
        detection = asyncio.create_task(detect(b, password=PASSWORD, roi_coordinates=REGION))
        await until(lambda: len(b.simulator.truth.samples) == 1)  # it is at it
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await other.get("/status")
        detection.cancel()
        other.close()


async def test_refusals_come_with_status_200() -> None:
    async with bench() as b:
        for document, words in (
            ({"password": "no", "roi_coordinates": REGION}, "密码错误"),
            ({"password": PASSWORD}, "image_data"),
            ({"password": PASSWORD, "roi_coordinates": REGION, "image_data": "a"}, "image_data"),
        ):
            response = await detect(b, **document)
            assert (response.status, response.body["success"]) == (200, False)
            assert words in response.body["message"]


async def test_what_is_no_document_is_refused_and_echoed() -> None:
    async with bench() as b:
        response = await detect(b, pasword="secret")
        assert response.status == 422
        assert response.body["detail"][0]["input"] == {"pasword": "secret"}
        response = await b.talker.ask("POST", BASE, b"{")
        assert response.body["detail"][0]["type"] == "json_invalid"


async def test_settings_are_checked_only_against_what_is_sent_with_them() -> None:
    async with bench() as b:
        changed = await b.post(f"{BASE}/config", canny_low_threshold=200, enabled="false")
        assert changed["data"] == {"canny_low_threshold": 200, "enabled": False}
        held = (await b.get(f"{BASE}/config?password={PASSWORD}"))["data"]
        assert (held["canny_low_threshold"], held["canny_high_threshold"]) == (200, 80)
        response = await b.talker.post(
            f"{BASE}/config",
            password=PASSWORD,
            canny_low_threshold=90,
            canny_high_threshold=80,
            hsv_green_lower_0=40,
            min_confidence=2,
            roi_processing_mode="all",
        )
        assert response.status == 400
        assert response.body["error_code"] == "INVALID_LINE_DETECTION_CONFIG"
        assert len(response.body["details"]["value"]) == 4


async def test_switching_and_resetting() -> None:
    async with bench() as b:
        triple = {f"hsv_green_upper_{i}": value for i, value in enumerate((90, 200, 210))}
        await b.post(f"{BASE}/config", **triple)
        reply = await b.post(f"{BASE}/disable")
        assert reply["type"] == "control_response"
        assert "success" not in reply
        status = (await b.get(f"{BASE}/status"))["data"]
        assert (status["enabled"], status["status"]) == (False, "disabled")
        assert status["config"]["hsv_green_upper"] == [90, 200, 210]
        await b.post(f"{BASE}/enable")
        assert (await b.get(f"{BASE}/status"))["data"]["enabled"]
        reset = (await b.post(f"{BASE}/config/reset"))["data"]
        assert (reset["enabled"], reset["hsv_green_upper"]) == (False, [80, 255, 255])


async def test_enhanced_realtime_never_decodes_its_own_picture() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(1)
        plain = await b.get("/data/realtime/enhanced?count=1")
        assert plain["line_intersection"] is None
        with_lines = await b.get("/data/realtime/enhanced?count=1&include_line_intersection=true")
        message = with_lines["line_intersection"]["error_message"]
        assert message == "Failed to decode ROI1 image: Incorrect padding"
