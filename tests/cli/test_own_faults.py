"""A fault of this program: one line without secrets, and the rest in the log."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands import status
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.main import main
from nhem_tui.recording.reader import Recording
from nhem_tui.stream.ledger import Ledger
from nhem_tui.tui import graphics
from nhem_tui.tui.screens.dashboard import Dashboard
from tests.cli.support import LOG, StubServer
from tests.cli.test_dashboard import Terminal

SECRET = "hunter2-and-more"


async def stumble(client: BackendClient, call: Call) -> ExitCode:
    raise ValueError(f"cannot read {call.password()}")


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHEM_PASSWORD", SECRET)
    monkeypatch.setattr(status, "run", lambda call: call.ask(stumble))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that shows nothing."""
    monkeypatch.setattr(sys, "__stdin__", Terminal())
    monkeypatch.setattr(sys, "__stderr__", Terminal())
    headless = "textual.drivers.headless_driver:HeadlessDriver"
    monkeypatch.setattr("textual.constants.DRIVER", headless)
    monkeypatch.setattr(graphics, "prepare", lambda *_: None)


@pytest.mark.usefixtures("stumbling")
def test_it_is_one_line_and_the_log_tells_the_rest(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--url", stub.url]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: this program failed: ValueError in test_own_faults.py, line ")
    assert hint == "hint: the log tells more: nhem-tui settings path"
    log = (home / LOG).read_text()
    assert "ValueError: cannot read •••" in log
    assert "in stumble" in log
    assert SECRET not in log


@pytest.mark.usefixtures("terminal")
def test_of_the_screen_it_is_no_more(
    stub: StubServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(screen: Dashboard) -> None:
        raise ValueError(f"cannot show {SECRET}")

    monkeypatch.setenv("NHEM_PASSWORD", SECRET)
    monkeypatch.setattr(Dashboard, "refresh_panels", fail)
    assert main(["--url", stub.url]) == 1
    *_, error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: this program failed: ValueError in test_own_faults.py, line ")
    assert hint == "hint: the log tells more: nhem-tui settings path"
    log = (home / LOG).read_text()
    assert "ValueError: cannot show •••" in log
    assert SECRET not in log


def test_a_recording_does_not_end_with_it_as_if_its_time_were_over(
    simulated: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("cannot number")

    monkeypatch.setattr(Ledger, "take_main", fail)
    words = ["record", "--output", "night.nhem", "--seconds", "60", "--url", simulated]
    assert main(words) == 1
    assert "this program failed: ValueError in test_own_faults.py" in capsys.readouterr().err
    with Recording(home / "night.nhem") as recording:
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "ended unexpectedly"


@pytest.mark.usefixtures("stumbling")
def test_as_json_it_is_one_line_too(stub: StubServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json", "--url", stub.url]) == 1
    record = json.loads(capsys.readouterr().err)
    assert (record["type"], record["exit"]) == ("error", 1)


def test_before_the_secrets_are_known_nothing_of_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(call: Call) -> ExitCode:
        raise ValueError(f"no URL: http://anna:{SECRET}@lab3")

    monkeypatch.setattr(status, "run", fail)
    assert main(["status", "--verbose"]) == 1
    told = capsys.readouterr()
    assert "this program failed: ValueError" in told.err
    assert "in fail" in told.err
    assert SECRET not in told.err


@pytest.mark.parametrize(
    "words",
    [
        ["settings", "show"],
        ["settings", "set", "server.timeout", "5"],
        ["status"],
        ["status", "--ssh", "lab3"],
        ["server-config", "get"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "url",
    [f"http://anna:{SECRET}@exa\u2100mple:1", f"http://anna:{SECRET}@[::1", f"x://a:{SECRET}@h"],
)
def test_an_address_that_is_none_is_told_without_its_password(
    words: list[str], url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_SERVER_BASE_URL", url)
    assert main([*words, "--quiet"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "error: NHEM_SERVER_BASE_URL: server.base_url must be a URL such as http://lab3:8421\n"
    )
