"""What no test may depend on: the colours and the time zone of the machine it runs on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def pinned_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pin what the environment says to the program."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FPS", "SSH_CONNECTION", "NHEM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
