"""What the ultrasound picture shows: gray values over time, with high-echo events.

Everything is a pure function of seed and scene time, so that frame n of two runs with one seed
is the same, however often the server was asked in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from nhem_tui.simulator import noise

_SLOT: Final = 12.0  # seconds; one event may lie in each
_AFTERGLOW: Final = 11.0  # seconds until a changed level is back at the baseline
_BASELINE: Final = 95.5
_BREATH: Final = 4.2  # seconds

# Streams of random numbers.
_ROI2, _ROI1, _PHASE, _SKIP, _KIND, _START, _HEIGHT, _LENGTH, _GRAIN = range(9)


@dataclass(frozen=True, slots=True)
class HighEcho:
    """One high-echo event; times in seconds of the scene, levels in gray values.

    Attributes:
        start: when the level begins to rise.
        end: when it has arrived at the level that follows.
        height: above the baseline.
        after: change of the level that stays behind and fades.
        stable: whether the level stays higher (the detector's green).
    """

    start: float
    end: float
    height: float
    after: float
    stable: bool


class Scene:
    """A stretch of tissue under the probe, as long as needed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._phases = [math.tau * noise.uniform(seed, _PHASE, i) for i in range(4)]

    def event(self, slot: int) -> HighEcho | None:
        """Return the event of a slot of 12 s, None for the few slots without one."""
        seed = self.seed
        if slot < 0 or (slot > 0 and noise.uniform(seed, _SKIP, slot) < 0.12):
            return None
        start = slot * _SLOT + 2.5 + 2.0 * noise.uniform(seed, _START, slot)
        end = start + 1.6 + 1.8 * noise.uniform(seed, _LENGTH, slot)
        height = 24.0 + 26.0 * noise.uniform(seed, _HEIGHT, slot)
        stable = noise.uniform(seed, _KIND, slot) < 0.55
        return HighEcho(start, end, height, 4.5 if stable else -1.5, stable)

    def events(self, until: float) -> list[HighEcho]:
        """Return all events that begin before `until` seconds."""
        slots = (self.event(slot) for slot in range(int(until // _SLOT) + 1))
        return [event for event in slots if event is not None and event.start < until]

    def roi2(self, seconds: float) -> float:
        """Return the gray value of ROI 2: about 95, above 115 during an event."""
        slot = int(seconds // _SLOT)
        level = _BASELINE + self._slow(seconds)
        for event in (self.event(slot - 1), self.event(slot)):
            if event is not None and seconds >= event.start:
                level += _contribution(event, seconds)
        return level + 0.45 * noise.bell(self.seed, _ROI2, int(seconds * 1000))

    def roi1(self, seconds: float) -> float:
        """Return the mean gray value of ROI 1, which sees little of an event in ROI 2."""
        return (
            68.0
            + 0.15 * (self.roi2(seconds) - _BASELINE)
            + 0.3 * noise.bell(self.seed, _ROI1, int(seconds * 1000))
        )

    def grain(self, seconds: float) -> float:
        """Return a number in [0, 1) that tells one picture's speckle from the next one's."""
        return noise.uniform(self.seed, _GRAIN, int(seconds * 1000))

    def _slow(self, seconds: float) -> float:
        """Drift of the gain and breathing."""
        first, second, third, fourth = self._phases
        return (
            0.7 * math.sin(math.tau * seconds / 97.0 + first)
            + 0.4 * math.sin(math.tau * seconds / 41.0 + second)
            + 0.6 * math.sin(math.tau * seconds / _BREATH + third)
            + 0.15 * math.sin(math.tau * seconds / (_BREATH / 2) + fourth)
        )


def _contribution(event: HighEcho, seconds: float) -> float:
    """Return what an event adds: a fast rise, a plateau, a fast fall, a level that fades."""
    rise = _step((seconds - event.start) / 0.5)
    fall = _step((seconds - (event.end - 0.35)) / 0.35)
    fading = 1.0 - _step((seconds - event.end) / _AFTERGLOW)
    return event.height * rise * (1.0 - fall) + event.after * fall * fading


def _step(x: float) -> float:
    """Go smoothly from 0 at x <= 0 to 1 at x >= 1."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)
