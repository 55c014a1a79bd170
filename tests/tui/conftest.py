"""Keys pressed in tests: what comes of them is waited for, an idle processor is not."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest

ROUNDS: Final = 40
"""Turns of the loop in which a message has gone from the app through screen and widget and back."""


async def quickly_settled(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Let everything that is ready run, in place of Textual's wait for 20 ms without work."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual waits for an idle processor twice a key: that was most of the time of most tests."""
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", quickly_settled)
