"""Every recorded request gets a reply of the recorded form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.support import Bench, Response, bench

RECORDINGS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.json"))
}
FORMS: dict[str, dict[str, object]] = {
    "control-invalid-command": {"command": "bogus", "password": "31415"},
    "control-missing-password": {"command": "STATUS"},
    "control-pause": {"command": "pause_detection", "password": "31415"},
    "control-peak-signal": {"command": "PEAK_SIGNAL", "password": "31415"},
    "control-resume": {"command": "resume_detection", "password": "31415"},
    "control-status": {"command": "STATUS", "password": "31415"},
    "control-unauthorized": {"command": "STATUS", "password": "wrong"},
    "peak-config-invalid": {"threshold": 20},
    "roi-invalid": {"x1": 10, "y1": 10, "x2": 5, "y2": 90, "password": "31415"},
}
QUERIES = {"config-unauthorized": "?password=wrong"}
LIVE = {"timestamp", "frame_count", "current_value", "baseline"}
MEASURED = ("running-", "paused-status", "paused-window")


async def replay(b: Bench, name: str, request: str) -> Response:
    method, target = request.split(" ", 1)
    b.clock.go_on(120)
    await b.get("/status")
    if name.startswith("paused"):
        await b.control("pause_detection")
    if method == "GET":
        return await b.talker.get(target + QUERIES.get(name, ""))
    return await b.talker.post(target, **FORMS[name])


def form(value: object) -> object:
    """Keys and kinds of a value; of a list those of its first element."""
    if isinstance(value, dict):
        return {key: form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [form(item) for item in value[:1]]
    return "text" if isinstance(value, str) else type(value).__name__


@pytest.mark.parametrize("name", RECORDINGS)
async def test_reply_has_the_recorded_status_keys_and_kinds(name: str) -> None:
    recorded = RECORDINGS[name]
    async with bench(running=True) as b:
        response = await replay(b, name, recorded["request"])
        assert response.status == recorded["status"]
        assert response.headers["content-type"] == "application/json"
        assert list(response.body) == list(recorded["body"])
        assert form(response.body) == form(recorded["body"])


@pytest.mark.parametrize("name", [name for name in RECORDINGS if not name.startswith(MEASURED)])
async def test_what_is_not_measured_is_word_for_word_as_recorded(name: str) -> None:
    recorded = RECORDINGS[name]
    async with bench(running=True) as b:
        body = (await replay(b, name, recorded["request"])).body
        shared = recorded["body"].keys() - LIVE
        assert {key: body[key] for key in shared} == {key: recorded["body"][key] for key in shared}


@pytest.mark.parametrize("name", ["running-status", "running-window-capture"])
async def test_times_are_naive_and_windows_as_long_as_recorded(name: str) -> None:
    recorded = RECORDINGS[name]
    async with bench(running=True) as b:
        body = (await replay(b, name, recorded["request"])).body
        assert len(body["timestamp"]) in (19, 26)
        assert body["timestamp"][-1].isdigit()
        assert len(body.get("series", [])) == len(recorded["body"].get("series", []))
