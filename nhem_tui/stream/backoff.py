"""How long to wait before the next try."""

from __future__ import annotations

import random
from typing import Final

FIRST: Final = 0.25
"""Seconds before the first retry."""

CAP: Final = 10.0
"""Seconds at most."""


class Backoff:
    """Doubles from `FIRST` to `CAP`, each wait shortened at random by up to a quarter.

    The jitter keeps the clients of a restarted server from coming back all at once.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.attempt = 0

    def next(self) -> float:
        """Count an attempt and return the seconds to wait after it."""
        full = min(CAP, FIRST * 2.0 ** min(self.attempt, 10))
        self.attempt += 1
        return full * self._rng.uniform(0.75, 1.0)

    def reset(self) -> None:
        """Begin again after a success."""
        self.attempt = 0
