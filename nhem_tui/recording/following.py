"""Whose parameters this client's peak detector has: the user's where chosen, else the server's."""

from __future__ import annotations

import math
from typing import Final

from nhem_tui.config.schema import PeakDetection
from nhem_tui.recording.schema import DIFFERENCE, THRESHOLD
from nhem_tui.stream.events import Parameters, Tuned

DETECTOR: Final = (THRESHOLD, DIFFERENCE)
"""What the window detector depends on, by the names of settings and of `Parameters`."""


def chosen(settings: PeakDetection) -> frozenset[str]:
    """The names of what the user has set to something else than the default."""
    shipped = PeakDetection()
    return frozenset(name for name in DETECTOR if getattr(settings, name) != getattr(shipped, name))


def followed(now: Tuned, told: Parameters, own: frozenset[str]) -> Tuned | None:
    """How the detector is tuned once the server has told its parameters.

    Args:
        now: how it is.
        told: by the server.
        own: names that are the user's choice, and stay.

    Returns:
        None where nothing changes.
    """
    before = {THRESHOLD: now.threshold, DIFFERENCE: now.difference_threshold}
    after = dict(before)
    for name in DETECTOR:
        value = told.values.get(name)
        if name not in own and isinstance(value, int | float) and math.isfinite(value):
            after[name] = float(value)
    return None if after == before else Tuned(told.at, after[THRESHOLD], after[DIFFERENCE])
