"""The same through a real sshd, on a line made slow and late by a relay.

``python -m benchmarks --only ssh``; needs OpenSSH, and leaves nothing behind.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.dashboard import CONTESTANTS, Contestant, environment, server
from benchmarks.lines import LINES, PATIENCE
from benchmarks.relay import relay
from benchmarks.terminal import Terminal

COMPARED = ("nhem-tui, braille", "textual-plot")
REPOSITORY = Path(__file__).parent.parent


@contextmanager
def sshd() -> Iterator[tuple[int, Path]]:
    """A server of our own on a free port, and the key that opens it."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("sshd is not installed")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # it insists, when started by root
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        home = Path(folder)
        for name in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True
            )
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        (home / "config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home / 'host'}\n"
            f"AuthorizedKeysFile {home / 'user.pub'}\nStrictModes no\nUsePAM no\n"
            f"PasswordAuthentication no\nPidFile {home / 'pid'}\nPrintMotd no\n"
        )
        free.close()
        process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(home / "config")], stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(0.5)
            yield port, home / "user"
        finally:
            process.terminate()
            process.wait(5)


def look(contestant: Contestant, url: str, port: int, key: Path, keys: int) -> list[float]:
    """Seconds from each key to its answer."""
    command = [word for word in contestant.command(url) if word not in ("--fps", "20")]
    remote = f"cd {shlex.quote(str(REPOSITORY))} && exec env TERM=xterm-256color "
    remote += f"COLORTERM=truecolor {shlex.join(command)}"
    terminal = Terminal(
        [
            "ssh", "-F", "none", "-q", "-tt", "-p", str(port), "-i", str(key),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentitiesOnly=yes", "127.0.0.1", remote,
        ],
        width=200, height=50, environ=environment(),
    )  # fmt: skip
    latencies: list[float] = []
    try:
        terminal.run_for(10.0)
        for _ in range(keys):
            began, seen = time.perf_counter(), b""
            terminal.send(b" ")
            while b"FROZEN" not in seen and time.perf_counter() - began < PATIENCE:
                seen += terminal.read(0.01)
            if b"FROZEN" not in seen:
                break
            latencies.append(time.perf_counter() - began)
            terminal.send(b" ")
            terminal.run_for(2.0)
    finally:
        terminal.close(b"q", timeout=10)
    return latencies


def measured(keys: int = 7) -> list[str]:
    """Every line, as a Markdown table."""
    rows = ["| through sshd | " + " | ".join(name for name, _ in LINES) + " |"]
    rows.append("|---|" + "---:|" * len(LINES))
    with server() as url, sshd() as (port, key):
        for contestant in CONTESTANTS:
            if contestant.name in COMPARED:
                cells = []
                for _, line in LINES:
                    with relay(port, rate=line.rate, delay=line.delay) as slow:
                        found = look(contestant, url, slow, key, keys)
                    cells.append(
                        f"{statistics.median(found):.2f} s" if found else f"over {PATIENCE:g} s"
                    )
                rows.append(f"| {contestant.name} | " + " | ".join(cells) + " |")
    return rows
