"""What all commands that ask a server have in common, whatever goes wrong there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.commands import EVERY, READING, WRITING, Command
from tests.cli.support import python, simulated_server


@pytest.mark.parametrize("command", EVERY, ids=str)
def test_nobody_there_is_exit_code_3(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    assert main([*command.words, "--url", "http://127.0.0.1:1"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing listens at 127.0.0.1:1" in told.err


@pytest.mark.parametrize("command", READING, ids=str)
def test_reading_is_possible_read_only_and_gives_json(
    command: Command, simulated: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--read-only", *command.words, "--json", "--url", simulated]) == 0
    text = capsys.readouterr().out
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(document, dict) and document for document in documents)


@pytest.mark.parametrize("command", WRITING, ids=str)
def test_writing_is_refused_read_only(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_server(SimulatorOptions()) as server:
        before = json.dumps(server.backend.config.data), server.backend.engine.running
        assert main(["--read-only", *command.words, "--url", server.url]) == 1
        assert (json.dumps(server.backend.config.data), server.backend.engine.running) == before
    assert "read-only" in capsys.readouterr().err


HEAVY = ("plot", "watch")


def test_what_does_not_draw_loads_nothing_that_draws(simulated: str) -> None:
    light = [
        [*command.words, "--url", simulated]
        for command in READING
        if command.words[0] not in ("plot", "watch")
    ]
    light += [
        ["plot", "--json", "--url", simulated],
        ["check", "--write", "--url", simulated],
        ["demo-flow", "--yes", "--seconds", "0.5", "--url", simulated],
        ["start", "--url", simulated],
        ["settings", "show"],
        ["settings", "path"],
    ]
    assert not loaded(light) & {"textual", "rich", "plotext", "PIL", "numpy", "shtab"}


def test_plotting_loads_plotext_and_watching_numpy(simulated: str) -> None:
    """The stream, which watch reads, is made of arrays."""
    heavy = {"numpy", "plotext", "textual", "rich", "PIL"}
    assert loaded([["watch", "--count", "1", "--url", simulated]]) & heavy == {"numpy"}
    assert loaded([["plot", "--url", simulated]]) & heavy == {"numpy", "plotext"}


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
