"""``completion``: scripts that real shells take, where those are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.cli.table import COMMANDS

COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
COMPREPLY=()
$(complete -p nhem-tui | sed 's/.*-F \\([^ ]*\\) .*/\\1/') nhem-tui "${COMP_WORDS[-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def bash_script(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    path = home / "completion"
    assert main(["completion", "bash"]) == 0
    path.write_text(capsys.readouterr().out)
    (home / "lab3.json").touch()
    return path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nhem-tui he", ["health"]),
        ("nhem-tui roi ", ["get", "image", "rate", "set"]),
        ("nhem-tui roi image --out", ["--output"]),
        ("nhem-tui settings get server.time", ["server.timeout"]),
        ("nhem-tui completion z", ["zsh"]),
        ("nhem-tui server-config import la", ["lab3.json"]),
    ],
)
def test_bash_completes(line: str, words: list[str], bash_script: Path) -> None:
    command = ["bash", "-c", COMPLETE, "bash", str(bash_script), *line.split(" ")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert sorted({word.strip() for word in result.stdout.split()}) == words


@pytest.mark.parametrize(("shell", "check"), [("zsh", "-n"), ("fish", "--no-execute")])
def test_other_shells_take_their_script(
    shell: str, check: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert main(["completion", shell]) == 0
    (home / "completion").write_text(capsys.readouterr().out)
    env = {**os.environ, "HOME": str(home)}
    command = [shell, check, "completion"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_every_command_is_in_every_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert not [name for name in COMMANDS if name not in told.out]
    assert "password" in told.out
    assert " --password " not in told.out  # there is no such option to offer


def test_fish_offers_files_and_choices_where_they_belong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["completion", "fish"]) == 0
    lines = capsys.readouterr().out.splitlines()
    within = "-n 'string match -qr -- \\'^roi image( |$)\\' (__nhem_tui_path)'"
    assert f"complete -c nhem-tui {within} -l output -r -F -d 'file to write'" in lines
    exactly = "-n 'test (__nhem_tui_path) = \"completion\"'"
    assert f"complete -c nhem-tui {exactly} -a 'bash zsh fish tcsh'" in lines


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bsh"]) == 2
    assert "did you mean bash?" in capsys.readouterr().err
