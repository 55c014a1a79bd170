"""``roi``: the region is checked, set, read back; its picture is saved."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from tests.cli.support import Answer, StubServer, body_of, recorded, status

PNG = b"\x89PNG\r\n\x1a\n and the rest"


def region(x1: int, y1: int, x2: int, y2: int) -> Answer:
    number, _ = recorded("roi-config")
    config = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return number, json.dumps({**body_of("roi-config"), "config": config}).encode()


def dual(pixels: str, kind: str = "base64") -> Answer:
    body = body_of("running-dual-realtime")
    for name in ("roi1_data", "roi2_data"):
        body["dual_roi_data"][name] |= {"pixels": pixels, "format": kind}
    return 200, json.dumps(body).encode()


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def test_the_region_in_words_and_as_json(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /roi/config", region(100, 100, 300, 250))
    assert main(["roi", "get", "--url", stub.url]) == 0
    assert capsys.readouterr() == (
        "Region  100,100 to 300,250\nSize    200×150 pixels\nCentre  200,175\n",
        "",
    )
    assert main(["roi", "get", "--json", "--url", stub.url]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "type": "roi_config",
        "config": {"x1": 100, "y1": 100, "x2": 300, "y2": 250},
    }


def test_a_region_is_set_and_read_back(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /roi/config", region(0, 0, 200, 150))
    stub.tell("GET /roi/config", region(0, 0, 200, 150))
    assert main(["roi", "set", "0", "0", "200", "150", "--url", stub.url]) == 0
    assert stub.requests == [
        ("POST /roi/config", "x1=0&y1=0&x2=200&y2=150&password=31415"),
        ("GET /roi/config", ""),
    ]
    assert capsys.readouterr().out.startswith("Region  0,0 to 200,150\n")


def test_a_region_that_is_another_afterwards_is_a_failure(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("POST /roi/config", region(0, 0, 200, 150))
    stub.tell("GET /roi/config", region(0, 0, 100, 150))
    assert main(["roi", "set", "0", "0", "200", "150", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("Region  0,0 to 100,150\n")
    assert "error: the server said yes, but x2 is 100, not 200\n" in told.err


def test_a_server_that_cannot_save_is_told_how_it_is_cured(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = {"type": "error", "error_code": "x", "error_message": "Failed to save ROI"}
    stub.tell("POST /roi/config", (500, json.dumps(refusal).encode()))
    words = ["roi", "set", "0", "0", "200", "150", "--url", stub.url]
    assert main(words) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert "Failed to save ROI" in error
    assert "nhem-tui server-config reload" in hint
    assert main([*words, "--json"]) == 1
    record = json.loads(capsys.readouterr().err)
    assert (record["status"], record["endpoint"], record["exit"]) == (500, "POST /roi/config", 1)
    assert "server-config reload" in record["hint"]
    for words_of_it, cured in (("配置保存失败", True), ("Internal server error", False)):
        refusal = {"type": "error", "error_code": "x", "error_message": words_of_it}
        stub.tell("POST /roi/config", (500, json.dumps(refusal).encode()))
        assert main(words) == 1
        assert ("server-config reload" in capsys.readouterr().err) is cured


@pytest.mark.parametrize(
    "words",
    [
        ["set", "0", "0", "49", "150"],
        ["set", "0", "0", "200", "49"],
        ["set", "300", "0", "100", "150"],
        ["set", "-1", "0", "200", "150"],
        ["set", "0", "0", "200.5", "150"],
        ["set", "0", "0", "200"],
        ["rate", "0"],
        ["rate", "31"],
        ["rate", "2.5"],
        ["image"],
        [],
    ],
)
def test_what_a_server_does_not_take_is_not_sent(
    words: list[str], stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roi", *words, "--url", stub.url]) == 2
    assert stub.requests == []
    told = capsys.readouterr()
    assert told.out == ""
    assert "error: " in told.err


def test_the_rate_is_read_and_set(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    rate = body_of("roi-frame-rate") | {"frame_rate": 10}
    stub.tell("GET /roi/frame-rate", (200, json.dumps(rate).encode()))
    stub.tell("POST /roi/frame-rate", (200, json.dumps(rate).encode()))
    assert main(["roi", "rate", "--quiet", "--url", stub.url]) == 0
    assert capsys.readouterr() == ("ROI frame rate  10 Hz\n", "")
    assert main(["roi", "rate", "10", "--json", "--url", stub.url]) == 0
    assert ("POST /roi/frame-rate", "frame_rate=10&password=31415") in stub.requests
    assert json.loads(capsys.readouterr().out) == {"type": "roi_frame_rate", "frame_rate": 10.0}
    assert main(["roi", "rate", "20", "--url", stub.url]) == 1
    assert "frame_rate is 10.0, not 20" in capsys.readouterr().err


@pytest.mark.parametrize("pixels", [data_url(PNG), base64.b64encode(PNG).decode()])
def test_the_picture_of_a_running_detection_is_saved(
    pixels: str, stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /status", status())
    stub.tell("GET /data/dual-realtime", dual(pixels))
    assert main(["roi", "image", "--output", "roi.png", "--json", "--url", stub.url]) == 0
    assert (home / "roi.png").read_bytes() == PNG
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["path"], told["bytes"]) == ("roi_image", "roi.png", len(PNG))
    assert "POST /roi/capture" not in stub.endpoints  # it disturbs the ROI history


def test_the_second_region_has_a_picture_of_its_own(
    simulated: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for more, name in ((["--roi2"], "two.png"), ([], "one.png")):
        assert main(["roi", "image", *more, "--output", name, "--url", simulated]) == 0
    assert (home / "one.png").read_bytes() != (home / "two.png").read_bytes()


def test_a_stopped_server_captures_one_and_says_what_that_does(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roi_data = {"width": 200, "height": 150, "pixels": data_url(PNG), "gray_value": 67.5}
    stub.tell("GET /status", status(status="stopped"))
    stub.tell("POST /roi/capture", (200, json.dumps({"roi_data": roi_data}).encode()))
    words = ["roi", "image", "--output", "roi.png", "--url", stub.url]
    assert main([*words, "--roi2"]) == 1
    assert stub.endpoints == ["GET /status"]
    assert main(["--read-only", *words]) == 1
    assert "POST /roi/capture" not in stub.endpoints
    capsys.readouterr()
    assert main(words) == 0
    assert (home / "roi.png").read_bytes() == PNG
    assert "adds a sample" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "code", "word", "hint"),
    [
        (dual("roi_not_configured", "text"), 1, "roi_not_configured", "nhem-tui roi set"),
        (dual("roi1_capture_failed", "text"), 1, "roi1_capture_failed", "nhem-tui roi get"),
        (dual(""), 5, "no readable picture", ""),
        (dual(data_url(b"GIF89a")), 5, "no readable picture", ""),
    ],
)
def test_without_a_picture_no_file_is_written(
    answer: Answer,
    code: int,
    word: str,
    hint: str,
    stub: StubServer,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stub.tell("GET /status", status())
    stub.tell("GET /data/dual-realtime", answer)
    assert main(["roi", "image", "--output", "roi.png", "--url", stub.url]) == code
    error, *more = capsys.readouterr().err.splitlines()
    assert word in error
    assert hint in "".join(more)
    assert not (home / "roi.png").exists()


def test_a_file_in_the_way_is_seen_before_the_server_is_asked(stub: StubServer, home: Path) -> None:
    (home / "roi.png").write_bytes(b"old")
    assert main(["roi", "image", "--output", "roi.png", "--url", stub.url]) == 2
    assert stub.requests == []
    stub.tell("GET /status", status())
    stub.tell("GET /data/dual-realtime", dual(data_url(PNG)))
    assert main(["roi", "image", "--output", "roi.png", "--force", "--url", stub.url]) == 0
    assert (home / "roi.png").read_bytes() == PNG
