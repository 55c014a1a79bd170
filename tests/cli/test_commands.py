"""What ``status``, ``start``, ``stop``, ``pause`` and ``resume`` print and how they end."""

from __future__ import annotations

import json
import time

import pytest

from nhem_tui.backend import settling
from nhem_tui.cli.main import main
from tests.cli.support import Answer, StubServer, recorded, status

STATUS = """\
Detection    running
Frame        268277
Value        106.12
Baseline     101.45
Peak signal  no
Buffered     100 frames
Server time  2026-11-23 05:34:36+00:00
"""


def test_status_in_words(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell("GET /status", recorded("running-status"))
    assert main(["status", "--url", stub.url]) == 0
    assert capsys.readouterr() == (STATUS, "")


def test_status_as_json_has_the_names_of_watch(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", recorded("running-status"))
    began = time.time()
    assert main(["status", "--json", "--url", stub.url]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert began <= document.pop("at") <= time.time()
    assert document == {
        "type": "state",
        "epoch": 1,
        "state": "running",
        "frame": 268277,
        "value": 106.11687363038715,
        "baseline": 101.45296647999352,
        "peak_signal": False,
        "buffered": 100,
        "server_at": 1795412076.413775,
    }
    assert told.err == ""


def test_a_server_without_a_frame_has_no_value(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    new = status(status="stopped", frame_count=0, current_value=0.0, baseline=0.0)
    stub.tell("GET /status", new)
    assert main(["status", "--url", stub.url]) == 0
    assert "Value        none\nBaseline     none\n" in capsys.readouterr().out
    assert main(["status", "--json", "--url", stub.url]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["value"], document["baseline"]) == (None, None)


def test_a_server_that_tells_no_time_has_none(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status(timestamp=None))
    assert main(["status", "--json", "--url", stub.url]) == 0
    assert json.loads(capsys.readouterr().out)["server_at"] is None


@pytest.mark.parametrize(
    ("command", "sent", "state"),
    [
        ("start", "start_detection", "running"),
        ("resume", "resume_detection", "running"),
        ("stop", "stop_detection", "stopped"),
        ("pause", "pause_detection", "stopped"),
    ],
)
def test_a_command_is_sent_once_and_its_outcome_read_back(
    command: str, sent: str, state: str, stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /status", status(status=state))
    assert main([command, "--json", "--url", stub.url]) == 0
    assert stub.requests[:2] == [
        ("POST /control", f"command={sent}&password=31415"),
        ("GET /status", ""),
    ]
    assert stub.endpoints.count("POST /control") == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["type"], document["state"]) == ("state", state)


@pytest.mark.parametrize("level", [float("nan"), float("inf"), None])
def test_a_level_that_is_no_number_hides_no_state(
    level: float | None, stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /status", status(status="stopped", current_value=level, baseline=level))
    for command in ("status", "stop"):
        assert main([command, "--json", "--url", stub.url]) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["state"], document["value"]) == ("stopped", None)
        assert document["baseline"] is None


def test_a_state_that_comes_a_moment_later_is_waited_for(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-pause"))
    before, after = status(status="running"), status(status="stopped")
    stub.tell("GET /status", before, before, after)
    assert main(["stop", "--url", stub.url]) == 0
    assert stub.endpoints == ["POST /control", *["GET /status"] * 3]
    assert capsys.readouterr().out.startswith("Detection    stopped\n")


def test_a_command_without_the_outcome_is_a_failure(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settling, "SETTLE", 0.0)
    stub.tell("POST /control", recorded("control-pause"))
    stub.tell("GET /status", status(status="stopped"))
    assert main(["start", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("Detection    stopped\n")
    assert told.err.startswith(
        "error: the server took the command, but says that detection is stopped\nhint: "
    )


def test_a_start_without_roi_says_how_to_set_one(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {
        "type": "error",
        "timestamp": "2026-11-23T05:34:36.413775",
        "error_code": "ROI_NOT_CONFIGURED",
        "error_message": "ROI is not configured",
        "details": None,
    }
    stub.tell("POST /control", (400, json.dumps(body).encode()))
    assert main(["start", "--url", stub.url]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert "ROI is not configured" in error
    assert hint == "hint: set a ROI first: nhem-tui roi set X1 Y1 X2 Y2"


PAGE = b"<html><body>It works!</body></html>"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, b'{"detail":"Internal Server Error"}'), 1),
        ((404, b'{"detail":"Not Found"}'), 1),
        ((200, PAGE), 5),
        ((200, b""), 5),
        ((200, b'{"status":"ok"}'), 5),
        (status(frame_count=-1), 5),
        ((0, b""), 3),
    ],
)
def test_a_bad_answer_is_one_clear_line(
    answer: Answer, code: int, stub: StubServer, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    stub.tell("GET /status", answer)
    assert main(["status", "--url", stub.url]) == code
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith("error: ")
    assert main(["status", "--json", "--url", stub.url]) == code
    record = json.loads(capsys.readouterr().err)
    assert record["type"] == "error"
    assert record["exit"] == code
    assert record["endpoint"] == "GET /status"


def test_a_refused_password_has_its_own_code(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-unauthorized"))
    assert main(["stop", "--url", stub.url]) == 4
    assert "the server refused the password" in capsys.readouterr().err


def test_nothing_is_sent_read_only(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--read-only", "stop", "--url", stub.url]) == 1
    assert stub.requests == []
    assert "read-only" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["ftp://lab3", "http://", "http://lab3:99999", "lab3:8421"])
def test_an_impossible_address_is_wrong_usage(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", url]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "http://" in line
