"""``watch`` against the simulated server: every frame once, and what happens in between."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from nhem_tui.cli.main import main
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import StubServer, recorded, simulated_server, status

NO_DATA = (404, b'{"type":"error","error_code":"x","error_message":"No data available"}')


def answers(stub: StubServer) -> None:
    """Let a stub answer what a watch asks."""
    stub.tell("GET /status", recorded("running-status"))
    stub.tell("GET /health", recorded("health"))
    stub.tell("GET /data/window-capture", recorded("running-window-capture"))
    stub.tell("GET /data/roi-window-capture", NO_DATA)


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    told = capsys.readouterr()
    assert told.err == ""
    return [json.loads(line) for line in told.out.splitlines()]


def test_samples_are_lines_of_json_and_every_frame_comes_once(
    simulated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "--json", "--roi", "--count", "120", "--url", simulated]) == 0
    told = records(capsys)
    assert told[0]["type"] == "connected"
    assert told[0]["url"] == simulated
    assert told[1]["type"] == "state"
    assert told[1]["state"] == "running"
    samples = [record for record in told if record["type"] == "sample"]
    assert [*samples[0]] == ["type", "epoch", "frame", "t", "value"]
    frames = [sample["frame"] for sample in samples]
    assert frames == list(range(frames[0], frames[0] + len(frames)))
    assert all(a["t"] < b["t"] for a, b in itertools.pairwise(samples))
    assert samples[0]["t"] == 0
    roi = [record["roi_index"] for record in told if record["type"] == "roi_sample"]
    assert roi == list(range(roi[0], roi[0] + len(roi)))
    assert len(samples) + len(roi) == 120


def test_it_ends_after_some_seconds_of_it(
    simulated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "--seconds", "0.5", "--url", simulated]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"connected to {simulated}, server version 1.0.0"
    assert lines[1].startswith("detection is running, frame ")
    assert lines[2].startswith("frame ")


def test_a_server_that_was_never_there_is_an_error_at_once(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    words = ["watch", "--json", "--seconds", "2"]
    for url, code, kind in (("http://127.0.0.1:1", 3, "refused"), (stub.url, 1, "rejected")):
        began = time.monotonic()
        assert main([*words, "--url", url]) == code
        assert time.monotonic() - began < 1
        told = capsys.readouterr()
        assert told.out == ""
        error = json.loads(told.err)
        assert (error["type"], error["exit"]) == ("error", code)
        assert (error["kind"], error["endpoint"]) == (kind, "GET /status")


def test_a_server_that_may_be_back_in_a_moment_is_asked_again(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(stub)
    stub.tell("GET /status", (503, b"{}"), (0, b""), recorded("running-status"))
    assert main(["watch", "--count", "1", "--url", stub.url]) == 0
    assert capsys.readouterr().out.startswith("connected to ")


def test_a_slow_server_is_watched_all_the_same(
    let_clients_wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two requests in a row take longer than one may."""
    let_clients_wait(0.2)
    options = SimulatorOptions(running=True, faults=("slow=0.12",))
    with simulated_server(options) as server:
        assert main(["watch", "--count", "1", "--url", server.url]) == 0
    assert "frame " in capsys.readouterr().out


def test_without_a_single_sample_it_ends_as_the_last_fault(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(stub)
    words = ["watch", "--json", "--seconds", "0.5", "--url", stub.url]
    for answer, code, kind in (
        ((200, b"<html>"), 5, "bad data"),
        ((500, b"{}"), 1, "server fault"),
    ):
        stub.tell("GET /data/window-capture", answer)
        assert main(words) == code
        error = json.loads(capsys.readouterr().err)
        assert error["text"].startswith("no sample came: ")
        assert (error["exit"], error["kind"]) == (code, kind)
        assert error["endpoint"] == "GET /data/window-capture"


def test_a_server_at_rest_is_no_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(stub)
    stub.tell("GET /status", status(status="stopped", frame_count=0))
    stub.tell("GET /data/window-capture", NO_DATA)
    assert main(["watch", "--json", "--seconds", "0.3", "--url", stub.url]) == 0
    assert [record["type"] for record in records(capsys)] == ["connected", "state"]


def test_a_restart_of_the_server_is_told_and_watching_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with simulator("--fault", "restart=0.3@1") as process:
        assert main(["watch", "--json", "--seconds", "3", "--url", process.url()]) == 0
    told = records(capsys)
    kinds = [record["type"] for record in told if record["type"] not in ("sample", "gap")]
    assert kinds[:2] == ["connected", "state"]
    assert "lost" in kinds
    assert kinds.index("lost") < kinds.index("restored") < kinds.index("restarted")
    assert told[-1]["epoch"] == 2
