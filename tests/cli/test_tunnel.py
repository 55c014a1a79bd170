"""The SSH tunnel, with a stand-in for ssh that forwards on the loopback."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nhem_tui.cli import tunnel
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.tunnel import open_tunnel
from nhem_tui.notation.address import parse_address
from tests.cli.support import has_ended

FORWARDER = f"""#!{sys.executable}
import os, socket, sys
from pathlib import Path
host, port, far_host, far_port = sys.argv[sys.argv.index("-L") + 1].split(":")
Path(__file__).with_name("words").write_text("\\n".join(sys.argv[1:]))
Path(__file__).with_name("pid").write_text(str(os.getpid()))
listener = socket.create_server((host, int(port)))
while True:
    near, _ = listener.accept()
    far = socket.create_connection((far_host, int(far_port)))
    near.sendall(far.recv(100))
    near.close()
"""


@pytest.fixture
def install_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def install(script: str) -> None:
        program = tmp_path / "ssh"
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return install


@pytest.fixture
def greeter() -> Iterator[int]:
    """A server that says hello; yields its port."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.sendall(b"hello")
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        return client.recv(100)


def wait_for_greeting(port: int) -> None:
    """Wait until the port leads to the server again."""
    deadline = time.monotonic() + 5
    answer = b""
    while answer != b"hello":
        assert time.monotonic() < deadline, "it never leads there again"
        with contextlib.suppress(OSError):  # not there yet
            answer = greeting(port)


def test_the_port_leads_to_the_server(
    install_ssh: Callable[[str], None], greeter: int, tmp_path: Path
) -> None:
    install_ssh(FORWARDER)
    with open_tunnel("anna@lab3", parse_address(f"http://localhost:{greeter}/nhem")) as port:
        assert greeting(port) == b"hello"
        pid = int((tmp_path / "pid").read_text())
    assert has_ended(pid)
    words = (tmp_path / "words").read_text().splitlines()
    assert words[-2:] == ["--", "anna@lab3"]
    assert "-N" in words


def test_the_tunnel_goes_when_its_owner_is_killed(
    install_ssh: Callable[[str], None], greeter: int, tmp_path: Path
) -> None:
    install_ssh(FORWARDER)
    code = (
        "import sys, time\n"
        "from nhem_tui.cli.tunnel import open_tunnel\n"
        "from nhem_tui.notation.address import parse_address\n"
        f"with open_tunnel('anna@lab3', parse_address('http://localhost:{greeter}')):\n"
        "    print('up', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        owner.kill()
    assert has_ended(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    ("target", "url", "far_end"),
    [
        ("anna@lab3", "http://localhost:8421", "127.0.0.1:8421"),
        ("anna@lab3", "http://lab3", "127.0.0.1:80"),
        ("anna@Lab3", "http://LAB3:8421", "127.0.0.1:8421"),
        ("lab3", "http://lab3:8421", "127.0.0.1:8421"),
        ("ssh://anna@lab3:2222", "http://lab3:8421", "127.0.0.1:8421"),
        ("anna@gate", "http://lab3:8421", "lab3:8421"),
        ("anna@gate", "http://127.0.0.2:8421", "127.0.0.2:8421"),
        ("anna@gate", "http://[::1]:8421", "[::1]:8421"),
    ],
)
def test_the_far_end_is_where_the_address_says(
    target: str, url: str, far_end: str, install_ssh: Callable[[str], None], tmp_path: Path
) -> None:
    install_ssh("#!/bin/sh\nprintf '%s\\n' \"$@\" > " + str(tmp_path / "words") + "\n")
    with pytest.raises(CommandError), open_tunnel(target, parse_address(url)):
        pytest.fail("there is no tunnel")
    words = (tmp_path / "words").read_text().splitlines()
    forward = words[words.index("-L") + 1]
    assert forward.startswith("127.0.0.1:")
    assert forward.split(":", 2)[2] == far_end


@pytest.fixture
def reopened(install_ssh: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A program ``ssh`` that forwards, and tunnels that are opened again at once."""
    monkeypatch.setattr(tunnel, "PAUSES", (0.01,))
    install_ssh(FORWARDER)


@pytest.mark.usefixtures("reopened")
def test_a_tunnel_that_breaks_is_opened_again_without_a_question(
    greeter: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid_file = tmp_path / "pid"
    with open_tunnel("anna@lab3", parse_address(f"http://localhost:{greeter}")) as port:
        first = int(pid_file.read_text())
        assert "BatchMode=yes" not in (tmp_path / "words").read_text()
        os.kill(first, signal.SIGKILL)
        wait_for_greeting(port)
        second = int(pid_file.read_text())
        assert second != first
        assert "BatchMode=yes" in (tmp_path / "words").read_text()
    assert has_ended(second)
    assert "ssh to anna@lab3 ended" in caplog.text


@pytest.mark.usefixtures("reopened")
def test_a_tunnel_is_opened_again_when_the_machine_has_a_process_to_spare(
    greeter: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start, refusals = tunnel._start, iter(range(2))

    def refuse(command: Sequence[str], *, stderr: int | None = None) -> subprocess.Popen[bytes]:
        if next(refusals, None) is not None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return start(command, stderr=stderr)

    with open_tunnel("anna@lab3", parse_address(f"http://localhost:{greeter}")) as port:
        monkeypatch.setattr(tunnel, "_start", refuse)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        wait_for_greeting(port)
    assert caplog.text.count("does not start") == 2


def test_a_tunnel_that_is_closed_is_not_opened_again(
    install_ssh: Callable[[str], None], greeter: int, tmp_path: Path
) -> None:
    install_ssh(FORWARDER)
    with open_tunnel("anna@lab3", parse_address(f"http://localhost:{greeter}")):
        before = set(threading.enumerate())
        pid = (tmp_path / "pid").read_text()
    assert (tmp_path / "pid").read_text() == pid
    assert not [thread for thread in threading.enumerate() if thread.name == "ssh tunnel"]
    assert [thread for thread in before if thread.name == "ssh tunnel"]


def test_an_ssh_that_gives_up_is_reported(install_ssh: Callable[[str], None]) -> None:
    install_ssh("#!/bin/sh\nexit 255\n")
    with pytest.raises(CommandError, match="before the tunnel stood") as caught:  # noqa: SIM117
        with open_tunnel("anna@lab3", parse_address("http://localhost:8421")):
            pytest.fail("there is no tunnel")
    assert caught.value.code is ExitCode.UNREACHABLE


@pytest.mark.parametrize("target", ["-oProxyCommand=touch /tmp/owned", "", " "])
def test_a_target_that_ssh_would_take_for_an_option_is_refused(
    install_ssh: Callable[[str], None], target: str
) -> None:
    install_ssh("#!/bin/sh\nexit 0\n")
    with pytest.raises(CommandError) as caught:  # noqa: SIM117
        with open_tunnel(target, parse_address("http://localhost:8421")):
            pytest.fail("there is no tunnel")
    assert caught.value.code is ExitCode.USAGE


def test_a_tunnel_is_for_plain_http_only(install_ssh: Callable[[str], None]) -> None:
    install_ssh("#!/bin/sh\nexit 0\n")
    with pytest.raises(CommandError, match="http://"):  # noqa: SIM117
        with open_tunnel("anna@lab3", parse_address("https://localhost:8421")):
            pytest.fail("there is no tunnel")
