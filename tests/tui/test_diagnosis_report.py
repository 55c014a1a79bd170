"""A diagnosis as rows, as text and as JSON: all of the facts, nothing else."""

from __future__ import annotations

import json

import numpy as np
import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from nhem_tui.backend.errors import Refused, ServerFault, TimedOut
from nhem_tui.stream.health import LinkHealth
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui.diagnosis import Diagnosis, Terminal
from nhem_tui.tui.diagnosis_report import report_json, report_rows, report_text
from nhem_tui.tui.process import Usage
from tests.tui.scripted import NOW


def health() -> LinkHealth:
    """Two endpoints that answer, one of which failed at times, and one that never answered."""
    times = iter(NOW - seconds for seconds in (90, 60, 30, 20))
    health = LinkHealth(wall=lambda: next(times))
    for seconds in np.linspace(0.001, 0.101, 101):
        health.observe("GET /data/window-capture", float(seconds), None)
    health.observe("GET /status", 0.002, None)
    health.observe("GET /status", 5.0, TimedOut("no answer within 5 s"))
    health.observe("GET /status", 0.004, ServerFault("[red]down[/]\x1b[2J", status=500))
    health.observe("GET /status", 5.0, TimedOut("still no answer"))
    health.observe("POST /control", 0.001, Refused("nothing listens"))
    return health


def diagnosis(requests: LinkHealth | None = None) -> Diagnosis:
    return Diagnosis(
        at=NOW,
        uptime=3725.0,
        address="lab3:8421",
        session=Snapshot(link="up", state="running", rate=44.12, roi_rate=2.0, received=1085),
        nominal=45.0,
        requests=(requests or health()).endpoints(),
        usage=Usage(cpu=12.34, memory=61_200_000, peak=64_000_000),
        cpu=0.042,
        painted=1234,
        skipped=5,
        framerate=20,
        terminal=Terminal(
            "xterm-256color", 120, 40, "256", True, False, lag=0.0234, written=1_240_000
        ),
        versions={"nhem-tui": "0.1.0", "server": "3.0.0"},
    )


def page(diagnosis: Diagnosis, width: int = 100) -> str:
    return "\n".join(row.text.rstrip() for row in report_rows(diagnosis, width))


def row_of(text: str, beginning: str) -> str:
    (row,) = (line for line in text.splitlines() if line.startswith(beginning))
    return row


def test_each_endpoint_has_its_latencies_and_errors() -> None:
    text = page(diagnosis())
    window = row_of(text, "GET /data/window-capture").split()
    assert window[2:7] == ["101", "51.0", "96.0", "100.0", "0"]
    assert window[7].startswith("▁")
    assert window[7].endswith("█")
    assert row_of(text, "GET /status").split()[2:7] == ["4", "2502", "5000", "5000", "3"]
    assert row_of(text, "POST /control").split()[2:] == ["1", "–", "–", "–", "1"]


def test_errors_are_told_by_kind_and_the_newest_of_all_in_full() -> None:
    text = page(diagnosis())
    assert row_of(text, "Errors") == (
        "Errors    4 in 106 requests (3.77%), timed out ×2, server fault ×1, refused ×1"
    )
    assert row_of(text, "The last").endswith("POST /control: refused · nothing listens")
    quiet = LinkHealth()
    quiet.observe("GET /status", 0.002, None)
    assert row_of(page(diagnosis(quiet)), "Errors") == "Errors    none in 1 request"


def test_before_the_terminal_has_answered_its_lag_is_not_known() -> None:
    told = diagnosis()
    told = replace(told, terminal=replace(told.terminal, lag=None, written=None))
    assert "no tmux, lag not known\n" in page(told)
    assert json.loads(report_json(told))["terminal"]["lag_ms"] is None


