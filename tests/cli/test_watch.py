"""``watch`` against the simulated server: every frame once, and what happens in between."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from nhem_tui.cli.main import main
from nhem_tui.cli.simulator_process import simulator


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


def test_a_server_that_was_never_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["watch", "--json", "--timeout", "0.5", "--url", "http://127.0.0.1:1"]
    assert main(words) == 3
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[0])["type"] == "lost"
    error = json.loads(told.err)
    assert error["exit"] == 3
    assert error["text"].startswith("no server after 0.5 s: nothing listens at 127.0.0.1:1")


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
