"""The program as a shell sees it: signals, pipes, and what is loaded for which command."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhem_tui import __version__
from nhem_tui.cli.main import main
from nhem_tui.recording.reader import Recording
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


@pytest.mark.parametrize("words", [["status"], ["--version"], ["--help"], ["completion", "zsh"]])
@pytest.mark.parametrize(
    ("stdout", "reason"),
    [("/dev/full", "No space left on device"), ("&-", "stdout is closed")],
)
def test_output_that_cannot_be_written_is_a_failure(
    words: list[str], stdout: str, reason: str, stub: StubServer
) -> None:
    if stdout == "/dev/full" and not Path(stdout).exists():
        pytest.skip("this system has no /dev/full")
    stub.tell("GET /status", recorded("running-status"))
    line = shlex.join([sys.executable, "-m", "nhem_tui", *words])
    environ = {**os.environ, "NHEM_URL": stub.url}
    result = subprocess.run(
        ["sh", "-c", f"{line} >{stdout}"], stderr=subprocess.PIPE, check=False, env=environ
    )
    assert result.returncode == 1
    assert result.stderr.decode() == f"error: cannot write the output: {reason}\n"


@pytest.fixture(params=["a pipe that nobody reads", "a full disk"])
def lost(request: pytest.FixtureRequest) -> Iterator[int]:
    """A descriptor that takes nothing."""
    if request.param == "a full disk":
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        read, descriptor = os.pipe()
        os.close(read)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status", "--verbose"], 0),
        (["status", "--no-such"], 2),
        (["status", "--no-such", "--json"], 2),
        (["status", "--url", "http://127.0.0.1:1"], 3),
        (["stop", "--ask-password"], 2),
    ],
)
def test_a_command_ends_as_ever_where_nobody_hears_what_it_says(
    words: list[str], code: int, lost: int, stub: StubServer
) -> None:
    stub.tell("GET /status", recorded("running-status"))
    command = [sys.executable, "-m", "nhem_tui", *words]
    environ = {**os.environ, "NHEM_URL": stub.url}
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=lost, check=False,
        env=environ,
    )  # fmt: skip
    assert result.returncode == code
    assert result.stdout.startswith(b"Detection    running\n" if code == 0 else b"")


def test_a_recording_goes_on_where_nobody_hears_what_it_says(
    lost: int, simulated: str, tmp_path: Path
) -> None:
    path = tmp_path / "night.nhem"
    words = ["record", "--output", str(path), "--seconds", "1", "--url", simulated]
    command = [sys.executable, "-m", "nhem_tui", *words]
    assert subprocess.run(command, stderr=lost, check=False).returncode == 0
    with Recording(path) as recording:
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "time over"
        assert recording.indices["main"].count > 20


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_streams_that_nobody_needs_may_be_closed(closed: str, stub: StubServer) -> None:
    stub.tell("GET /status", recorded("running-status"))
    line = shlex.join([sys.executable, "-m", "nhem_tui", "status", "--url", stub.url])
    result = subprocess.run(["sh", "-c", f"{line} {closed}"], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.startswith(b"Detection    running\n")


def test_a_dashboard_without_stdin_says_so(stub: StubServer) -> None:
    line = shlex.join([sys.executable, "-m", "nhem_tui", "--url", stub.url])
    result = subprocess.run(["sh", "-c", f"{line} <&-"], capture_output=True, check=False)
    assert result.returncode == 2
    assert b"error: the dashboard needs a terminal, and stdin is closed\n" in result.stderr


def test_a_question_that_is_left_with_ctrl_d_is_no_answer(stub: StubServer) -> None:
    """On a terminal of its own, as a user would."""
    primary, secondary = pty.openpty()
    command = [sys.executable, "-m", "nhem_tui", "stop", "--ask-password", "--url", stub.url]
    with subprocess.Popen(
        command, stdin=secondary, stdout=secondary, stderr=secondary, start_new_session=True
    ) as process:
        try:
            os.close(secondary)
            told = read_terminal(primary, b"password of the server: ")
            wait_for_silence(primary)
            os.write(primary, b"\x04")
            told += read_terminal(primary, b"nothing was entered")
            assert process.wait(timeout=10) == 2
        finally:
            process.kill()
    os.close(primary)
    assert b"Traceback" not in told
    assert stub.requests == []


def read_terminal(primary: int, word: bytes) -> bytes:
    """Read what a program writes to its terminal until `word` comes."""
    told = b""
    while word not in told:
        assert select.select([primary], [], [], 10)[0], told
        told += os.read(primary, 1024)
    return told


def wait_for_silence(primary: int) -> None:
    """Wait until a terminal shows no more what is typed: what came before that is dropped."""
    deadline = time.monotonic() + 10
    while termios.tcgetattr(primary)[3] & termios.ECHO:
        assert time.monotonic() < deadline
        time.sleep(0.01)


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
    assert err.startswith(f"error: cannot listen on 127.0.0.1 port {port}: ")


def test_the_dashboard_loads_what_few_of_its_sessions_need_only_then(simulated: str) -> None:
    """No recorder, no renderer but the live one, no picture library before they are asked for."""
    result = python(
        "import sys\n"
        "from nhem_tui.tui.app import NhemApp\n"
        "NhemApp.run = lambda self, **_: print(*sys.modules, file=sys.stderr)\n"
        "from nhem_tui.cli.main import main\n"
        "from nhem_tui.cli import terminal\n"
        "terminal.check_terminal = lambda: None\n"
        f"main(['--url', {simulated!r}])\n"
    )
    names = result.stderr.splitlines()[-1].split()
    assert "nhem_tui.tui.screens.dashboard" in names
    late = {"nhem_tui.recording.recorder", "plotext", "PIL", "textual_image", "matplotlib"}
    late |= {"nhem_tui.tui.palette"}
    late |= {f"nhem_tui.tui.screens.{name}" for name in ("roi", "tuning", "settings", "capture")}
    assert not late & set(names)
