"""What the program was opened with; handed to the app once, read by every screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from nhem_tui.backend.client import BackendClient
from nhem_tui.config.schema import Settings
from nhem_tui.stream.health import LinkHealth
from nhem_tui.stream.source import Source
from nhem_tui.tui.frames import FrameCount
from nhem_tui.tui.kept import Kept

if TYPE_CHECKING:
    from nhem_tui.recording.seeking import Target


class Clock(Struct, frozen=True):
    """Two clocks that tests can pin.

    Attributes:
        monotonic: seconds that never jump, for ages and delays.
        wall: Unix time of this machine, for what is shown as a time of day.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Context(Struct, frozen=True):
    """Everything a session needs.

    Attributes:
        source: where events come from.
        client: the server to control; None in a replay.
        settings: the configuration in force.
        read_only: writes are refused.
        name: profile or other short name of the machine watched, may be empty.
        framerate: paints a second at most.
        compact: start in the compact layout.
        health: observes the client's requests; stays empty in a replay.
        frames: counted by the dashboard.
        kept: what the screens leave to those that are opened after them.
        start: where a replay begins, None for its beginning.
    """

    source: Source
    client: BackendClient | None
    settings: Settings
    read_only: bool = False
    name: str = ""
    framerate: int = 20
    compact: bool = False
    clock: Clock = field(default_factory=Clock)
    health: LinkHealth = field(default_factory=LinkHealth)
    frames: FrameCount = field(default_factory=FrameCount)
    kept: Kept = field(default_factory=Kept)
    start: Target | None = None

    @property
    def own_clock(self) -> Clock:
        """Of this process: in a replay, `clock` is that of the recording."""
        return Clock() if self.replay else self.clock

    @property
    def replay(self) -> bool:
        """There is no server behind the data."""
        return self.client is None
