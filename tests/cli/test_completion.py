"""``completion``: what real shells offer with it, typed as a user would."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nhem_tui.cli.main import SHELLS, main
from nhem_tui.cli.table import COMMANDS
from nhem_tui.cli.tcsh import offered

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("nhem-tui")

CASES: dict[str, set[str]] = {
    "nhem-tui he": {"health"},
    "nhem-tui roi ": {"get", "image", "rate", "set"},
    "nhem-tui roi set ": set(),
    "nhem-tui roi image --outp": {"--output"},
    "nhem-tui --url x he": {"health"},
    "nhem-tui settings set server.time": {"server.timeout"},
    "nhem-tui export --format ": {"csv", "npz", "json", "svg", "png", "ansi", "html", "pdf"},
    "nhem-tui export ni": {"night.nhem"},
    "nhem-tui roi image --output ni": {"night.nhem"},
    "nhem-tui completion ": {*SHELLS},
}

BASH = """
source "$1"; shift
for line in "$@"; do
    read -ra COMP_WORDS <<<"$line"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
    COMPREPLY=()
    $(complete -p nhem-tui | sed 's/.*-F \\([^ ]*\\) .*/\\1/') nhem-tui "${COMP_WORDS[-1]}"
    echo "${COMPREPLY[@]}"
done
"""
FISH = """
source $argv[1]
for line in $argv[2..]
    echo (complete -C $line | cut -f1)
end
"""


def in_bash(script: Path, lines: Sequence[str]) -> list[set[str]]:
    return words_of(["bash", "-c", BASH, "bash", str(script), *lines])


def in_fish(script: Path, lines: Sequence[str]) -> list[set[str]]:
    return words_of(["fish", "--no-config", "-c", FISH, str(script), *lines])


def in_zsh(load: str, lines: Sequence[str]) -> list[set[str]]:
    setup = Path("setup.zsh")
    setup.write_text(f"{(HERE / 'setup.zsh').read_text()}\n{load}\nprint READY\n")
    return words_of(["zsh", "-f", str(HERE / "complete.zsh"), str(setup.absolute()), *lines])


def words_of(command: Sequence[str]) -> list[set[str]]:
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    assert result.stderr == ""
    return [set(line.split()) for line in result.stdout.splitlines()]


@pytest.fixture
def script(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Path]:
    """Write the script of a shell; beside it lies a recording to be offered."""

    def write(shell: str) -> Path:
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed; .ci/run installs it where it can")
        (home / "night.nhem").touch()
        assert main(["completion", shell]) == 0
        path = home / "script"
        path.write_text(capsys.readouterr().out)
        return path

    return write


@pytest.mark.parametrize(("shell", "complete"), [("bash", in_bash), ("fish", in_fish)])
def test_a_shell_offers_what_belongs_there(
    shell: str,
    complete: Callable[[Path, Sequence[str]], list[set[str]]],
    script: Callable[[str], Path],
) -> None:
    found = complete(script(shell), [*CASES])
    assert dict(zip(CASES, found, strict=True)) == CASES


@pytest.mark.parametrize(
    "load",
    [
        "source {0}",
        "source <(cat {0})",
        'eval "$(<{0})"',
        # As compinit does with what lies in a folder of functions.
        "mkdir functions; cp {0} functions/_nhem-tui; fpath=($PWD/functions $fpath)\n"
        "autoload -Uz _nhem-tui; compdef _nhem-tui nhem-tui",
    ],
    ids=["source", "process substitution", "eval", "autoload"],
)
def test_zsh_does_so_however_it_is_loaded(load: str, script: Callable[[str], Path]) -> None:
    found = in_zsh(load.format(shlex.quote(str(script("zsh")))), [*CASES])
    assert dict(zip(CASES, found, strict=True)) == CASES


def test_tcsh_asks_the_program(script: Callable[[str], Path]) -> None:
    """On a terminal of its own; what it is answered is tested below."""
    path = script("tcsh")
    environ = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "TERM": "vt100"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("tcsh", ["tcsh", "-f"], environ)  # noqa: S606 - in the child
    try:
        os.write(terminal, f"set autolist; set prompt='READY>'; source {path}\n".encode())
        read_until(terminal, r"\nREADY>$")
        os.write(terminal, b"nhem-tui --url x hea\t")
        read_until(terminal, "nhem-tui --url x health ")
        os.write(terminal, b"\x15nhem-tui roi \t")
        read_until(terminal, r"\nget +image +rate +set +\r")
        os.write(terminal, b"\x15nhem-tui export ni\t")
        read_until(terminal, "nhem-tui export night.nhem ")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


def read_until(terminal: int, pattern: str) -> str:
    """Read what a terminal shows until something matches."""
    shown = ""
    while not re.search(pattern, shown):
        assert select.select([terminal], [], [], 10)[0], shown
        shown += os.read(terminal, 1024).decode()
    return shown


@pytest.mark.parametrize(
    ("line", "words"), [case for case in CASES.items() if "night.nhem" not in case[1]]
)
def test_what_tcsh_is_answered(
    line: str, words: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert {*offered(line)} == words
    assert main(["completion", "tcsh", line]) == 0
    assert {*capsys.readouterr().out.split()} == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nhem-tui ", [*COMMANDS]),
        ("nhem-tui --url x ", [*COMMANDS]),
        ("nhem-tui --url=x --json ", [*COMMANDS]),
        ("nhem-tui --url ", []),
        ("nhem-tui status --url x ", []),
        ("nhem-tui nonsense ", []),
        ("nhem-tui completion zsh ", []),
    ],
)
def test_options_before_the_command_do_not_hide_it(line: str, words: list[str]) -> None:
    assert offered(line) == words


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_leaves_out_what_is_not_to_be_typed(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr()
    assert main(["completion", shell, "--quiet"]) == 0
    assert capsys.readouterr() == told
    assert told.err == ""
    assert " --password " not in told.out  # it only says where a password belongs
    if shell != "tcsh":
        assert not [name for name in COMMANDS if name not in told.out]


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bsh"]) == 2
    assert "did you mean bash?" in capsys.readouterr().err
