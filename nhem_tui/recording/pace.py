"""A playhead: a clock of its own that can stand still, run fast or slow, and be set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nhem_tui.stream.waiting import wait_at_most


class Pace:
    """Runs in seconds of a recording.

    Attributes:
        speed: times as fast as it was.
        playing: it does not stand still.
    """

    def __init__(self, speed: float, monotonic: Callable[[], float], *, playing: bool) -> None:
        self.speed = speed
        self.playing = playing
        self._monotonic = monotonic
        self._changed = asyncio.Event()
        self.set(0.0)

    @property
    def now(self) -> float:
        """Where the playhead is."""
        if not self.playing:
            return self._base
        return self._base + (self._monotonic() - self._since) * self.speed

    def set(self, position: float) -> None:
        """Go on from `position`."""
        self._base, self._since = position, self._monotonic()
        self._changed.set()

    def change(self, speed: float, *, playing: bool) -> None:
        """Go on from here in another way."""
        self.set(self.now)
        self.speed, self.playing = speed, playing

    async def reached(self, position: float) -> bool:
        """Wait until the playhead is at `position`; False if something was changed before."""
        self._changed.clear()
        left = (position - self.now) / self.speed if self.playing else None
        if left is not None and left <= 0:
            await asyncio.sleep(0)  # others have their turn however fast it goes
            return True
        await wait_at_most(self._changed, left)
        return False

    async def changed(self) -> None:
        """Wait until something is changed."""
        self._changed.clear()
        await self._changed.wait()

    def interrupt(self) -> None:
        """Wake whoever waits."""
        self._changed.set()
