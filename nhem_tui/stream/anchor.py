"""Where session time stands on the server's clock."""

from __future__ import annotations

import math
from typing import Final

CLOCK_STEP: Final = 2.0
"""Seconds by which the server's clock must jump to count as set anew."""


class UtcAnchor:
    """The Unix time of session second 0: the smallest difference seen (contract section 5).

    A reply is written at most some milliseconds after its newest frame, so the smallest difference
    is the truest; a jump by more than `CLOCK_STEP` is the clock being set, once a second reply
    says the same.
    """

    def __init__(self) -> None:
        self.value = math.nan
        self._doubtful = math.nan

    def see(self, difference: float) -> None:
        """Take in one reply: its Unix time less the session time of its newest frame."""
        if math.isnan(difference):
            return
        if math.isnan(self.value):
            self.value = difference
        elif abs(difference - self.value) <= CLOCK_STEP:
            self.value = min(self.value, difference)
            self._doubtful = math.nan
        elif abs(difference - self._doubtful) <= CLOCK_STEP:
            self.value = min(self._doubtful, difference)
            self._doubtful = math.nan
        else:
            self._doubtful = difference
