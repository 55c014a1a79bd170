"""A server's main signal as the contract has it, stepped by hand: no sockets, no sleeping."""

from __future__ import annotations

from collections import deque

import numpy as np

from nhem_tui.stream.window import Window


class ModelServer:
    """Counts frames from 1, keeps the newest, labels windows; may race, pause and restart.

    Every frame ever made is kept in `truth`: (process, number) -> (server seconds, value).
    """

    def __init__(self, *, capacity: int = 100, hold: int = 22, seed: int = 0) -> None:
        self.capacity = capacity
        self.hold = hold
        self.rng = np.random.default_rng(seed)
        self.now = 0.0
        self.process = 1
        self.truth: dict[tuple[int, int], tuple[float, float]] = {}
        self._begin()

    def _begin(self) -> None:
        self.count = 0
        self.frames: deque[tuple[float, float]] = deque(maxlen=self.capacity)
        self.held = 100.0

    def run(self, frames: int) -> None:
        """Make frames at about 45 a second with microsecond jitter."""
        for _ in range(frames):
            self.now += 0.0222 + float(self.rng.exponential(0.0006))
            if self.count % self.hold == 0:
                self.held = round(100 + float(self.rng.normal(0, 4)), 6)
            self.count += 1
            self.frames.append((self.now, self.held))
            self.truth[self.process, self.count] = self.now, self.held

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
        t = np.array([round(at - shown[0][0], 6) for at, _ in shown])
        values = np.array([value for _, value in shown])
        return Window(self.count - len(shown) + 1 + raise_labels, t, values)
