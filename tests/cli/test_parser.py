"""What the command line understands, and what it says to the rest."""

from __future__ import annotations

import json
import re

import pytest

from nhem_tui import __version__
from nhem_tui.cli.main import main
from nhem_tui.cli.parser import parse
from nhem_tui.cli.table import COMMANDS, ELSEWHERE


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


@pytest.mark.parametrize(
    ("command", "option", "limits"),
    [
        ("plot", "--width", "20 to 1000"),
        ("plot", "--height", "5 to 500"),
        ("record", "--pictures", "at most 20"),
        ("demo-flow", "--count", "wanted: 50-500 ROI samples"),
        ("demo", "--fps", "1 to 60"),
        ("replay", "--speed", "0.25 to 64"),
        ("replay", "--from", "H:MM:SS"),
        ("export", "--from", "H:MM:SS"),
    ],
)
def test_the_help_says_what_may_be_written(
    command: str, option: str, limits: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    told = " ".join(capsys.readouterr().out.partition("options:")[2].split())
    assert limits in told.partition(f" {option} ")[2].partition(" --")[0]


@pytest.mark.parametrize("argv", [["--version"], ["--version", "--fps", "5"]])
def test_version(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr() == (f"nhem-tui {__version__}\n", "")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["statsu"], "nhem-tui: error: 'statsu' is not known here; did you mean status?"),
        (["stat"], "nhem-tui: error: 'stat' is not known here; did you mean status?"),
        (["star"], "nhem-tui: error: 'star' is not known here; did you mean status?"),
        (["sto"], "nhem-tui: error: 'sto' is not known here; did you mean stop?"),
        (["roi", "image", "--output", "roi.jpg"],
         "nhem-tui roi image: error: argument --output: the picture is PNG, not .jpg"),
        (["waveform", "--output", "x.GIF"],
         "nhem-tui waveform: error: argument --output: the picture is PNG, not .GIF"),
        (["roi", "show"], "nhem-tui roi: error: 'show' is not known here; "
         "there are get, set, rate, image"),
        (["roi"], "nhem-tui roi: error: the action is missing; there are get, set, rate, image"),
        (["fps", "show"], "nhem-tui fps: error: argument N: 'show' is not a whole number from "
         "10 to 120 frames/s; without one it is shown"),
        (["roi", "rate", "show"], "nhem-tui roi rate: error: argument HZ: 'show' is not a whole "
         "number from 1 to 30 Hz; without one it is shown"),
        (["xyzzy"], "nhem-tui: error: 'xyzzy' is not known here"),
        (["captrue", "--count", "100"],
         "nhem-tui: error: 'captrue' is not known here; did you mean capture?"),
        (["roi", "sett", "--force"], "nhem-tui roi: error: 'sett' is not known here; "
         "did you mean set?"),
        (["--ulr", "http://lab3", "status"],
         "nhem-tui: error: '--ulr' is not known here; did you mean --url?"),
        (["set-roi", "0", "0", "200", "150"],
         "nhem-tui: error: 'set-roi' is called 'roi set' here"),
        (["help", "status"], "nhem-tui: error: 'help' is called '--help' here"),
        (["waveform-image", "--count", "200"],
         "nhem-tui: error: 'waveform-image' is called 'waveform' here"),
        (["status", "--jsn"], "nhem-tui status: error: '--jsn' is not known here; "
         "did you mean --json?"),
        (["--roi", "capture"], "nhem-tui capture: error: '--roi' must stand after the command"),
        (["roi", "image", "--outptu", "x"],
         "nhem-tui roi image: error: '--outptu' is not known here; did you mean --output?"),
        (["--fps", "2.5"], "nhem-tui: error: argument --fps: '2.5' is not a whole number"),
        (["--profile", "", "status"], "nhem-tui: error: argument --profile: is empty"),
        (["status", "--ssh", " "], "nhem-tui status: error: argument --ssh: is empty"),
        (["status", "--log-file", ""], "nhem-tui status: error: argument --log-file: is empty"),
        (["--fps", "0"], "nhem-tui: error: argument --fps: 0 is not from 1 to 60"),
        (["--fps", "fast"], "nhem-tui: error: argument --fps: 'fast' is not a whole number"),
        (["status", "--timeout", "nan"],
         "nhem-tui status: error: argument --timeout: 'nan' is not a number of seconds above 0"),
        (["watch", "--seconds", "0"],
         "nhem-tui watch: error: argument --seconds: '0' is not a number of seconds above 0"),
        (["watch", "--count", "0"],
         "nhem-tui watch: error: argument --count: 0 is not from 1 to 1000000000"),
        (["capture", "--count", "-5"],
         "nhem-tui capture: error: argument --count: -5 is not from 50 to 500"),
        (["capture", "--count", "１００"],
         "nhem-tui capture: error: argument --count: '１００' is not a whole number"),
        (["capture", "--count", "1_00"],
         "nhem-tui capture: error: argument --count: '1_00' is not a whole number"),
        (["status", "--timeout", " 5"],
         "nhem-tui status: error: argument --timeout: ' 5' is not a number of seconds above 0"),
        (["roi", "set", "0", "0", "５０", "50"],
         "nhem-tui roi set: error: argument X2: '５０' is not a whole number from 0 to 100000 "
         "pixels"),
        (["roi", "set", "0", "0", "100001", "50"],
         "nhem-tui roi set: error: argument X2: ROI coordinate must be a whole number from 0 to "
         "100000 pixels; the server answers one that is negative or huge with an internal error"),
        (["roi", "set", "0", "0", "99999999999999999999", "50"],
         "nhem-tui roi set: error: argument X2: '99999999999999999999' is not a whole number from "
         "0 to 100000 pixels"),
        (["peaks", "set", "--threshold", "1_00"],
         "nhem-tui peaks set: error: argument --threshold: '1_00' is not a number from 50 to 200 "
         "gray levels"),
        (["simulate", "--fault", "hagn"],
         "nhem-tui simulate: error: argument --fault: there is no fault 'hagn'; did you mean "
         "hang?"),
        (["simulate", "--port", "x"],
         "nhem-tui simulate: error: argument --port: 'x' is not a port, 0 to 65535"),
        (["simulate", "--fps", "２"],
         "nhem-tui simulate: error: argument --fps: '２' is not a rate, 1 to 120 frames/s"),
        (["simulate", "--seed", "x"],
         "nhem-tui simulate: error: argument --seed: 'x' is not a whole number"),
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


@pytest.mark.parametrize("option", ["--json", "--quiet", "--verbose"])
def test_so_may_those_about_the_output(option: str) -> None:
    name = option[2:]
    assert getattr(parse([option, "status"]), name) is True
    assert getattr(parse(["status", option]), name) is True
    assert getattr(parse([option, "roi", "get"]), name) is True
    assert getattr(parse(["status"]), name) is False


@pytest.mark.parametrize(
    "argv",
    [["--json"], ["--json", "statsu"], ["status", "--json", "--timeout", "x"], ["--json", "roi"]],
)
def test_wrong_arguments_are_json_where_json_was_asked_for(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(refused(capsys, *argv))
    assert (record["type"], record["exit"]) == ("error", 2)
    assert record["text"]
    assert record["hint"].startswith("nhem-tui")


@pytest.mark.parametrize("argv", [["--url", "{}", "status"], ["status", "--url={}"]])
@pytest.mark.parametrize("url", ["http://anna:hunter2@lab3", "http://hunter2@lab3"])
def test_no_password_in_an_address_is_taken_from_the_command_line(
    argv: list[str], url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(url) for word in argv]) == 2
    told = capsys.readouterr().err
    assert "set NHEM_URL" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(("elsewhere", "here"), ELSEWHERE.items())
def test_what_a_command_of_others_is_called_here_is_known(
    elsewhere: str, here: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert elsewhere not in COMMANDS
    if here.startswith("--"):
        assert main([here]) == 0
        return
    command, dashes, option = here.partition(" --")
    assert main([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: nhem-tui {command} ")
    assert f"[{dashes.strip()}{option}" in told


def test_seconds_have_no_end() -> None:
    assert parse(["record", "--output", "f", "--seconds", "604800"]).seconds == 604_800


def test_dashboard_options_before_demo_are_kept() -> None:
    args = parse(["--fps", "5", "--read-only", "demo", "--compact"])
    assert (args.fps, args.read_only, args.compact) == (5, True, True)
    args = parse(["demo"])
    assert (args.fps, args.read_only, args.compact) == (None, False, False)


@pytest.mark.parametrize("command", ["inspect a", "repair a", "replay a", "completion zsh", "demo",
                                     "simulate"])  # fmt: skip
@pytest.mark.parametrize("option", ["--url http://h", "--ssh a@b", "--insecure", "--ask-password",
                                    "--timeout 5"])  # fmt: skip
def test_an_option_about_the_server_is_refused_where_there_is_none(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = option.partition(" ")[0]
    words = refused(capsys, *option.split(), *command.split())
    assert words.endswith(f"error: '{name}' does nothing here")
    assert main([command.split()[0], "--help"]) == 0
    assert name not in capsys.readouterr().out
    assert main([*command.split(), *option.split()]) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_in_json_what_it_says(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    actions = re.search(r"\{?ACTION", capsys.readouterr().out)
    if command != "demo" and not actions:  # it prints nothing; each action has its own
        assert main([command, "--json", "--nonsense"]) == 2
        assert "'--nonsense' is not known" in json.loads(capsys.readouterr().err)["text"]


def test_the_simulators_own_fps_is_another() -> None:
    assert parse(["simulate", "--fps", "44.5"]).fps == 44.5
