"""An SSH tunnel to a server that listens only on its own machine, opened again when it breaks."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.notation.address import Address

_PATIENCE: Final = 120.0
"""Seconds until the tunnel must stand; a user may have to type a passphrase."""

PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before one more try to open a broken tunnel again; the last for all further ones."""

_STABLE: Final = 30.0
"""Seconds a tunnel must hold before the next break counts as the first."""

_POLL: Final = 0.05
_GOODBYE: Final = 3.0
_OPTIONS: Final = ("ExitOnForwardFailure=yes", "ServerAliveInterval=15", "LogLevel=ERROR")

_GUARD = """
trap '' INT
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill "$child"; } 2>/dev/null &
guard=$!
wait "$child"; status=$?
kill "$guard" 2>/dev/null
exit "$status"
"""
"""Runs ssh until our end of its stdin closes, so that it goes with us even after kill -9.

Ctrl-C is left to us: the last requests of an interrupted command still need the tunnel.
"""

_log = logging.getLogger(__name__)


@contextmanager
def open_tunnel(target: str, address: Address) -> Iterator[int]:
    """Hold a tunnel to `target` open and yield the port of this machine that leads through it.

    Args:
        target: what ssh connects to, ``user@host``.
        address: of the server; a host that is neither `target` nor this machine is reached from
            `target`, any other is its loopback.

    Raises:
        CommandError: no ssh program, a target ssh would take for an option, an ``https`` address
            (its certificate would not match), or ssh gave up.
    """
    ssh = shutil.which("ssh")
    if ssh is None:
        raise CommandError("server.ssh needs the ssh program, which is not installed")
    if target.startswith("-") or not target.strip():
        raise CommandError(f"server.ssh must be user@host, not {target!r}")
    if address.tls:
        raise CommandError("server.ssh works with http:// addresses only")
    port = _free_port()
    words = ["-N", "-L", _forward(port, target, address), "--", target]
    options = [word for option in _OPTIONS for word in ("-o", option)]
    tunnel = _Tunnel(target, _start([ssh, *options, *words]))
    try:
        tunnel.wait_for(port)
        # The second time nobody may be there to answer its questions, and its words would stand
        # on the dashboard.
        tunnel.keep_open([ssh, "-o", "BatchMode=yes", *options, *words])
        yield port
    finally:
        tunnel.close()


class _Tunnel:
    """The ssh process of the moment; a thread replaces it when it ends."""

    def __init__(self, target: str, process: subprocess.Popen[bytes]) -> None:
        self._target = target
        self._process = process
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None

    def wait_for(self, port: int) -> None:
        """Wait until something listens on the near port.

        Raises:
            CommandError: ssh ended instead, or took too long.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                text = f"ssh to {self._target} ended before the tunnel stood"
                raise CommandError(text, ExitCode.UNREACHABLE)
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
            except OSError:
                time.sleep(_POLL)
            else:
                return
        text = f"no tunnel to {self._target} after {_PATIENCE:.0f} s"
        raise CommandError(text, ExitCode.UNREACHABLE)

    def keep_open(self, command: Sequence[str]) -> None:
        """Run `command` whenever ssh ends from now on, until `close`."""
        self._keeper = threading.Thread(
            target=self._keep, args=(command,), name="ssh tunnel", daemon=True
        )
        self._keeper.start()

    def close(self) -> None:
        """End ssh for good."""
        with self._lock:
            self._closing.set()
        _end(self._process)
        if self._keeper is not None:
            self._keeper.join()

    def _keep(self, command: Sequence[str]) -> None:
        tries = 0
        while True:
            began = time.monotonic()
            code = self._process.wait()
            if self._closing.is_set():
                return
            if time.monotonic() - began > _STABLE:
                tries = 0
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            tries += 1
            _log.warning("ssh to %s ended (%d); again in %g s", self._target, code, pause)
            if self._closing.wait(pause):
                return
            with self._lock:
                if self._closing.is_set():
                    return
                _end(self._process)  # it has: only its pipe is still ours
                try:
                    self._process = _start(command, stderr=subprocess.DEVNULL)
                except OSError as error:  # a machine without a process or a file to spare
                    _log.warning("ssh to %s does not start: %s", self._target, error)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _forward(port: int, target: str, address: Address) -> str:
    """What ssh is to forward where; the target itself answers on its loopback."""
    target_host = target.removeprefix("ssh://").rpartition("@")[2].partition(":")[0]
    here = address.host in ("localhost", target_host.lower())
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"127.0.0.1:{port}:{'127.0.0.1' if here else host}:{address.port}"


def _start(command: Sequence[str], *, stderr: int | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the words were checked
        ["/bin/sh", "-c", _GUARD, "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_GOODBYE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
