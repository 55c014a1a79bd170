"""What no test may depend on: the colours and the time zone of the machine it runs on."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs that tests start, also where a shell ignores it for jobs."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def pinned_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Pin what the environment says to the program, and keep it out of the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp() / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FPS", "SSH_CONNECTION", "NHEM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
