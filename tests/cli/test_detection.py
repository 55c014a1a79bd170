"""``health``, ``peak-signal``, ``peaks`` and ``fps``."""

from __future__ import annotations

import json

import pytest

from nhem_tui.cli.main import main
from tests.cli.support import StubServer, body_of, recorded

PEAKS = """\
Threshold              104 gray levels
Difference threshold   1.1 gray levels
Margin                 5 frames
Minimum region length  5 frames
"""
VALUES = {
    "threshold": 104.0,
    "difference_threshold": 1.1,
    "margin_frames": 5,
    "min_region_length": 5,
}


def peak_config(**changes: float) -> tuple[int, bytes]:
    return 200, json.dumps(body_of("peak-detection-config") | VALUES | changes).encode()


def test_health(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell("GET /health", recorded("health"))
    assert main(["health", "--url", stub.url]) == 0
    assert capsys.readouterr().out == ("Status   ok\nSystem   NHEM API Server\nVersion  1.0.0\n")
    assert main(["health", "--json", "--url", stub.url]) == 0
    assert json.loads(capsys.readouterr().out) == {"type": "health", **body_of("health")}


def test_the_peak_signal_is_read_with_the_password(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /control", recorded("control-peak-signal"))
    assert main(["peak-signal", "--json", "--url", stub.url]) == 0
    assert stub.requests[0] == ("POST /control", "command=PEAK_SIGNAL&password=31415")
    told = json.loads(capsys.readouterr().out)
    assert [*told] == ["type", "peak_signal", "value", "frame", "at"]
    assert (told["type"], told["peak_signal"]) == ("peak_signal", False)
    seen = json.dumps(body_of("control-peak-signal") | {"has_peak": True, "signal": 1})
    stub.tell("POST /control", (200, seen.encode()))
    assert main(["peak-signal", "--url", stub.url]) == 0
    assert capsys.readouterr().out.startswith("Peak signal  yes\n")
    new = json.dumps(body_of("control-peak-signal") | {"current_value": 0.0, "frame_count": 0})
    stub.tell("POST /control", (200, new.encode()))
    assert main(["peak-signal", "--json", "--url", stub.url]) == 0
    assert json.loads(capsys.readouterr().out)["value"] is None


def test_the_settings_of_peak_detection(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /peak-detection/config", peak_config())
    assert main(["peaks", "get", "--url", stub.url]) == 0
    assert capsys.readouterr() == (PEAKS, "")
    assert main(["peaks", "get", "--json", "--url", stub.url]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"type": "peak_detection_config", **VALUES}


def test_only_what_is_given_is_set_and_then_read_back(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = peak_config(threshold=110.5, margin_frames=7)
    stub.tell("POST /peak-detection/config", changed)
    stub.tell("GET /peak-detection/config", changed)
    words = ["peaks", "set", "--threshold", "110.5", "--margin-frames", "7", "--url", stub.url]
    assert main(words) == 0
    assert stub.requests == [
        ("POST /peak-detection/config", "threshold=110.5&margin_frames=7"),
        ("GET /peak-detection/config", ""),
    ]
    assert capsys.readouterr().out.startswith("Threshold              110.5 gray levels\n")
    stub.tell("GET /peak-detection/config", peak_config())
    assert main(words) == 1
    assert "threshold is 104.0, not 110.5; margin_frames is 5, not 7" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["peaks", "set"],
        ["peaks", "set", "--threshold", "49"],
        ["peaks", "set", "--threshold", "201"],
        ["peaks", "set", "--threshold", "nan"],
        ["peaks", "set", "--margin-frames", "0"],
        ["peaks", "set", "--margin-frames", "2.5"],
        ["peaks", "set", "--difference-threshold", "0"],
        ["peaks", "set", "--min-region-length", "11"],
        ["fps", "9"],
        ["fps", "121"],
        ["fps", "fast"],
    ],
)
def test_values_out_of_range_are_not_sent(words: list[str], stub: StubServer) -> None:
    assert main([*words, "--url", stub.url]) == 2
    assert stub.requests == []


def test_why_a_value_that_the_server_takes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peaks", "set", "--min-region-length", "12"]) == 2
    assert "would poison the server's configuration" in capsys.readouterr().err


def saved_rate(rate: object, **others: object) -> tuple[int, bytes]:
    config = {"data_processing": {"fps": rate}, **others}
    return 200, json.dumps({"config": config}).encode()


def test_a_new_frame_rate_is_read_back_beside_the_one_in_force(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /data/fps", recorded("data-fps"))
    stub.tell("POST /data/fps", (200, json.dumps(body_of("data-fps") | {"fps": 60}).encode()))
    stub.tell("GET /config", saved_rate(60))
    assert main(["fps", "--url", stub.url]) == 0
    assert capsys.readouterr().out == "In force  45 frames/s\n"
    assert main(["fps", "60", "--url", stub.url]) == 0
    assert ("POST /data/fps", "fps=60&password=31415") in stub.requests
    assert ("GET /config", "password=31415") in stub.requests
    assert capsys.readouterr() == ("In force       45 frames/s\nAfter restart  60 frames/s\n", "")
    assert main(["fps", "60", "--json", "--url", stub.url]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert json.loads(told.out) == {"type": "data_fps", "fps": 45.0, "after_restart": 60}


def test_a_frame_rate_that_was_not_saved_is_a_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server echoes what was written and says yes, whatever became of it."""
    stub.tell("GET /data/fps", recorded("data-fps"))
    stub.tell("POST /data/fps", (200, json.dumps(body_of("data-fps") | {"fps": 60}).encode()))
    stub.tell("GET /config", saved_rate(45))
    assert main(["fps", "60", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out.endswith("After restart  45 frames/s\n")
    assert "the server said yes, but fps is 45, not 60" in told.err


def test_a_frame_rate_that_only_the_memory_of_a_poisoned_server_holds_is_a_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /data/fps", recorded("data-fps"))
    stub.tell("POST /data/fps", (200, json.dumps(body_of("data-fps") | {"fps": 60}).encode()))
    stub.tell("GET /config", saved_rate(60, roi_capture={"frame_rate": 45}))
    assert main(["fps", "60", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out.endswith("After restart  unknown\n")
    assert "the server said yes, but cannot save: roi_capture.frame_rate" in told.err
    assert "server-config reload" in told.err


def test_a_server_that_does_not_tell_its_file_is_believed_and_that_is_said(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /data/fps", recorded("data-fps"))
    stub.tell("POST /data/fps", recorded("data-fps"))
    assert main(["fps", "60", "--url", stub.url]) == 0
    told = capsys.readouterr()
    assert told.out.endswith("After restart  unknown\n")
    assert told.err == "the server does not tell what it has saved\n"
