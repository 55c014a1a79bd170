"""``demo-flow``: the whole way once; detection stops however it ends."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import StubServer, program, recorded, simulated_server, status

FLOW = ["demo-flow", "--seconds", "0.3", "--rate", "20"]
STOP = "command=stop_detection&password=31415"


def test_the_whole_way(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        more = ["--roi", "100", "100", "300", "250", "--output", "wave.png", "--json"]
        assert main([*FLOW, *more, "--url", server.url]) == 0
        engine = server.backend.engine
        assert not engine.running
        assert engine.region == (100, 100, 300, 250)
        assert engine.roi_interval == 0.05
    told = json.loads(capsys.readouterr().out)
    assert told["window"]["channel"] == "roi"
    assert told["window"]["last"] > told["window"]["first"]
    assert told["status"]["status"] == "stopped"
    assert told["picture"] == {
        "file": "wave.png",
        "bytes": len((home / "wave.png").read_bytes()),
    }


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        assert main([*FLOW, "--url", server.url]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("roi samples 1–")
    assert told.out.endswith("detection is stopped\n")
    assert told.err == "measuring for 0.3 s\n"


def test_a_step_that_fails_stops_detection_all_the_same(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/config", recorded("roi-config"))
    stub.tell("POST /roi/frame-rate", recorded("roi-frame-rate"))
    stub.tell("POST /control", recorded("control-resume"))
    assert main([*FLOW, "--url", stub.url]) == 1  # this server captures nothing
    assert stub.requests[-1] == ("POST /control", STOP)
    assert "error: this server does not have GET /data/roi-window" in capsys.readouterr().err


def test_ctrl_c_stops_detection_too() -> None:
    with simulated_server(SimulatorOptions()) as server:
        words = ["--seconds", "60", "--url", server.url]
        with program("demo-flow", *words) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == "measuring for 60 s\n"
            assert server.backend.engine.running
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 130
        assert not server.backend.engine.running


def test_a_stop_that_fails_is_told(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/config", recorded("roi-config"))
    stub.tell("POST /roi/frame-rate", recorded("roi-frame-rate"))
    stub.tell("POST /control", recorded("control-resume"), recorded("paused-realtime-500"))
    assert main([*FLOW, "--url", stub.url]) == 1
    assert "warning: detection could not be stopped: the server failed" in capsys.readouterr().err


def test_a_detection_of_somebody_else_is_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with simulated_server(SimulatorOptions(running=True)) as server:
        region = server.backend.engine.region
        assert main([*FLOW, "--url", server.url]) == 1
        assert "detection runs already" in capsys.readouterr().err
        assert (server.backend.engine.running, server.backend.engine.region) == (True, region)
        assert main([*FLOW, "--yes", "--url", server.url]) == 0
        assert not server.backend.engine.running


@pytest.mark.parametrize(
    "words",
    [
        ["--roi", "0", "0", "20", "20"],
        ["--rate", "31"],
        ["--count", "20"],
        ["--seconds", "0"],
        ["--output", "."],
    ],
)
def test_nothing_is_begun_that_cannot_end_well(words: list[str], stub: StubServer) -> None:
    assert main(["demo-flow", *words, "--url", stub.url]) == 2
    assert stub.requests == []
