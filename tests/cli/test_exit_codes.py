"""Exit codes are a promise to scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhem_tui.backend import errors
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands import status
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, may_pass, of_fault
from nhem_tui.cli.main import main
from nhem_tui.config.problems import ConfigError, Problem, SecretError, UnwritableError
from nhem_tui.recording.errors import DamagedError, RecordingError, UnusableError
from tests.cli.support import StubServer


def test_the_numbers_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "DONE": 0,
        "REFUSED": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "UNAUTHORISED": 4,
        "BAD_DATA": 5,
        "INTERRUPTED": 130,
    }


CASES: list[tuple[Exception, ExitCode]] = [
    # It is the server's turn, or this machine's.
    (errors.ServerFault("", status=500), ExitCode.REFUSED),
    (errors.NoData(""), ExitCode.REFUSED),
    (errors.RouteMissing(""), ExitCode.REFUSED),
    (errors.ReadOnly(""), ExitCode.REFUSED),
    (errors.InvalidValue("", status=400), ExitCode.REFUSED),
    (CommandError("", ExitCode.REFUSED), ExitCode.REFUSED),
    (RecordingError(""), ExitCode.REFUSED),
    (UnwritableError([Problem("", "")]), ExitCode.REFUSED),
    (RuntimeError("a fault of this program"), ExitCode.REFUSED),
    # The user's: something that was typed or configured cannot be used.
    (errors.InvalidValue(""), ExitCode.USAGE),
    (CommandError(""), ExitCode.USAGE),
    (UnusableError(""), ExitCode.USAGE),
    (ConfigError([Problem("", "")]), ExitCode.USAGE),
    (SecretError("server.password_file", "is gone"), ExitCode.USAGE),
    # The network's: the same may succeed later.
    (errors.Refused(""), ExitCode.UNREACHABLE),
    (errors.Unreachable(""), ExitCode.UNREACHABLE),
    (errors.TimedOut(""), ExitCode.UNREACHABLE),
    (errors.ServerFault("", status=502), ExitCode.UNREACHABLE),
    (errors.ServerFault("", status=503), ExitCode.UNREACHABLE),
    (errors.ServerFault("", status=504), ExitCode.UNREACHABLE),
    (errors.Unauthorised(""), ExitCode.UNAUTHORISED),
    (errors.BadData(""), ExitCode.BAD_DATA),
    (DamagedError(""), ExitCode.BAD_DATA),
    (KeyboardInterrupt(), ExitCode.INTERRUPTED),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=repr)
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_whatever_stops_a_command_has_its_code_and_its_line(
    error: Exception,
    code: ExitCode,
    more: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(call: Call) -> ExitCode:
        raise error

    monkeypatch.setattr(status, "run", run)
    assert main(["status", *more]) == code
    told = capsys.readouterr()
    assert told.out == ""
    if code is ExitCode.INTERRUPTED:
        assert told.err == ""
    elif more:
        (line,) = told.err.splitlines()
        assert json.loads(line)["exit"] == code
    else:
        assert told.err.startswith("error: ")


def test_what_may_pass_is_tried_again_and_unreachable() -> None:
    for error, code in CASES:
        if isinstance(error, errors.BackendError):
            assert may_pass(error) is (code is ExitCode.UNREACHABLE)


def test_every_state_of_the_link_has_a_code() -> None:
    for kind in errors.FaultKind:
        assert of_fault(kind) in ExitCode


@pytest.mark.parametrize(
    "words",
    [
        ["server-config", "import", "missing.json", "--yes"],
        ["analyze", "missing.mp4"],
        ["line-detection", "run", "--image", "missing.png"],
        ["roi", "image", "--output", "there"],
        ["waveform", "--output", "there"],
        ["demo-flow", "--output", "there"],
        ["server-config", "export", "--output", "there"],
        ["record", "--output", "there"],
        ["export", "live", "--output", "there"],
        ["roi", "image", "--output", "nowhere/a.png"],
    ],
    ids=" ".join,
)
def test_a_file_that_is_missing_or_in_the_way_is_found_before_anything_is_sent(
    words: list[str], stub: StubServer, home: Path
) -> None:
    (home / "there").write_text("mine")
    assert main([*words, "--url", stub.url]) == 2
    assert stub.requests == []
    assert (home / "there").read_text() == "mine"
