"""A server's main signal as the contract has it, stepped by hand: no sockets, no sleeping."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from nhem_tui.stream.window import Window, mended


class ModelServer:
    """Counts frames from 1, keeps the newest, labels windows; may race, pause and restart.

    Every frame ever made is kept in `truth`: (process, number) -> (server seconds, value). Its
    clock may be set (`skew`), and it may send times rounded to a coarse `tick`.
    """

    def __init__(
        self, *, capacity: int = 100, hold: int = 22, seed: int = 0, tick: float = 1e-6
    ) -> None:
        self.capacity = capacity
        self.hold = hold
        self.tick = tick
        self.skew = 0.0
        self.rng = np.random.default_rng(seed)
        self.now = 0.0
        self.process = 1
        self.truth: dict[tuple[int, int], tuple[float, float]] = {}
        self._begin()

    def _begin(self) -> None:
        self.count = 0
        self.frames: deque[tuple[float, float]] = deque(maxlen=self.capacity)
        self.held = 100.0

    def run(self, frames: int, *, blank: bool = False) -> None:
        """Make frames at about 45 a second with microsecond jitter, the last without a value."""
        for left in range(frames, 0, -1):
            self.now += 0.0222 + float(self.rng.exponential(0.0006))
            if self.count % self.hold == 0:
                self.held = round(100 + float(self.rng.normal(0, 4)), 6)
            self.count += 1
            value = math.nan if blank and left == 1 else self.held
            self.frames.append((self.now + self.skew, value))
            self.truth[self.process, self.count] = self.now, value

    def rest(self, seconds: float) -> None:
        """Let time pass without frames (pause)."""
        self.now += seconds

    def restart(self) -> None:
        """Become another process: numbers begin again."""
        self.process += 1
        self._begin()

    def window(self, count: int, *, raise_labels: int = 0) -> Window | None:
        """What ``/data/window-capture`` shows; `raise_labels` is the contract's race."""
        shown = list(self.frames)[-min(count, 200) :]
        if not shown:
            return None
        t = np.array([round((at - shown[0][0]) / self.tick) * self.tick for at, _ in shown])
        values = np.array([value for _, value in shown])
        window = Window(self.count - len(shown) + 1 + raise_labels, t, values)
        return Window(window.first, mended(t, window), values)  # as `windows` does
