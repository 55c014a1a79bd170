"""``line-detection`` and ``analyze``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import StubServer, body_of, recorded, simulated_server

BASE = "/api/roi/line-intersection"


def line_status(**settings: object) -> tuple[int, bytes]:
    body = body_of("line-intersection-status")
    body["data"]["config"] |= settings
    body["data"]["enabled"] = settings.get("enabled", body["data"]["enabled"])
    return 200, json.dumps(body).encode()


def detection(**result: object) -> tuple[int, bytes]:
    return 200, json.dumps({"success": True, "result": result}).encode()


def test_state_and_settings(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell(f"GET {BASE}/status", line_status(enabled=True, hsv_green_lower=[40, 50, 50]))
    for action in ("status", "config"):
        assert main(["line-detection", action, "--url", stub.url]) == 0
        lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
        assert (lines["enabled"], lines["hsv_green_lower"]) == ("true", "[40,50,50]")
    assert main(["line-detection", "status", "--json", "--url", stub.url]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [*document] == ["type", "enabled", "status", "config"]
    assert (document["type"], document["enabled"]) == ("line_detection", True)


def test_it_is_switched_and_read_back(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell(f"POST {BASE}/enable", recorded("control-pause"))
    stub.tell(f"POST {BASE}/disable", recorded("control-pause"))
    stub.tell(f"GET {BASE}/status", line_status(enabled=True))
    assert main(["line-detection", "enable", "--url", stub.url]) == 0
    assert stub.endpoints == [f"POST {BASE}/enable", f"GET {BASE}/status"]
    assert main(["line-detection", "disable", "--url", stub.url]) == 1
    assert "enabled is True, not False" in capsys.readouterr().err


def test_settings_are_changed_under_the_servers_names(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(f"POST {BASE}/config", (200, b'{"success": true, "data": {}}'))
    changed = line_status(min_confidence=0.5, hsv_green_lower=[41, 50, 50])
    stub.tell(f"GET {BASE}/status", changed)
    words = ["line-detection", "config", "min_confidence=0.5", "hsv_green_lower=41,50,50"]
    assert main([*words, "--url", stub.url]) == 0
    assert stub.requests[0][1] == (
        "min_confidence=0.5&hsv_green_lower_0=41&hsv_green_lower_1=50&hsv_green_lower_2=50"
        "&password=31415"
    )
    assert main(["line-detection", "config", "min_confidence=0.6", "--url", stub.url]) == 1
    assert "min_confidence is 0.5, not 0.6" in capsys.readouterr().err


def test_settings_go_back_to_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        url = ["--url", server.url]
        assert main(["line-detection", "config", "hough_threshold=60", *url]) == 0
        assert "hough_threshold         60" in capsys.readouterr().out
        assert main(["line-detection", "config", "--reset", *url]) == 0
        lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
        assert (lines["enabled"], lines["hough_threshold"]) == ("false", "50")


@pytest.mark.parametrize(
    "words",
    [
        ["config", "min_confidence"],
        ["config", "min_confidence=2"],
        ["config", "confidence=0.5"],
        ["config", "hsv_green_lower=1,2"],
        ["config", "hsv_green_lower_0=40"],
        ["run", "0", "0", "1_00", "100"],
        ["config", "--reset", "min_confidence=0.5"],
        ["run", "0", "0", "200"],
        ["run", "0", "0", "20", "20"],
        ["run", "0", "0", "200", "150", "--image", "screen.png"],
        ["run", "--image", "missing.png"],
    ],
)
def test_what_a_server_does_not_take_is_not_sent(words: list[str], stub: StubServer) -> None:
    assert main(["line-detection", *words, "--url", stub.url]) == 2
    assert stub.requests == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("min_confidense=0.5", "no setting 'min_confidense'; did you mean min_confidence?"),
        ("hsv_green_lower=1,2,999", "hsv_green_lower: value must be a whole number from 0 to 255"),
        ("hsv_green_lower=1,999,2", "hsv_green_lower: saturation must be a whole number"),
        ("canny_low_threshold=1.5", "canny_low_threshold: value must be a whole number"),
        ("hough_threshold=５", "hough_threshold: value must be a whole number"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_with_its_name(
    change: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["line-detection", "config", change]) == 2
    assert said in capsys.readouterr().err


def test_defaults_that_do_not_come_are_a_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    defaults = {"enabled": False, "hough_threshold": 50}
    stub.tell(f"POST {BASE}/config/reset", (200, json.dumps({"data": defaults}).encode()))
    for settings, said in (
        ({"enabled": True, "hough_threshold": 50}, "enabled is True, not False"),
        ({"enabled": False, "hough_threshold": 60}, "hough_threshold is 60, not 50"),
    ):
        stub.tell(f"GET {BASE}/status", line_status(**settings))
        assert main(["line-detection", "config", "--reset", "--url", stub.url]) == 1
        assert said in capsys.readouterr().err


def test_a_detection_is_warned_of_and_tells_its_crossing(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = detection(
        has_intersection=True,
        intersection={"x": 12.5, "y": 7},
        confidence=0.75,
        line_count=2,
        processing_time_ms=7500,
    )
    stub.tell("GET /roi/config", recorded("roi-config"))
    stub.tell(f"POST {BASE}", found)
    assert main(["line-detection", "run", "--url", stub.url]) == 0
    told = capsys.readouterr()
    assert told.out == (
        'Crossing    {"x":12.5,"y":7}\nConfidence  0.75\nLines       2\nTime        7.50 s\n'
    )
    assert "stops the whole server for up to 8 s" in told.err
    sent = json.loads(stub.requests[-1][1])
    assert sent["roi_coordinates"] == body_of("roi-config")["config"]
    assert main(["line-detection", "run", "0", "0", "99", "99", "--url", stub.url]) == 0
    sent = json.loads(stub.requests[-1][1])
    assert sent["roi_coordinates"] == {"x1": 0, "y1": 0, "x2": 99, "y2": 99}


def test_a_picture_is_sent_instead_of_a_region(stub: StubServer, home: Path) -> None:
    (home / "screen.png").write_bytes(b"\x89PNG")
    stub.tell(f"POST {BASE}", detection(has_intersection=False))
    assert main(["line-detection", "run", "--image", "screen.png", "--url", stub.url]) == 0
    sent = json.loads(stub.requests[-1][1])
    assert sent["image_data"] == "iVBORw=="
    assert "roi_coordinates" not in sent


def test_a_detection_that_failed_inside_the_server_is_a_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /roi/config", recorded("roi-config"))
    stub.tell(f"POST {BASE}", detection(error_message="'cv2.UMat' \x1b[31mhas no 'release'"))
    assert main(["line-detection", "run", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "line detection failed inside the server: 'cv2.UMat'" in told.err
    assert "\x1b" not in told.err


def test_the_analysis(simulated: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--json", "--url", simulated]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["type"] == "analysis"
    assert {"has_hem", "series", "baseline", "frame", "peak_signal"} <= told.keys()
    assert not {"frame_count", "timestamp", "success", "message"} & told.keys()
    (home / "video.mp4").write_bytes(b"frames")
    assert main(["analyze", "video.mp4", "--url", simulated]) == 0
    words = capsys.readouterr()
    assert words.out.startswith("High echo  ")
    assert "the server ignores the file" in words.err
    assert main(["analyze", "missing.mp4", "--url", simulated]) == 2
