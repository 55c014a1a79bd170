"""What all commands that ask a server have in common, whatever goes wrong there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import Answer, StubServer, python, simulated_server

READING = [
    ["health"],
    ["status"],
    ["peak-signal"],
    ["roi", "get"],
    ["roi", "rate"],
    ["roi", "image", "--output", "roi.png"],
    ["peaks", "get"],
    ["fps"],
    ["capture"],
    ["capture", "--roi"],
    ["capture", "--peaks"],
    ["waveform", "--output", "wave.png"],
    ["plot"],
    ["plot", "--roi"],
    ["analyze"],
    ["server-config", "get"],
    ["server-config", "export"],
    ["line-detection", "status"],
    ["line-detection", "config"],
    ["check"],
]
WRITING = [
    ["start"],
    ["stop"],
    ["pause"],
    ["resume"],
    ["roi", "set", "100", "100", "300", "250"],
    ["roi", "rate", "10"],
    ["peaks", "set", "--threshold", "110"],
    ["fps", "60"],
    ["server-config", "set", "logging", "level", "DEBUG"],
    ["server-config", "reload"],
    ["line-detection", "enable"],
    ["line-detection", "disable"],
    ["line-detection", "config", "min_confidence=0.5"],
    ["demo-flow", "--seconds", "0.1"],
]
FAULTS: dict[str, tuple[Answer, set[int]]] = {
    "internal error": ((500, b'{"type":"error","error_code":"X","error_message":"no"}'), {1}),
    "unauthorised": ((401, b'{"type":"error","error_code":"X","error_message":"no"}'), {4}),
    "unprocessable": ((422, b'{"detail":[{"loc":["body","a"],"msg":"bad","input":"b"}]}'), {1}),
    "no such route": ((404, b'{"detail":"Not Found"}'), {1, 5}),
    "another page": ((200, b"<html><body>It works!</body></html>"), {5}),
    "nothing": ((200, b""), {5}),
    "half": ((200, b'{"status": "runn'), {5}),
    "another service": ((200, b'{"hello": "world"}'), {5}),
    "a list": ((200, b"[1, 2]"), {5}),
    "cut": ((0, b""), {3}),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")


@pytest.mark.parametrize("words", [*READING, *WRITING], ids=" ".join)
def test_whatever_the_server_answers_is_one_clear_error(
    words: list[str], stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (stub.fallback, codes) in FAULTS.items():
        code = main([*words, "--json", "--quiet", "--url", stub.url])
        told = capsys.readouterr()
        assert code in codes, name
        (line,) = told.err.splitlines()
        record = json.loads(line)
        assert (record["type"], record["exit"]) == ("error", code), name
        assert told.out == "", name
        assert main([*words, "--url", stub.url]) == code, name
        lines = capsys.readouterr().err.splitlines()
        assert sum(line.startswith("error: ") for line in lines) == 1, name
    assert [path for path in home.iterdir() if path.suffix == ".png"] == []


@pytest.mark.parametrize("words", [*READING, *WRITING], ids=" ".join)
def test_nobody_there_is_exit_code_3(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--url", "http://127.0.0.1:1"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing listens at 127.0.0.1:1" in told.err


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_reading_is_possible_read_only_and_gives_json(
    words: list[str], simulated: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--read-only", *words, "--json", "--url", simulated]) == 0
    text = capsys.readouterr().out
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(document, dict) and document for document in documents)


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_writing_is_refused_read_only(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        before = json.dumps(server.backend.config.data), server.backend.engine.running
        assert main(["--read-only", *words, "--url", server.url]) == 1
        assert (json.dumps(server.backend.config.data), server.backend.engine.running) == before
    assert "read-only" in capsys.readouterr().err


def test_what_does_not_draw_loads_nothing_that_draws(simulated: str) -> None:
    light = [
        [*words, "--url", simulated]
        for words in READING
        if words[0] not in ("capture", "plot", "check")
    ]
    assert not loaded([*light, ["settings", "show"], ["settings", "path"]]) & {
        *("textual", "rich", "plotext", "PIL", "numpy", "shtab")
    }


def test_capturing_loads_numpy_and_plotting_plotext(simulated: str) -> None:
    captured = loaded([["capture", "--url", simulated], ["check", "--url", simulated]])
    assert captured & {"numpy", "textual", "rich", "plotext", "PIL"} == {"numpy"}
    plotted = loaded([["plot", "--url", simulated]])
    assert plotted & {"plotext", "textual", "rich", "PIL"} == {"plotext"}


def loaded(commands: list[list[str]]) -> set[str]:
    """Return the top names of the modules that these commands load, one after the other."""
    result = python(
        "import sys\n"
        "from nhem_tui.cli.main import main\n"
        f"codes = [main(words) for words in {commands!r}]\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(max(codes), *names, file=sys.stderr)\n"
    )
    code, *names = result.stderr.splitlines()[-1].split()
    assert code == "0", result.stderr
    return set(names)
