"""``capture`` and ``waveform``: what the server holds, and never what it makes up."""

from __future__ import annotations

import base64
import json
import math
from pathlib import Path
from typing import Any

import pytest

from nhem_tui.cli.main import main
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import (
    LOG,
    Answer,
    StubServer,
    answer,
    body_of,
    recorded,
    roi_window,
    simulated_server,
)

MAIN, ROI = "GET /data/window-capture", "GET /data/roi-window-capture"
PEAKS, WAVE = "GET /data/roi-window-capture-with-peaks", "GET /data/waveform-with-peaks"
PNG = b"\x89PNG\r\n\x1a\n and the rest"


def with_peaks(first: int, count: int, **results: object) -> Answer:
    _, content = roi_window(first, [100.0] * count, "running-roi-window-peaks")
    return answer({**json.loads(content), "peak_detection_results": results})


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_frames_are_numbered_as_the_server_counts_them(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(MAIN, recorded("running-window-capture"))
    assert main(["capture", "--json", "--count", "60", "--url", stub.url]) == 0
    assert stub.requests == [(MAIN, "count=60")]
    body = body_of("running-window-capture")
    newest = body["capture_metadata"]["current_frame_count"]
    head, *samples = records(capsys)
    assert (head["type"], head["channel"], head["last"]) == ("window", "main", newest)
    assert head["baseline"] == body["capture_metadata"]["baseline"]
    assert [sample["frame"] for sample in samples] == [*range(head["first"], newest + 1)]
    assert [sample["value"] for sample in samples] == [p["value"] for p in body["series"]]
    assert [*samples[0]] == ["type", "epoch", "frame", "t", "value"]
    assert main(["capture", "--url", stub.url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"main samples {head['first']}–{newest}, ")
    assert lines[-1].startswith(f"frame    {newest}  ")


def test_a_clock_that_was_set_back_costs_no_sample(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    body = body_of("running-roi-window-capture")
    body["series"] = [
        {"t": t, "gray_value": 100.0, "roi_index": 7 + i}
        for i, t in enumerate([0.0, 0.5, 1.0, -2.0, -1.5, -1.0])
    ]
    stub.tell(ROI, answer(body))
    assert main(["capture", "--roi", "--json", "--url", stub.url]) == 0
    _, *samples = records(capsys)
    assert [sample["t"] for sample in samples] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_roi_samples(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell(ROI, roi_window(7, [100.0, 101.5, 99.0]))
    assert main(["capture", "--roi", "--count", "500", "--json", "--url", stub.url]) == 0
    assert stub.requests == [(ROI, "count=500")]
    head, *samples = records(capsys)
    assert head["seconds"] == 1.0
    assert [(s["roi_index"], s["t"], s["value"]) for s in samples] == [
        (7, 0.0, 100.0),
        (8, 0.5, 101.5),
        (9, 1.0, 99.0),
    ]


def test_peaks_are_named_by_the_numbers_of_their_samples(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(ROI, roi_window(201, [100.0] * 60))
    stub.tell(PEAKS, with_peaks(200, 60, green_peaks=[[40, 57]], red_peaks=[[3, 9], [70, 80]]))
    words = ["capture", "--peaks", "--threshold", "20", "--margin-frames", "3", "--json"]
    assert main([*words, "--url", stub.url]) == 0
    assert stub.requests[0] == (PEAKS, "count=100&threshold=20.0&margin_frames=3")
    told = records(capsys)
    assert [record["t"] for record in told[1:4]] == [0.0, 0.5, 1.0]  # the measured times
    common = {"type": "peak", "channel": "roi", "epoch": 1}
    assert told[61:] == [
        {**common, "color": "red", "first": 203, "last": 209},
        {**common, "color": "green", "first": 240, "last": 257, "provisional": True},
    ]
    assert main(["capture", "--peaks", "--url", stub.url]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "red peak, roi 203–209",
        "green peak, roi 240–257, may still change",
    ]


def test_a_curve_that_the_server_made_up_is_refused(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    with simulator("--no-roi") as process:
        url = process.url()
        assert main(["capture", "--peaks", "--json", "--url", url]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert "made this curve up" in json.loads(told.err)["text"]
        assert main(["waveform", "--output", "wave.png", "--url", url]) == 1
        error, hint = capsys.readouterr().err.splitlines()
        assert "a curve of its own making" in error
        assert "nhem-tui roi set" in hint
        assert not (home / "wave.png").exists()


@pytest.mark.parametrize(
    "words", [["status"], ["peak-signal"], ["analyze"], ["capture"], ["plot"], ["resume"]]
)
def test_a_server_without_a_region_makes_values_up_and_every_command_says_so(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for region in (True, False):
        with simulated_server(SimulatorOptions(running=True, roi_configured=region)) as server:
            assert main(["watch", "--count", "20", "--url", server.url]) == 0
            capsys.readouterr()
            assert main([*words, "--url", server.url]) == 0
            warned = "values up: no region of interest was captured" in capsys.readouterr().err
            assert warned is not region


@pytest.mark.parametrize(
    ("words", "hint"), [([], "nhem-tui start"), (["--roi"], "nhem-tui roi set")]
)
def test_what_to_do_where_nothing_was_measured_yet(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated_server(SimulatorOptions(roi_configured=False)) as server:
        assert main(["capture", *words, "--url", server.url]) == 1
    error, told = capsys.readouterr().err.splitlines()
    assert error == "error: No data available for capture"
    assert told.startswith("hint: ") and hint in told


def test_made_up_frames_are_told_apart_from_measured_ones(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    body = body_of("running-window-capture")
    half = len(body["series"]) // 2
    for i, point in enumerate(body["series"][half:]):
        point["value"] = 120 + 10 * math.sin(math.pi * i / 45)
    stub.tell(MAIN, answer(body))
    assert main(["capture", "--json", "--url", stub.url]) == 0
    told = capsys.readouterr()
    samples = [json.loads(line) for line in told.out.splitlines()][1:]
    assert [bool(sample.get("simulated")) for sample in samples] == [False] * half + [True] * half
    warning = json.loads(told.err)
    assert warning["type"] == "warning"
    assert warning["text"].startswith("the server made values up")


def test_that_there_is_no_data_yet_fills_no_log(stub: StubServer, home: Path) -> None:
    stub.tell(ROI, (404, b'{"error_code":"No data available for capture"}'))
    assert main(["capture", "--roi", "--url", stub.url]) == 1
    assert not (home / LOG).exists()
    stub.tell(ROI, recorded("paused-realtime-500"))
    assert main(["capture", "--roi", "--url", stub.url]) == 1
    assert f"{ROI}: server fault" in (home / LOG).read_text()


@pytest.mark.parametrize(
    ("window", "code", "text"),
    [
        (recorded("paused-realtime-500"), 1, "the server failed"),
        ((404, b'{"type":"error","error_code":"x","error_message":"No data available"}'), 1,
         "No data available"),
        (roi_window(1, []), 1, "no ROI samples yet"),
        (roi_window(0, [1.0]), 5, "more samples than were ever counted"),
    ],
)  # fmt: skip
def test_a_window_that_cannot_be_had(
    window: Answer, code: int, text: str, stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(ROI, window)
    assert main(["capture", "--roi", "--url", stub.url]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert text in told.err


def test_a_detector_that_failed_is_no_window_without_peaks(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(ROI, roi_window(1, [100.0] * 60))
    stub.tell(PEAKS, with_peaks(1, 60, error="division \x1b[31mby zero"))
    assert main(["capture", "--peaks", "--url", stub.url]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "the server's detector failed: division" in told.err
    assert "\x1b" not in told.err


@pytest.mark.parametrize(
    "words",
    [
        ["capture", "--count", "49"],
        ["capture", "--count", "201"],
        ["capture", "--roi", "--count", "501"],
        ["capture", "--threshold", "100"],
        ["capture", "--roi", "--margin-frames", "3"],
        ["capture", "--peaks", "--threshold", "201"],
        ["waveform"],
        ["waveform", "--output", "w.png", "--count", "9"],
        ["waveform", "--output", "w.png", "--threshold", "49"],
        ["waveform", "--output", "."],
    ],
)
def test_what_a_server_does_not_take_is_not_sent(words: list[str], stub: StubServer) -> None:
    assert main([*words, "--url", stub.url]) == 2
    assert stub.requests == []


@pytest.mark.parametrize("prefix", ["data:image/png;base64,", ""])
def test_the_servers_drawing_is_saved(
    prefix: str, stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = {"data_points": 120, "green_peaks": 2, "red_peaks": 1}
    image = prefix + base64.b64encode(PNG).decode()
    stub.tell(ROI, roi_window(1, [100.0] * 60))
    stub.tell(WAVE, answer({"success": True, "image_data": image, "metadata": metadata}))
    words = ["waveform", "--output", "wave.png", "--count", "120", "--threshold", "110"]
    assert main([*words, "--url", stub.url]) == 0
    assert (home / "wave.png").read_bytes() == PNG
    assert stub.requests[-1] == (WAVE, "count=120&threshold=110.0")
    assert capsys.readouterr().out == (
        f"File         wave.png, {len(PNG)} bytes\n"
        "Samples      120\nGreen peaks  2\nRed peaks    1\n"
    )
    assert main([*words, "--force", "--json", "--url", stub.url]) == 0
    assert json.loads(capsys.readouterr().out)["metadata"] == metadata
    stub.tell(WAVE, answer({"success": True, "image_data": "plainly no picture"}))
    assert main([*words, "--force", "--url", stub.url]) == 5
    assert (home / "wave.png").read_bytes() == PNG
