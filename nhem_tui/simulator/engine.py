"""Detection: frames, ROI history and what a screenshot adds to it.

Nothing runs in the background. Frames have a schedule, and whoever asks first lets those be made
that are due. A capture made between two frames is booked on the next frame, as if the processor
itself had made it, so that values do not depend on who looked when.

The schedule follows the seed, and with it which frame shows which capture. The times told are a
little later, by an amount that no two processes share: it is what tells one from another.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass
from typing import Final

from nhem_tui.simulator import noise
from nhem_tui.simulator.regions import SIDE, Region
from nhem_tui.simulator.scene import Scene
from nhem_tui.simulator.truth import Frame, Sample, Truth

HISTORY: Final = 500
"""Samples in the ROI history; a constant of the server."""

_LOSS: Final = 44.4 / 45.0  # no drift correction: the real rate stays below the nominal one
_TREMBLE: Final = 0.25  # of a period
_JITTER_STREAM: Final = 100
_LATENESS: Final = 500  # microseconds at most
_LONG_AGO: Final = -(10**15)


@dataclass(frozen=True, slots=True)
class Capture:
    """A screenshot of the regions.

    Attributes:
        region: ROI 1.
        moment: scene time in seconds.
        gray1: mean gray value of ROI 1.
        gray2: mean gray value of ROI 2.
    """

    region: Region
    moment: float
    gray1: float
    gray2: float


class Engine:
    """The processing thread and the data store of one server process."""

    def __init__(
        self,
        scene: Scene,
        truth: Truth,
        *,
        process: int,
        fps: float,
        buffer_size: int,
        roi_interval: float,
    ) -> None:
        """Begin stopped, without frames and without ROI.

        Args:
            scene: what the screen shows.
            truth: told of everything made.
            process: number of the server process.
            fps: nominal frames a second.
            buffer_size: frames kept for the clients.
            roi_interval: least seconds between two captures of ROI 2.
        """
        self.scene = scene
        self.fps = fps
        self.running = False
        self.frame_count = 0
        self.sample_count = 0
        self.frames: deque[Frame] = deque(maxlen=buffer_size)
        self.samples: deque[Sample] = deque(maxlen=HISTORY)
        self.region: Region | None = None
        self.roi_interval = roi_interval
        self._truth = truth
        self._process = process
        self._salt = random.getrandbits(64)
        self._period = 1e6 / (fps * _LOSS)
        self._began = 0  # when the running stretch began, microseconds
        self._first = 1  # number of the first frame of that stretch
        self._roi1: Capture | None = None
        self._roi2: Capture | None = None
        self._roi1_time = self._roi2_time = _LONG_AGO

    @property
    def value(self) -> float:
        """Gray value of the newest frame, 0 before the first."""
        return self.frames[-1].value if self.frames else 0.0

    def baseline(self, skip: int = 0) -> float:
        """Return the mean over the last second or so, the newest `skip` frames left out."""
        values = [frame.value for frame in self.frames]
        tail = values[: len(values) - skip][-int(self.fps) :]
        return sum(tail) / len(tail) if tail else 0.0

    def start(self, now: int) -> None:
        """Start a stretch of frames; nothing changes if one is running."""
        if not self.running:
            self.running = True
            self._began = now
            self._first = self.frame_count + 1

    def stop(self, now: int) -> None:
        """Stop; everything is kept."""
        self.advance(now)
        self.running = False

    def set_region(self, region: Region, now: int) -> None:
        """Set the live ROI 1, from the next frame on."""
        self.advance(now)
        self.region = region
        self._roi1_time = self._roi2_time = _LONG_AGO

    def advance(self, now: int) -> None:
        """Make all frames that are due at `now` (microseconds since 1970)."""
        if not self.running:
            return
        number = self.frame_count + 1
        due = self._due(number)
        while (made := due + self._lateness(number)) <= now:
            frame = Frame(self._process, number, made, self._value(number, due))
            self.frame_count = number
            self.frames.append(frame)
            self._truth.frames.append(frame)
            number += 1
            due = self._due(number)

    def capture_both(self, now: int) -> Capture | None:
        """Return the current pictures, a new capture if they are old; None if there are none."""
        self.advance(now)
        if self.region is None or not self.region.usable:
            return None
        number = self.frame_count + 1
        self._refresh(self.region, self._due(number) if self.running else now, number)
        return self._roi2

    def capture_roi1(self, now: int, *, fresh: bool = False) -> Capture | None:
        """Return the current picture of ROI 1; a new capture lands in the history as well.

        Args:
            now: microseconds since 1970.
            fresh: capture even if the last one is young.
        """
        self.advance(now)
        region = self.region
        if region is None or region.visible == 0:
            return None
        if fresh or self._roi1 is None or now - self._roi1_time >= self._interval:
            self._roi1 = self._look(region, self.frame_count + 1)
            self._roi1_time = now
            self._add_sample(now, self._roi1.gray1, region, kind=1)
        return self._roi1

    def capture_other(self, region: Region, now: int) -> None:
        """Capture another region, whose gray value lands in the history like any other."""
        self.advance(now)
        look = self._look(region, self.frame_count + 1)
        self._add_sample(now, look.gray1, region, kind=1)

    def forget_captures(self) -> None:
        """Make the next request take a screenshot, as ``force_refresh`` does."""
        self._roi1_time = self._roi2_time = _LONG_AGO

    def _add_sample(self, time: int, gray: float, region: Region, *, kind: int) -> None:
        """Append to the ROI history."""
        if self.samples:
            time = max(time, self.samples[-1].time)
        self.sample_count += 1
        sample = Sample(
            self._process, self.sample_count, time, self.frame_count, gray, region, kind
        )
        self.samples.append(sample)
        self._truth.samples.append(sample)

    @property
    def _interval(self) -> int:
        return int(self.roi_interval * 1e6)

    def _due(self, number: int) -> int:
        """Return when a frame of the running stretch is made."""
        tremble = _TREMBLE * noise.uniform(self.scene.seed, _JITTER_STREAM, number)
        return self._began + int((number - self._first + tremble) * self._period)

    def _lateness(self, number: int) -> int:
        """Return how many microseconds after it was due a frame is made by this process."""
        return int(_LATENESS * noise.uniform(self._salt, _JITTER_STREAM, number))

    def _value(self, number: int, time: int) -> float:
        region = self.region
        if region is None or not region.usable:
            return 120.0 + 10.0 * math.sin(math.pi * (number - self._first) / self.fps)
        return self._refresh(region, time, number).gray2

    def _refresh(self, region: Region, time: int, number: int) -> Capture:
        """Return the capture in force for a frame, a new one if the last is too old."""
        if self._roi2 is None or time - self._roi2_time >= self._interval:
            self._roi2 = self._look(region, number)
            self._roi2_time = time
            late = time + self._lateness(number)
            self._add_sample(late, self._roi2.gray2, region.reported_roi2, kind=2)
        return self._roi2

    def _look(self, region: Region, number: int) -> Capture:
        """Take a screenshot. The scene advances with the frames, so a paused one stands still."""
        moment = number * self._period / 1e6
        pixels = region.width * region.height
        gray1 = self.scene.roi1(moment) * region.visible
        return Capture(
            region,
            moment,
            round(gray1 * pixels) / pixels,
            round(self.scene.roi2(moment) * SIDE * SIDE) / (SIDE * SIDE),
        )
