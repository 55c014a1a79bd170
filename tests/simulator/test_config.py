"""The configuration, and how one bad value poisons it (contract section 9)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from nhem_tui.simulator.config_store import SECTIONS
from tests.simulator.support import PASSWORD, Bench, Response, bench

REGION = {"x1": 10, "y1": 10, "x2": 200, "y2": 200}


async def change(b: Bench, **query: object) -> Response:
    return await b.talker.ask("POST", f"/config?{urlencode({**query, 'password': PASSWORD})}")


async def config(b: Bench) -> dict[str, Any]:
    found: dict[str, Any] = (await b.get(f"/config?password={PASSWORD}"))["config"]
    return found


async def is_poisoned(b: Bench) -> bool:
    response = await b.talker.post("/roi/config", **REGION, password=PASSWORD)
    if response.status == 500:
        assert response.body["error_message"] == "Failed to save ROI configuration"
        return True
    return False


async def poison_by_frame_rate(b: Bench) -> None:
    reply = await b.post("/roi/frame-rate", frame_rate=45)
    assert reply["success"]  # it does not say what it has done


async def poison_by_region_length(b: Bench) -> None:
    response = await b.talker.post("/peak-detection/config", min_region_length=15)
    assert response.status == 500
    assert (await b.get("/peak-detection/config"))["min_region_length"] == 5


async def poison_by_config(b: Bench) -> None:
    response = await change(b, section="data_processing", key="fps", value=500)
    assert (response.status, response.body["error_message"]) == (500, "配置保存失败")


@pytest.mark.parametrize(
    "poison", [poison_by_frame_rate, poison_by_region_length, poison_by_config]
)
async def test_one_bad_value_stops_every_save_until_a_reload(
    poison: Callable[[Bench], Awaitable[None]],
) -> None:
    async with bench() as b:
        assert not await is_poisoned(b)
        await poison(b)
        assert await is_poisoned(b)
        refused = await b.talker.post("/peak-detection/config", threshold=110)
        assert refused.status == 500
        assert (await b.get("/peak-detection/config"))["threshold"] == 104.0
        line = await b.talker.post("/api/roi/line-intersection/enable", password=PASSWORD)
        assert line.status == 500
        other = {**REGION, "x1": 20}
        refused = await b.talker.post("/roi/config", **other, password=PASSWORD)
        assert refused.status == 500
        assert (await b.get("/roi/config"))["config"] == REGION  # of the file, not of the memory
        assert (await b.post("/data/fps", fps=60))["success"]  # says so all the same
        reload = await b.talker.ask("POST", f"/config/reload?password={PASSWORD}")
        assert reload.body["success"]
        assert not await is_poisoned(b)


async def test_a_reload_does_not_touch_what_runs() -> None:
    async with bench() as b:
        await poison_by_frame_rate(b)
        await b.talker.ask("POST", f"/config/reload?password={PASSWORD}")
        assert (await b.get("/roi/frame-rate"))["frame_rate"] == 45
        assert (await config(b))["roi_capture"]["frame_rate"] == 4


async def test_the_frame_rate_of_the_main_signal_counts_from_the_next_process_on() -> None:
    async with bench(running=True) as b:
        assert (await b.post("/data/fps", fps=90))["fps"] == 90
        assert (await b.get("/data/fps"))["fps"] == 45
        b.clock.go_on(10)
        assert 440 < (await b.get("/status"))["frame_count"] < 446
        b.simulator.restart(running=True)
        await b.talker.open()
        b.clock.go_on(10)
        assert (await b.get("/data/fps"))["fps"] == 90
        assert 885 < (await b.get("/status"))["frame_count"] < 890


async def test_a_new_password_counts_from_the_next_process_on() -> None:
    async with bench() as b:
        assert (await change(b, section="security", key="password", value="new")).status == 200
        assert (await config(b))["security"]["password"] == "new"
        b.simulator.restart()
        await b.talker.open()
        assert (await b.talker.get(f"/config?password={PASSWORD}")).status == 401
        assert (await b.talker.get("/config?password=new")).status == 200


async def test_sections_are_merged_one_level_deep() -> None:
    async with bench() as b:
        entries = {"roi_capture": {"default_config": {"x1": 7}}, "logging": 3}
        assert (await change(b, config_data=json.dumps(entries))).status == 200
        held = await config(b)
        assert held["roi_capture"]["default_config"] == {"x1": 7}
        assert held["roi_capture"]["frame_rate"] == 4
        assert held["logging"] == {"level": "INFO"}  # skipped without a word
        live = (await b.get("/roi/config"))["config"]
        assert live == {"x1": 100, "y1": 100, "x2": 300, "y2": 250}


async def test_refusals_are_in_chinese() -> None:
    async with bench() as b:
        for query, words in (
            ({}, "请提供有效的更新参数"),
            ({"config_data": "{"}, "config_data JSON格式错误"),
            ({"config_data": "[1]"}, "config_data 必须为字典格式"),
        ):
            response = await change(b, **query)
            assert (response.status, response.body["error_message"]) == (400, words)
        missing = await b.talker.get(f"/config?password={PASSWORD}&section=x")
        assert (missing.status, missing.body["error_message"]) == (404, "配置节 'x' 不存在")
        section = await b.get(f"/config?password={PASSWORD}&section=logging")
        assert section == {"section": "logging", "config": {"level": "INFO"}}


async def test_export_and_import() -> None:
    async with bench() as b:
        exported = (await b.get(f"/config/export?password={PASSWORD}"))["config_json"]
        assert PASSWORD in exported
        data = json.loads(exported)
        data["peak_detection"]["threshold"] = 99.0
        assert (await b.post("/config/import", config_json=json.dumps(data)))["success"]
        assert (await config(b))["peak_detection"]["threshold"] == 99.0
        assert (await b.get("/peak-detection/config"))["threshold"] == 104.0
        del data["logging"]
        for text in (json.dumps(data), "{", "[]"):
            response = await b.talker.post("/config/import", config_json=text, password=PASSWORD)
            assert response.status == 400
            assert response.body["error_message"] == "配置格式无效或验证失败"


async def test_a_file_without_its_values_still_starts() -> None:
    async with bench() as b:
        empty: dict[str, object] = {name: {} for name in SECTIONS}
        empty["security"] = {"password": PASSWORD}
        await b.post("/config/import", config_json=json.dumps(empty))
        b.simulator.restart(running=True)
        await b.talker.open()
        assert (await b.get("/peak-detection/config"))["threshold"] == 105.0
        assert (await b.get("/roi/config"))["config"] == dict.fromkeys(("x1", "y1", "x2", "y2"), 0)


async def test_peak_settings_are_live_at_once_and_say_what_changed() -> None:
    async with bench() as b:
        reply = await b.post("/peak-detection/config", threshold=120, margin_frames=7)
        assert (reply["threshold"], reply["margin_frames"]) == (120.0, 7)
        assert "threshold=120.0" in reply["message"]
        assert (await b.get("/peak-detection/config"))["threshold"] == 120.0
        assert (await config(b))["peak_detection"]["threshold"] == 120.0
        assert (await b.post("/peak-detection/config"))["message"] == "no changes"
