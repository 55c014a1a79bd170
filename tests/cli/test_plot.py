"""``plot``: one chart, coloured in a terminal, plain ASCII everywhere else."""

from __future__ import annotations

import io
import json
import math
import sys

import pytest

from nhem_tui.cli.commands.plot import colour_depth
from nhem_tui.cli.main import main
from tests.cli.support import Answer, StubServer, answer, body_of, recorded, roi_window

MAIN, ROI = "GET /data/window-capture", "GET /data/roi-window-capture"

STEP = """\
     |
     |                |'''''''''''''''''
  150|                |
     |                |
     |                |
     |                |
  100|________________|- - - - - - - - -
     |
     +--------------+-------------+-----
                   0.5s          1.0
"""


def window(values: list[float]) -> Answer:
    body = body_of("running-window-capture")
    body["series"] = [{"t": 0.02 * i, "value": value} for i, value in enumerate(values)]
    body["capture_metadata"] |= {
        "current_frame_count": 1000,
        "actual_frame_count": len(values),
        "baseline": 100.0,
    }
    return answer(body)


def rows(stub: StubServer, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["plot", "--url", stub.url, *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_pipe_gets_plain_ascii_of_the_size_asked_for(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(MAIN, window([100.0] * 30 + [160.0] * 30))
    assert main(["plot", "--width", "40", "--height", "10", "--url", stub.url]) == 0
    assert capsys.readouterr() == (STEP, "")
    assert len(rows(stub, capsys, "--height", "6")) == 6


def test_the_terminals_width_is_used(
    stub: StubServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.tell(MAIN, window([100.0 + 20 * math.sin(i / 5) for i in range(60)]))
    monkeypatch.setenv("COLUMNS", "57")
    assert max(map(len, rows(stub, capsys))) in range(50, 58)


def test_a_terminal_gets_colours_unless_it_wants_none(
    stub: StubServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.tell(MAIN, window([100.0 + 20 * math.sin(i / 5) for i in range(60)]))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    coloured = "\n".join(rows(stub, capsys))
    assert "\x1b[38;2;" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    bare = "\n".join(rows(stub, capsys))
    assert "\x1b" not in bare
    assert not bare.isascii()
    assert "\n".join(rows(stub, capsys, "--ascii")).isascii()


def test_roi_samples_are_drawn_with_the_peaks_the_server_would_find(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    values = [100.0] * 20 + [130.0] * 5 + [100.0] * 20 + [130.0] * 5 + [115.0] * 20
    stub.tell(ROI, roi_window(1, values))
    stub.tell("GET /peak-detection/config", recorded("peak-detection-config"))
    drawn = "\n".join(rows(stub, capsys, "--roi", "--width", "80"))
    assert drawn.count("V") + drawn.count("A") + drawn.count("^") + drawn.count("v") == 2
    assert "104.0" in drawn  # the threshold in force, by its name on the axis


def test_nothing_is_drawn_where_nothing_was_measured(
    stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Detection was stopped for a while: the numbers go on, the times tell it."""
    status, body = window([100.0] * 60)
    reply = json.loads(body)
    for point in reply["series"][30:]:
        point["t"] += 5.0
    stub.tell(MAIN, (status, json.dumps(reply).encode()))
    (curve,) = (row for row in rows(stub, capsys, "--width", "80") if "__" in row or "''" in row)
    assert "- - - - -" in curve, "the baseline alone"


def test_as_json_it_is_what_is_drawn(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    stub.tell(MAIN, window([100.0] * 60))
    records = [json.loads(line) for line in rows(stub, capsys, "--json")]
    assert [record["type"] for record in records] == ["window"] + ["sample"] * 60


@pytest.mark.parametrize("values", [[100.0], [100.0] * 60, [0.0, 1e300, 0.0]])
def test_any_window_has_a_chart(
    values: list[float], stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell(MAIN, window(values))
    assert len(rows(stub, capsys)) == 20


@pytest.mark.parametrize(
    "words", [["--count", "300"], ["--roi", "--count", "20"], ["--width", "5"], ["--height", "0"]]
)
def test_impossible_charts_are_refused(words: list[str], stub: StubServer) -> None:
    assert main(["plot", "--url", stub.url, *words]) == 2
    assert stub.requests == []


def test_a_terminal_without_utf_8_gets_plain_ascii(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.tell(MAIN, window([100.0] * 30 + [160.0] * 30))
    printed = io.BytesIO()
    terminal = io.TextIOWrapper(printed, "iso8859-1", write_through=True)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["plot", "--width", "40", "--height", "10", "--url", stub.url]) == 0
    assert printed.getvalue().decode("ascii") == STEP


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({}, "none"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "none"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolour"),
    ],
)
def test_colours_follow_what_the_terminal_says(environ: dict[str, str], depth: str) -> None:
    assert colour_depth(environ) == depth
