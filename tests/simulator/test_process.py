"""The simulator as a process of its own."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from nhem_tui.simulator.faults import FAULTS

COMMAND = (sys.executable, "-m", "nhem_tui.simulator")
PATIENCE = 10.0


@contextmanager
def process(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the simulator on a free port until the block ends; give the process and its port."""
    pipe = subprocess.PIPE
    running = subprocess.Popen(
        [*COMMAND, "--port", "0", *options], stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        line = cast(IO[bytes], running.stdout).readline().decode()
        assert line.startswith("listening http://127.0.0.1:")
        yield running, int(line.rsplit(":", 1)[1])
    finally:
        running.kill()
        running.communicate()


def status(port: int) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/status")
    found: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def test_it_listens_answers_and_ends_with_its_parent() -> None:
    with process("--running", "--parent-pipe", "--seed", "4") as (running, port):
        assert status(port)["status"] == "running"
        cast(IO[bytes], running.stdin).close()
        assert running.wait(PATIENCE) == 0
        assert cast(IO[bytes], running.stderr).read() == b""
        running.stdin = None


def test_ctrl_c_ends_it_quietly() -> None:
    with process("--no-roi") as (running, port):
        assert status(port)["status"] == "stopped"
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 0
        assert cast(IO[bytes], running.stderr).read() == b""


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=PATIENCE
        )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"port {port}" in line
    assert "in use" in line


def test_help_names_every_fault_and_a_wrong_one_is_refused() -> None:
    shown = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=PATIENCE)
    assert all(f"{name:12}  {words}\n" in shown.stdout for name, words in FAULTS.items())
    wrong = subprocess.run(
        [*COMMAND, "--fault", "bogus"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert wrong.returncode == 2
    assert "there is no fault 'bogus'" in wrong.stderr


def test_serving_samples_needs_neither_numpy_nor_pillow() -> None:
    code = (
        "import sys; from nhem_tui.simulator import command, server; "
        "s = server.Simulator(server.SimulatorOptions(running=True)); "
        "print({'numpy', 'PIL', 'httpx', 'textual'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
