"""The program as a shell sees it: signals, pipes, and what is loaded for which command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nhem_tui import __version__
from nhem_tui.cli.main import main
from tests.cli.support import StubServer, program, python, read_until, recorded

HEAVY = ("textual", "rich", "plotext", "PIL", "numpy", "shtab", "hypothesis")


def loaded_by(*argv: str) -> set[str]:
    """Return the top names of the modules that a command loads, and its own packages."""
    result = python(
        "import sys\n"
        "from nhem_tui.cli.main import main\n"
        f"code = main({list(argv)!r})\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "own = {name for name in sys.modules if name.startswith('nhem_tui.')}\n"
        "print(code, *names, *own, file=sys.stderr)\n"
    )
    code, *names = result.stderr.splitlines()[-1].split()
    assert code == "0"
    return set(names)


def test_the_version_loads_next_to_nothing() -> None:
    names = loaded_by("--version")
    assert not names & {*HEAVY, "argparse", "json", "httpx", "msgspec", "asyncio"}


def test_a_command_that_does_not_draw_loads_nothing_that_draws(stub: StubServer) -> None:
    stub.tell("GET /status", recorded("running-status"))
    names = loaded_by("status", "--url", stub.url)
    assert "httpx" in names
    assert not names & set(HEAVY)
    assert not [name for name in names if name.startswith("nhem_tui.tui")]


def test_watching_loads_numpy_but_nothing_that_draws(simulated: str) -> None:
    names = loaded_by("watch", "--count", "1", "--url", simulated)
    assert "numpy" in names
    assert not names & (set(HEAVY) - {"numpy"})


def test_completion_asks_every_command_and_loads_no_client() -> None:
    assert not loaded_by("completion", "bash") & {*HEAVY, "httpx"} - {"shtab"}


def test_help_loads_no_client() -> None:
    assert not loaded_by("--help") & {*HEAVY, "httpx", "asyncio"}


def test_ctrl_c_ends_quietly_with_130(simulated: str) -> None:
    with program("watch", "--json", "--url", simulated) as process:
        read_until(process, '"sample"')
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize("more", [["--json"], []])
def test_a_closed_pipe_ends_quietly(simulated: str, more: list[str]) -> None:
    with program("watch", *more, "--url", simulated) as process:
        read_until(process, '"sample"' if more else "frame  ")
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["status", "--help"]])
def test_a_pipe_that_nobody_reads_ends_quietly(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        command = [sys.executable, "-m", "nhem_tui", *words]
        result = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(write)
    assert (result.returncode, result.stderr) == (0, b"")


def test_output_that_cannot_be_written_is_a_failure(stub: StubServer) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    stub.tell("GET /status", recorded("running-status"))
    command = [sys.executable, "-m", "nhem_tui", "status", "--url", stub.url]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device, not a file
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr == b"error: cannot write the output: No space left on device\n"


def test_the_console_script_is_this_program() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("nhem-tui"), "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout == f"nhem-tui {__version__}\n"


def test_steering_the_simulated_server_end_to_end(
    simulated: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_URL", simulated)
    states = []
    for command in ("stop", "start", "pause", "resume"):
        assert main([command]) == 0
        states.append(capsys.readouterr().out.split()[1])
    assert states == ["stopped", "running", "stopped", "running"]
    monkeypatch.setenv("NHEM_PASSWORD", "wrong")
    assert main(["stop"]) == 4
    assert main(["status"]) == 0
    assert "Detection    running" in capsys.readouterr().out


def test_a_port_in_use_ends_the_simulator_in_words(simulated: str) -> None:
    port = simulated.rpartition(":")[2]
    with program("simulate", "--port", port) as process:
        _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert err.startswith(f"cannot listen on 127.0.0.1 port {port}: ")
