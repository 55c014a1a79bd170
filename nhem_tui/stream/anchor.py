"""Where session time stands on the server's clock."""

from __future__ import annotations

import math
from typing import Final

CLOCK_STEP: Final = 2.0
"""Seconds by which the server's clock must jump to count as set anew."""


class UtcAnchor:
    """The Unix time of session second 0: the smallest difference seen (contract section 5).

    A reply is written at most some milliseconds after its newest frame, so the smallest difference
    is the truest; a jump by more than `CLOCK_STEP` is the clock being set.
    """

    def __init__(self) -> None:
        self.value = math.nan

    def see(self, difference: float) -> None:
        """Take in one reply: its Unix time less the session time of its newest frame."""
        if math.isnan(difference):
            return
        if math.isnan(self.value) or abs(difference - self.value) > CLOCK_STEP:
            self.value = difference
        else:
            self.value = min(self.value, difference)
