"""The embedded server as a process of its own that ends with this one."""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import nhem_tui
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode

_PATIENCE = 15.0
_GOODBYE = 3.0
_PACKAGE_ROOT = Path(nhem_tui.__file__).parent.parent


class SimulatorProcess:
    """A simulated server with detection running, on a free loopback port.

    It watches a pipe to this process and ends when that closes, also after kill -9.
    """

    def __init__(self, *options: str) -> None:
        # Not our stderr: a dashboard is drawn there.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [
                *(sys.executable, "-m", "nhem_tui.simulator"),
                *("--port", "0", "--running", "--parent-pipe", *options),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=_PACKAGE_ROOT,  # else `-m` would import whatever lies in the user's folder
            process_group=0,  # Ctrl-C is for this process
        )

    def url(self) -> str:
        """Wait until it listens and return its address.

        Raises:
            CommandError: it ended, or said nothing in time.
        """
        stdout = cast(IO[bytes], self._process.stdout)
        ready, _, _ = select.select([stdout], [], [], _PATIENCE)
        line = stdout.readline().decode("utf-8", "replace") if ready else ""
        word, _, url = line.strip().partition(" ")
        if word != "listening":
            self._complaints.seek(0)
            said = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
            raise CommandError(
                f"the simulated server did not start: {said[-1] if said else 'no answer'}",
                ExitCode.UNREACHABLE,
            )
        return url

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(_GOODBYE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()


@contextmanager
def simulator(*options: str) -> Iterator[SimulatorProcess]:
    """Run a simulated server as long as the block lasts."""
    process = SimulatorProcess(*options)
    try:
        yield process
    finally:
        process.close()
