"""How the dashboard is opened: on which server, how fast, with which rights."""

from __future__ import annotations

import asyncio
import json
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from nhem_tui.cli.commands.dashboard import framerate
from nhem_tui.cli.main import main
from nhem_tui.config.schema import Display
from nhem_tui.recording.replay import ReplaySource
from nhem_tui.recording.seeking import parse_target
from nhem_tui.tui import run as tui_run
from nhem_tui.tui.context import Context
from tests.cli.support import StubServer
from tests.recording.support import session, write


def ask_status(url: str) -> str:
    connection = HTTPConnection(url.partition("://")[2], timeout=5)
    connection.request("GET", "/status")
    state: str = json.load(connection.getresponse())["status"]
    connection.close()
    return state


class Terminal:
    """Stands for a stream of the terminal."""

    def isatty(self) -> bool:
        return True


class Screen:
    """Stands for the full-screen program; keeps what it was opened with."""

    def __init__(self) -> None:
        self.contexts: list[Context] = []
        self.detection = ""
        self.code = 0

    def __call__(self, context: Context) -> int:
        self.contexts.append(context)
        if context.name == "demo":
            assert context.client is not None
            self.detection = ask_status(context.client.url)
            asyncio.run(context.client.stop())  # only with the right password
        return self.code

    @property
    def context(self) -> Context:
        (context,) = self.contexts
        return context


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal with a screen."""
    screen = Screen()
    monkeypatch.setattr(tui_run, "run", screen)
    monkeypatch.setattr(sys, "__stdin__", Terminal())
    monkeypatch.setattr(sys, "__stderr__", Terminal())
    return screen


def test_it_opens_on_the_server_of_the_settings(
    screen: Screen, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = {"server": {"base_url": "http://lab3:8421/nhem"}, "display": {"theme": "mono"}}
    (home / "http_client_config.json").write_text(json.dumps({"profiles": {"lab3": lab}}))
    assert main(["--profile", "lab3"]) == 0
    context = screen.context
    assert context.client is not None
    assert context.client.url == "http://lab3:8421/nhem"
    assert context.source.label == "lab3:8421/nhem"
    assert context.settings.display.theme == "mono"
    assert (context.name, context.framerate) == ("lab3", 20)
    assert (context.read_only, context.client.read_only, context.compact) == (False, False, False)


def test_flags_reach_it(screen: Screen, stub: StubServer) -> None:
    words = ["--url", stub.url, "--fps", "5", "--read-only", "--compact"]
    assert main(words) == 0
    context = screen.context
    assert context.client is not None
    assert context.client.url == stub.url
    assert context.framerate == 5
    assert (context.read_only, context.client.read_only, context.compact) == (True, True, True)


def test_it_opens_on_a_recording(screen: Screen, home: Path) -> None:
    write(home / "night.nhem", session())
    words = ["replay", "night.nhem", "--from", "0:01", "--speed", "8", "--compact"]
    assert main(words) == 0
    context = screen.context
    assert isinstance(context.source, ReplaySource)
    assert (context.source.label, context.source.speed) == ("night.nhem", 8)
    assert (context.client, context.start, context.compact) == (None, parse_target("0:01"), True)


def test_what_is_no_moment_is_told_before_the_recording_is_opened(
    screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "missing.nhem", "--from", "noon"]) == 2
    assert capsys.readouterr().err.startswith("error: --from: ")
    assert screen.contexts == []


def test_an_ssh_session_gets_fewer_frames(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    assert main([]) == 0
    assert screen.context.framerate == 10


@pytest.mark.parametrize(
    ("asked", "remote", "rate"),
    [(None, False, 30), (None, True, 8), (60, False, 60), (60, True, 60), (1, True, 1)],
)
def test_the_frame_rate(asked: int | None, remote: bool, rate: int) -> None:
    assert framerate(asked, Display(max_framerate=30, ssh_framerate=8), remote=remote) == rate


def test_an_ssh_session_is_never_faster_than_a_local_one() -> None:
    assert framerate(None, Display(max_framerate=4, ssh_framerate=8), remote=True) == 4


def test_the_compact_layout_may_be_configured(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHEM_DISPLAY_LAYOUT", "compact")
    assert main([]) == 0
    assert screen.context.compact


def test_its_exit_code_is_handed_on(screen: Screen) -> None:
    screen.code = 1
    assert main([]) == 1


def test_without_a_terminal_it_does_not_open(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "__stdin__", None)
    for words in ([], ["demo"]):
        assert main(words) == 2
        assert capsys.readouterr().err.startswith(
            "error: the dashboard needs a terminal, and stdin is closed\nhint: "
        )
    assert screen.contexts == []


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_on_a_terminal_that_only_prints_it_does_not_open(
    term: str, screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    for words in ([], ["demo"]):
        assert main(words) == 2
        assert f"and TERM is {term}\nhint: " in capsys.readouterr().err
    assert screen.contexts == []


def test_a_password_that_cannot_be_had_is_said_before_it_opens(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_SERVER_PASSWORD_FILE", "missing")
    assert main([]) == 2
    assert screen.contexts == []
    assert "server.password_file missing: No such file" in capsys.readouterr().err


def test_the_demo_brings_its_own_server_and_takes_it_away_again(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NHEM_URL", "http://lab3:8421")
    monkeypatch.setenv("NHEM_PASSWORD", "for lab3 only")
    monkeypatch.setenv("NHEM_DISPLAY_THEME", "mono")
    assert main(["demo", "--seed", "3", "--fps", "7"]) == 0
    context = screen.context
    assert context.client is not None
    assert screen.detection == "running"
    assert context.settings.server.base_url == context.client.url
    assert context.client.url.startswith("http://127.0.0.1:")
    assert context.settings.server.password == "31415"
    assert (context.name, context.framerate) == ("demo", 7)
    assert context.settings.display.theme == "mono"
    assert [each.endpoint for each in context.health.endpoints()] == ["POST /control"]
    with pytest.raises(ConnectionRefusedError):
        ask_status(context.client.url)


def test_a_simulator_that_does_not_start_is_said_in_words(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no module named h11' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    assert main(["demo"]) == 3
    begun, said = capsys.readouterr().err.splitlines()
    assert begun == "starting the simulator"
    assert said == "error: the simulated server did not start: no module named h11"
    assert screen.contexts == []
