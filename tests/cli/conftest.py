"""What the tests of the command line share: a user with nothing configured, and servers."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.cli import connection
from nhem_tui.cli.simulator_process import simulator
from tests.cli.support import StubServer


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, which is the current folder as well, and no variables of this program."""
    home = tmp_path_factory.mktemp("home")
    for name in [*os.environ]:
        if name.startswith(("NHEM_", "XDG_", "SSH_")):
            monkeypatch.delenv(name)
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # pipes are to be as users have them
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(home)
    return home


@pytest.fixture(autouse=True)
def keep_the_root_logger() -> Iterator[None]:
    """Take the log file of a command off again."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.handlers.extend(handlers)
    root.setLevel(level)


@pytest.fixture
def let_clients_wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let every client wait only so many seconds; the shortest setting is half a second."""

    def wait(seconds: float) -> None:
        def client(*args: object, **more: object) -> BackendClient:
            return BackendClient(*args, **more | {"timeout": seconds, "connect_timeout": seconds})

        monkeypatch.setattr(connection, "BackendClient", client)

    return wait


@pytest.fixture
def stub() -> Iterator[StubServer]:
    """A server that answers what a test tells it to."""
    with StubServer() as server:
        yield server


@pytest.fixture(scope="module")
def simulated() -> Iterator[str]:
    """Address of a simulated server in a process of its own, detection running."""
    with simulator("--seed", "7") as process:
        yield process.url()
