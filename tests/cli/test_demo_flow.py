"""``demo-flow``: the whole way once; detection stops however it ends."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nhem_tui.backend import settling
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
    assert told["type"] == "measurement"
    assert told["window"]["channel"] == "roi"
    assert told["window"]["last"] > told["window"]["first"]
    assert (told["state"]["type"], told["state"]["state"]) == ("state", "stopped")
    assert told["waveform"] == {
        "type": "waveform",
        "path": "wave.png",
        "bytes": len((home / "wave.png").read_bytes()),
    }


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        assert main([*FLOW, "--url", server.url]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("roi samples 1–")
    assert told.out.endswith("detection is stopped\n")
    assert ("no peaks\n" in told.out) != (" peak, roi " in told.out)
    assert told.err == "measuring for 0.3 s\n"


def test_a_step_that_fails_stops_detection_all_the_same(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/config", recorded("roi-config"))
    stub.tell("POST /roi/frame-rate", recorded("roi-frame-rate"))
    stub.tell("POST /control", recorded("control-resume"))
    assert main([*FLOW, "--url", stub.url]) == 1  # this server captures nothing
    assert stub.requests[-2:] == [("POST /control", STOP), ("GET /status", "")]
    assert "error: this server does not have GET /data/roi-window" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_detection_too(number: int) -> None:
    with simulated_server(SimulatorOptions()) as server:
        words = ["--seconds", "60", "--url", server.url]
        with program("demo-flow", *words) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == "measuring for 60 s\n"
            assert server.backend.engine.running
            process.send_signal(number)
            assert process.wait(timeout=10) == 130
        assert not server.backend.engine.running


class Delayed(StubServer):
    """A proxy before a simulated server, which holds back the answers to a command."""

    def __init__(self, url: str, command: str = "start_detection") -> None:
        super().__init__()
        self.forward_to(url)
        self.command = command
        self.held = threading.Event()
        self.let_go = threading.Event()

    def before_answer(self, body: str) -> None:
        if self.command in body:
            self.held.set()
            self.let_go.wait(5)

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        super().__exit__()


def test_a_start_that_is_answered_too_late_is_taken_back(
    monkeypatch: pytest.MonkeyPatch,
    let_clients_wait: Callable[[float], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(settling, "SETTLE", 0.05)
    let_clients_wait(0.3)
    with simulated_server(SimulatorOptions()) as server, Delayed(server.url) as proxy:
        assert main([*FLOW, "--quiet", "--url", proxy.url]) == 3
        assert not server.backend.engine.running
    assert "did not answer within 0.3 s" in capsys.readouterr().err


def test_a_stop_that_is_never_answered_is_tried_again_and_then_an_error(
    let_clients_wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    let_clients_wait(0.3)
    with (
        simulated_server(SimulatorOptions()) as server,
        Delayed(server.url, "stop_detection") as proxy,
    ):
        assert main([*FLOW, "--quiet", "--url", proxy.url]) == 3
        assert proxy.endpoints.count("POST /control") == 1 + 3
    told = capsys.readouterr().err
    assert "error: detection may still run: " in told
    assert "hint: nhem-tui stop\n" in told


def test_ctrl_c_while_start_is_under_way_takes_it_back() -> None:
    with simulated_server(SimulatorOptions()) as server, Delayed(server.url) as proxy:
        with program("demo-flow", "--url", proxy.url) as process:
            assert proxy.held.wait(10)
            assert server.backend.engine.running
            process.send_signal(signal.SIGINT)
            proxy.let_go.set()
            assert process.wait(timeout=10) == 130
        assert not server.backend.engine.running


def test_a_start_that_was_refused_needs_no_stop(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/config", recorded("roi-config"))
    stub.tell("POST /roi/frame-rate", recorded("roi-frame-rate"))
    stub.tell("POST /control", recorded("control-unauthorized"))
    assert main([*FLOW, "--url", stub.url]) == 4
    assert stub.endpoints.count("POST /control") == 1


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_stop_that_fails_is_an_error(
    quiet: list[str], stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/config", recorded("roi-config"))
    stub.tell("POST /roi/frame-rate", recorded("roi-frame-rate"))
    stub.tell("POST /control", recorded("control-resume"), recorded("paused-realtime-500"))
    assert main([*FLOW, *quiet, "--url", stub.url]) == 1
    told = capsys.readouterr().err
    assert "error: detection may still run: the server failed" in told
    assert "hint: nhem-tui stop\n" in told


def test_a_server_that_does_not_stop_is_an_error_after_a_good_measurement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settling, "SETTLE", 0.0)
    with simulated_server(SimulatorOptions()) as server:
        monkeypatch.setattr(type(server.backend.engine), "stop", lambda engine, now: None)
        assert main([*FLOW, "--url", server.url]) == 1
    told = capsys.readouterr()
    assert "detection is running although it was stopped" in told.err
    assert told.out == ""


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
