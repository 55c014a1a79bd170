"""The moment a live display shows: it runs with the clock between one reply and the next."""

from __future__ import annotations

from typing import Final

SMOOTHING: Final = 0.1
"""Share of each new observation; replies jitter by a frame or two."""

JUMP: Final = 0.5
"""Seconds by which an observation may be off before it is believed at once."""

LONGEST_LAG: Final = 0.5
"""Seconds a display may be behind for the sake of smoothness."""


class Playhead:
    """Turns bursts of samples into steady motion, without ever showing what is not known.

    Each reply brings several frames. Showing them at once makes the curve jerk; here the right
    edge follows the clock, one usual interval between replies behind.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._lag = 0.0
        self._heard_at: float | None = None
        self._newest = 0.0
        self._shown = 0.0

    def heard(self, newest: float, now: float) -> None:
        """Take in that samples up to session second `newest` arrived at monotonic `now`."""
        offset = newest - now
        if self._heard_at is None or abs(offset - self._offset) > JUMP:
            self._offset, self._lag, self._shown = offset, 0.0, newest
        else:
            self._offset += SMOOTHING * (offset - self._offset)
            interval = min(now - self._heard_at, LONGEST_LAG)
            self._lag += SMOOTHING * (interval - self._lag)
        self._heard_at, self._newest = now, newest

    def at(self, now: float) -> float | None:
        """Session seconds of the right edge at monotonic `now`; None before the first sample.

        It never runs backwards nor beyond the newest sample.
        """
        if self._heard_at is None:
            return None
        self._shown = min(max(self._shown, now + self._offset - self._lag), self._newest)
        return self._shown
