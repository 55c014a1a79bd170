"""One process of the server: configuration read once, runtime settings, detection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from nhem_tui.simulator.config_store import LINE_DEFAULTS, ConfigStore
from nhem_tui.simulator.engine import Engine
from nhem_tui.simulator.faults import Faults
from nhem_tui.simulator.regions import Region
from nhem_tui.simulator.scene import Scene
from nhem_tui.simulator.truth import Truth

if TYPE_CHECKING:
    from nhem_tui.simulator.picture import Camera

Clock = Callable[[], int]
"""Microseconds since 1970, UTC, never going backwards."""

_PER_PROCESS: Final = 1_000_003  # else a restart would repeat the frames before it
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class PeakSettings:
    """Settings of peak detection in force."""

    threshold: float
    margin_frames: int
    difference_threshold: float
    min_region_length: int


class Backend:
    """What a server process holds between its start and its end.

    Attributes:
        config: the configuration file and its copy in memory.
        engine: detection.
        peaks: settings of peak detection in force.
        fps: frames a second as read at the start.
        roi_frame_rate: the rate in Hz that the server reports.
        lines: settings of line detection in force.
        line_detection_seconds: how long a manual line detection freezes the server.
        busy: seconds for which the handler that just ran blocks the whole server.
    """

    def __init__(
        self,
        config: ConfigStore,
        *,
        process: int,
        seed: int,
        clock: Clock,
        truth: Truth,
        faults: Faults,
        line_detection_seconds: float,
    ) -> None:
        """Begin like a new process: counters 0, stopped, without a ROI."""
        config.reload()
        self.config = config
        self.faults = faults
        self.line_detection_seconds = line_detection_seconds
        self._clock = clock
        self._seed = seed
        self._password = config.section("security").get("password", "")
        processing = config.section("data_processing")
        capture = config.section("roi_capture")
        detection = config.section("peak_detection")
        self.fps: float = processing.get("fps", 45)
        self.roi_frame_rate: float = capture.get("frame_rate", 4)
        self.peaks = PeakSettings(
            threshold=detection.get("threshold", 105.0),
            margin_frames=detection.get("margin_frames", 5),
            difference_threshold=detection.get("difference_threshold", 2.1),
            min_region_length=detection.get("min_region_length", 5),
        )
        self.lines = {**LINE_DEFAULTS, **config.section("line_detection")}
        self.busy = 0.0
        self.engine = Engine(
            Scene(seed + _PER_PROCESS * (process - 1)),
            truth,
            process=process,
            fps=self.fps,
            buffer_size=processing.get("buffer_size", 100),
            roi_interval=capture.get("update_interval", 0.5),
        )

    @property
    def now(self) -> int:
        """The time by which frames are made, microseconds since 1970."""
        return self._clock()

    @property
    def default_region(self) -> Region:
        """The ROI of the configuration file.

        Raises:
            ValueError: the file lacks some of it.
        """
        config = self.config.saved("roi_capture").get("default_config")
        if not isinstance(config, dict) or any(name not in config for name in Region._fields):
            raise ValueError("no complete region")
        return Region(*(config[name] for name in Region._fields))

    @cached_property
    def camera(self) -> Camera:
        """What makes pictures; imported with numpy when the first one is asked for."""
        from nhem_tui.simulator.picture import Camera

        return Camera(self.engine.scene, self._seed)

    def accepts(self, password: object) -> bool:
        """Tell whether a password is the one read at the start of the process."""
        return password == self._password and not self.faults.active("unauthorised")

    def take_busy(self) -> float:
        """Return `busy` and set it back."""
        seconds, self.busy = self.busy, 0.0
        return seconds

    def stamp(self) -> str:
        """Return the server's time as it writes it: UTC, without saying so."""
        skew = self.faults.value("clock") if self.faults.active("clock") else 0.0
        moment = _EPOCH + timedelta(microseconds=self.now, seconds=skew)
        return moment.replace(tzinfo=None).isoformat()


def wall_clock() -> Clock:
    """Return a clock that shows UTC and is not disturbed when the system's is set."""
    offset = time.time_ns() - time.monotonic_ns()
    return lambda: (time.monotonic_ns() + offset) // 1000
