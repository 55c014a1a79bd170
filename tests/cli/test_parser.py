"""What the command line understands, and what it says to the rest."""

from __future__ import annotations

import pytest

from nhem_tui import __version__
from nhem_tui.cli.main import main
from nhem_tui.cli.parser import parse
from nhem_tui.cli.table import COMMANDS


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Return the last line of what is said to wrong arguments."""
    assert main(argv) == 2
    told = capsys.readouterr()
    assert told.out == ""
    return told.err.splitlines()[-1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert "examples:\n  nhem-tui " + command in text
    assert main(["--help"]) == 0
    assert COMMANDS[command].summary in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["--version"], ["--version", "--fps", "5"]])
def test_version(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr() == (f"nhem-tui {__version__}\n", "")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["statsu"], "nhem-tui: error: 'statsu' is not known here; did you mean 'status'?"),
        (["xyzzy"], "nhem-tui: error: 'xyzzy' is not known here"),
        (["status", "--jsn"], "nhem-tui status: error: '--jsn' is not known here; "
         "did you mean '--json'?"),
        (["--json", "status"], "nhem-tui status: error: '--json' must stand after the command"),
        (["--fps", "0"], "nhem-tui: error: argument --fps: 0 is not from 1 to 60"),
        (["--fps", "fast"], "nhem-tui: error: argument --fps: 'fast' is not a whole number"),
        (["status", "--timeout", "nan"],
         "nhem-tui status: error: argument --timeout: 'nan' is not a number of seconds above 0"),
        (["watch", "--seconds", "0"],
         "nhem-tui watch: error: argument --seconds: '0' is not a number of seconds above 0"),
        (["watch", "--count", "0"],
         "nhem-tui watch: error: argument --count: 0 is not from 1 to 1000000000"),
        (["demo", "--seed", "-1"],
         "nhem-tui demo: error: argument --seed: -1 is not from 0 to 4294967295"),
    ],
)  # fmt: skip
def test_wrong_arguments_get_one_clear_line(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, *argv) == words


@pytest.mark.parametrize(
    "argv",
    [
        ["--password", "hunter2", "status"],
        ["status", "--password", "hunter2"],
        ["status", "--password=hunter2"],
        ["--password"],
    ],
)
def test_a_password_is_not_taken_from_the_command_line(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, *argv)
    assert "set NHEM_PASSWORD" in line
    assert "hunter2" not in line


def test_an_unknown_option_is_named_without_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--pasword=hunter2"]) == 2
    assert "hunter2" not in capsys.readouterr().err


def test_options_may_stand_before_the_command_or_after_it() -> None:
    before = parse(["--url", "http://lab3:1", "--timeout", "7", "status"])
    after = parse(["status", "--url", "http://lab3:1", "--timeout", "7"])
    assert (before.url, before.timeout) == (after.url, after.timeout) == ("http://lab3:1", 7.0)
    assert not hasattr(parse(["status"]), "url")


def test_dashboard_options_before_demo_are_kept() -> None:
    args = parse(["--fps", "5", "--read-only", "demo", "--compact"])
    assert (args.fps, args.read_only, args.compact) == (5, True, True)
    args = parse(["demo"])
    assert (args.fps, args.read_only, args.compact) == (None, False, False)


def test_the_simulators_own_fps_is_another() -> None:
    assert parse(["simulate", "--fps", "44.5"]).fps == 44.5
