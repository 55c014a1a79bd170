"""The state of this program and of its link to the server, gathered at one moment."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from msgspec import Struct

from nhem_tui import __version__
from nhem_tui.backend.errors import FaultKind
from nhem_tui.stream.health import EndpointHealth, LastError
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui.process import Usage

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_LIBRARIES = ("textual", "httpx", "numpy", "msgspec", "plotext")


class Terminal(Struct, frozen=True):
    """What the program knows of the terminal it runs in.

    Attributes:
        term: ``TERM``.
        columns: cells.
        rows: cells.
        colours: ``truecolor``, ``256``, ``standard``, or empty for none.
        ssh: this is an SSH session.
        tmux: it runs inside tmux.
        lag: seconds that it took to show the last frame it was asked about, None while unknown.
        written: bytes written to it, None where it is not this program that writes.
    """

    term: str
    columns: int
    rows: int
    colours: str
    ssh: bool
    tmux: bool
    lag: float | None
    written: int | None

    @classmethod
    def of(cls, app: NhemApp, environ: Mapping[str, str]) -> Terminal:
        """Look at the terminal of `app`."""
        driver = app.terminal
        return cls(
            environ.get("TERM", ""),
            app.size.width,
            app.size.height,
            app.console.color_system or "",
            "SSH_CONNECTION" in environ,
            "TMUX" in environ,
            None if driver is None else driver.pace.lag,
            None if driver is None else driver.written,
        )


class Diagnosis(Struct, frozen=True):
    """All that the diagnostics show, copy and save; holds no password.

    Attributes:
        at: Unix time.
        uptime: seconds since the program was opened.
        address: of the server, without credentials; of the recording in a replay.
        session: what is known of the server.
        nominal: frames a second the server was started with, None while unknown.
        requests: every endpoint asked so far.
        usage: what this program has taken so far.
        cpu: share of one core, 1.0 for all of it; None while unknown.
        painted: frames handed to the terminal.
        skipped: frames left out because the terminal was behind.
        framerate: frames painted a second at most.
        terminal: where it runs.
        versions: of this program, of what it stands on, and of the server once it is known.
        replay: the data is a recording.
    """

    at: float
    uptime: float
    address: str
    session: Snapshot
    nominal: float | None
    requests: tuple[EndpointHealth, ...]
    usage: Usage
    cpu: float | None
    painted: int
    skipped: int
    framerate: int
    terminal: Terminal
    versions: Mapping[str, str]
    replay: bool = False

    @property
    def count(self) -> int:
        """Requests in all."""
        return sum(each.count for each in self.requests)

    @property
    def errors(self) -> Mapping[FaultKind, int]:
        """Errors of all endpoints, the most frequent first."""
        counts: Counter[FaultKind] = Counter()
        for each in self.requests:
            counts.update(each.errors)
        return dict(counts.most_common())

    @property
    def last_error(self) -> tuple[str, LastError] | None:
        """The endpoint that failed last, and how."""
        failed = [
            (each.endpoint, each.last_error)
            for each in self.requests
            if each.last_error is not None
        ]
        return max(failed, key=lambda pair: pair[1].at, default=None)


def diagnose(
    app: NhemApp,
    environ: Mapping[str, str],
    taken: tuple[Usage, float | None],
    nominal: float | None,
) -> Diagnosis:
    """Take stock.

    Args:
        app: the model, its clocks, its terminal.
        environ: the environment of the process.
        taken: usage of the machine and share of a core (`CpuMeter.look`).
        nominal: the server's frames a second, None while unknown.
    """
    context, session = app.context, app.monitor.session.snapshot
    usage, cpu = taken
    server = {"server": session.version} if session.version else {}
    return Diagnosis(
        at=context.clock.wall(),
        uptime=context.own_clock.monotonic() - context.health.began,
        address=context.source.label,
        session=session,
        nominal=nominal,
        requests=context.health.endpoints(),
        usage=usage,
        cpu=cpu,
        painted=context.frames.painted,
        skipped=context.frames.skipped,
        framerate=context.framerate,
        terminal=Terminal.of(app, environ),
        versions={**client_versions(), **server},
        replay=context.replay,
    )


@cache
def client_versions() -> dict[str, str]:
    """Versions of this program, of Python, its libraries and the system."""
    versions = {"nhem-tui": __version__, "Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # installed without its description
            versions[name] = "unknown"
    versions[platform.system()] = platform.release().partition("-")[0]  # the rest is the builder's
    return versions
