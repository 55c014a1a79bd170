"""``check`` against servers that keep to their interface, and against those that do not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhem_tui.cli.main import main
from nhem_tui.cli.probes import NOT_ASKED, READS
from nhem_tui.cli.write_probes import WRITES
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from tests.cli.support import StubServer, recorded, simulated_server


def checks(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    told = json.loads(capsys.readouterr().out)
    return {check["endpoint"]: check for check in told["checks"]}


def state(server: Simulator) -> tuple[object, ...]:
    """What a write could have changed."""
    backend = server.backend
    return (
        json.dumps(backend.config.data),
        backend.peaks,
        backend.engine.region,
        backend.engine.running,
        backend.engine.roi_interval,
        json.dumps(backend.lines),
    )


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("more", [[], ["--write"]])
def test_a_server_that_keeps_to_its_interface_is_left_as_it_was(
    running: bool, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated_server(SimulatorOptions(running=running)) as server:
        before = state(server)
        samples = len(server.backend.engine.samples)
        assert main(["check", "--json", "--url", server.url, *more]) == 0
        assert state(server) == before
        if not running:
            assert len(server.backend.engine.samples) == samples
    found = checks(capsys)
    assert {found[probe.endpoint]["result"] for probe in READS} == {"ok"}
    assert all(0 < found[probe.endpoint]["ms"] < 60_000 for probe in READS)
    assert {found[endpoint]["result"] for endpoint in NOT_ASKED} == {"not asked"}
    asked = {p.endpoint: found[p.endpoint]["result"] for p in WRITES if p.endpoint in found}
    if not more:
        assert {*asked.values()} == {"not asked"}
    else:
        untold = asked.pop("POST /roi/config")
        assert untold == ("ok" if running else "not asked")
        assert {*asked.values()} == {"ok"}
    dual = found["GET /data/dual-realtime"]
    assert ("only while detection runs" in dual["note"]) is not running


def test_nothing_is_written_without_being_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        assert main(["--read-only", "check", "--url", server.url]) == 0


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        assert main(["check", "--url", server.url]) == 0
    told = capsys.readouterr()
    header, health, status, *rest = told.out.splitlines()
    assert header.split() == ["endpoint", "result", "ms", "note"]
    assert health.split()[:3] == ["GET", "/health", "ok"]
    assert health.endswith("version 1.0.0")
    assert "stopped, frame 0" in status
    assert len(rest) + 2 == len(READS) + len(WRITES) - 1 + len(NOT_ASKED)
    assert told.err == ""


def test_made_up_data_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    options = SimulatorOptions(running=True, roi_configured=False)
    with simulated_server(options) as server:
        assert main(["watch", "--count", "60", "--url", server.url]) == 0
        capsys.readouterr()
        assert main(["check", "--json", "--url", server.url]) == 0
    found = checks(capsys)
    for endpoint in ("GET /data/window-capture", "GET /data/roi-window-capture-with-peaks"):
        assert found[endpoint]["note"].startswith("SIMULATED: ")
    assert found["GET /data/roi-window-capture"]["note"] == "no data yet"


def test_what_differs_is_named(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell("GET /health", recorded("health"))
    stub.tell("GET /status", (200, b'{"status": "running"}'))
    stub.tell("GET /data/fps", recorded("error-422"))
    stub.tell("GET /roi/config", recorded("paused-realtime-500"))
    assert main(["check", "--json", "--url", stub.url]) == 5
    told = capsys.readouterr()
    found = {check["endpoint"]: check for check in json.loads(told.out)["checks"]}
    assert found["GET /health"]["result"] == "ok"
    assert found["GET /status"]["result"] == "differs"
    assert "frame_count" in found["GET /status"]["note"]
    assert found["GET /data/window-capture"]["result"] == "differs"  # there is no such route
    assert found["GET /data/fps"]["result"] == "refused"
    assert found["GET /roi/config"]["result"] == "refused"
    assert json.loads(told.err)["text"] == "19 of 20 answers are not as promised"


def test_a_table_is_printed_also_where_only_the_greeting_differs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with simulated_server(SimulatorOptions()) as server, StubServer() as stub:
        stub.forward_to(server.url)
        stub.tell("GET /health", (200, b'{"status": "up"}'))
        assert main(["check", "--json", "--url", stub.url]) == 5
    found = checks(capsys)
    assert found["GET /health"]["result"] == "differs"
    assert {found[probe.endpoint]["result"] for probe in READS[1:]} == {"ok"}


def test_a_wrong_password_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_PASSWORD", "wrong")
    with simulated_server(SimulatorOptions()) as server:
        assert main(["check", "--json", "--url", server.url]) == 4
    found = checks(capsys)
    assert found["POST /control STATUS"]["result"] == "password"
    assert found["GET /status"]["result"] == "ok"


def test_a_server_that_is_not_there_has_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--url", "http://127.0.0.1:1"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing listens at 127.0.0.1:1" in told.err


@pytest.mark.parametrize("section", [None, 45, [1, 2]])
def test_a_configuration_of_another_shape_is_not_written_to(
    section: object, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {"config": {"data_processing": section, "peak_detection": section}}
    with simulated_server(SimulatorOptions()) as server, StubServer() as stub:
        stub.forward_to(server.url)
        stub.tell("GET /config", (200, json.dumps(odd).encode()))
        assert main(["check", "--write", "--json", "--url", stub.url]) == 0
    found = checks(capsys)
    assert {found[name]["result"] for name in ("POST /data/fps", "POST /config")} == {"not asked"}


def test_a_write_that_changes_something_is_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_server(SimulatorOptions()) as server:
        config = server.backend.config
        reload = config.reload

        def reload_otherwise() -> None:
            reload()
            config.data["logging"]["level"] = "DEBUG"

        monkeypatch.setattr(config, "reload", reload_otherwise)
        assert main(["check", "--write", "--json", "--url", server.url]) == 5
    assert checks(capsys)["GET /config, afterwards"]["note"] == "not as before: logging.level"