def test_the_server_and_the_program_are_described() -> None:
    text = " ".join(page(diagnosis()).split())
    for words in (
        "44.1 of 45 fps (98%)", "2.0 samples a second", "1 085 taken in, 0 lost",
        "1 h 02 min", "4.2% of a core, 12.3 s in all", "61.2 MB, 64.0 MB at most",
        "1 234 frames, 5 skipped", "xterm-256color, 120×40, 256 colours, at most 20 fps",
        "through SSH, no tmux, lag 23 ms, 1.2 MB written", "nhem-tui 0.1.0, server 3.0.0",
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(
    ("rate", "nominal", "words"),
    [
        (44.0, None, "44.0 fps"),
        (None, 45.0, "– of 45 fps"),
        (None, None, "–"),
        (30.0, 120.0, "30.0 of 120 fps (25%)"),
    ],
)
def test_the_rate_says_what_is_known(rate: float | None, nominal: float | None, words: str) -> None:
    told = diagnosis()
    told = replace(told, session=replace(told.session, rate=rate), nominal=nominal)
    assert row_of(page(told), "Rate").split("CPU")[0].strip() == f"Rate      {words}"


@pytest.mark.parametrize("width", [20, 27, 34, 37, 41, 47, 60, 77, 100])
def test_a_narrow_table_shows_whole_numbers_below_their_heads_and_always_the_errors(
    width: int,
) -> None:
    text = page(diagnosis(), width)
    head, row = text.splitlines()[0], row_of(text, "GET /status").split()
    told = {"count": "4", "p50 ms": "2502", "p95 ms": "5000", "p99 ms": "5000", "errors": "3"}
    shown = [number for title, number in told.items() if title in head]
    assert shown[-1] == "3"
    assert row[2 : 2 + len(shown)] == shown
    assert ("latency" in head) == (len(row) > 2 + len(shown))


@pytest.mark.parametrize("width", [36, 77, 117])
def test_a_long_error_is_told_to_its_end(width: int) -> None:
    long = "a fault at line-27 of the capture loop, " * 6 + "and this is its end"
    failing = LinkHealth()
    failing.observe("GET /status", 1.0, ServerFault(long))
    told = page(diagnosis(failing), width).partition("The last")[2].partition("Server ")[0]
    assert long in " ".join(told.split())


@pytest.mark.parametrize("width", [1, 8, 20, 36, 48, 61, 69, 77, 100, 117, 200])
def test_every_row_fills_its_width_and_steers_no_terminal(width: int) -> None:
    hostile = LinkHealth()
    hostile.observe("GET /status", 1.0, ServerFault("[bold]markup[/]\x1b[2J\x07 漢字" * 9))
    for requests in (health(), hostile, LinkHealth()):
        for row in report_rows(diagnosis(requests), width):
            assert cell_len(row.text) == width
            assert row.text.isprintable()


def test_a_terminal_of_80_cells_shows_whole_names_of_the_usual_endpoints() -> None:
    usual = LinkHealth()
    usual.observe("GET /data/roi-window-capture", 0.002, None)
    assert "GET /data/roi-window-capture " in page(diagnosis(usual), 77)


def test_the_text_is_the_page_with_day_and_time() -> None:
    text = report_text(diagnosis())
    first, blank, rest = text.split("\n", 2)
    assert (first, blank) == ("NHEM diagnostics, 2026-09-21 14:13:20 +0000", "")
    assert rest == page(diagnosis()) + "\n"


def test_the_json_holds_numbers_with_units_and_null_for_what_is_unknown() -> None:
    told = json.loads(report_json(diagnosis()))
    assert told["at"] == "2026-09-21T14:13:20+00:00"
    assert told["versions"] == {"nhem-tui": "0.1.0", "server": "3.0.0"}
    assert (told["server"]["rate_fps"], told["server"]["nominal_fps"]) == (44.12, 45.0)
    assert told["client"]["cpu_percent"] == 4.2
    assert told["client"]["memory_bytes"] == 61_200_000
    assert told["client"]["frames_skipped"] == 5
    assert told["terminal"]["ssh"] is True
    assert (told["terminal"]["lag_ms"], told["terminal"]["written_bytes"]) == (23.4, 1_240_000)
    window, status, control = told["requests"]
    assert window["p50_ms"] == 51.0
    assert status["errors"] == {"timed out": 2, "server fault": 1}
    assert status["last_error"] == {
        "at": "2026-09-21T14:12:50+00:00", "kind": "timed out", "text": "still no answer",
    }  # fmt: skip
    assert (control["count"], control["p50_ms"], control["p99_ms"]) == (1, None, None)
