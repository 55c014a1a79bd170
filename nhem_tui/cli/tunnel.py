"""An SSH tunnel to a server that listens only on its own machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode

_PATIENCE = 120.0
"""Seconds until the tunnel must stand; a user may have to type a passphrase."""

_POLL = 0.05
_GOODBYE = 3.0

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


@contextmanager
def open_tunnel(target: str, url: str) -> Iterator[str]:
    """Hold a tunnel to `target` open and yield the URL that leads through it.

    Args:
        target: what ssh connects to, ``user@host``.
        url: the server as seen from `target`; its port on the loopback is what is reached.

    Raises:
        CommandError: no ssh program, a target ssh would take for an option, an ``https`` URL
            (its certificate would not match), or ssh gave up.
    """
    ssh = shutil.which("ssh")
    if ssh is None:
        raise CommandError("--ssh needs the ssh program, which is not installed")
    if target.startswith("-") or not target.strip():
        raise CommandError(f"{target!r} is no SSH target; write user@host")
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise CommandError("--ssh works with http:// addresses only")
    port = _free_port()
    forward = f"127.0.0.1:{port}:127.0.0.1:{parts.port or 80}"
    options = ["ExitOnForwardFailure=yes", "ServerAliveInterval=15", "LogLevel=ERROR"]
    command = [ssh, *(word for option in options for word in ("-o", option))]
    command += ["-N", "-L", forward, "--", target]
    process = subprocess.Popen(  # noqa: S603 - the words are checked above
        ["/bin/sh", "-c", _GUARD, "sh", *command], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process, target)
        yield parts._replace(netloc=f"127.0.0.1:{port}").geturl()
    finally:
        _close(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], target: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CommandError(f"ssh to {target} ended before the tunnel stood", _UNREACHABLE)
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(_POLL)
        else:
            return
    raise CommandError(f"no tunnel to {target} after {_PATIENCE:.0f} s", _UNREACHABLE)


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_GOODBYE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_UNREACHABLE = ExitCode.UNREACHABLE
