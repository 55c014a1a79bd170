"""The level that the server calls `peak_signal`: 1 or null (contract section 8 b and c).

The server rates a candidate by six weights; here its height and width decide. What a client
notices stays: the user's threshold is without effect from frame 50 on, the level holds as long as
the peak lies in the window, and values held for three frames or more are never taken for a peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nhem_tui.simulator.backend import Backend

_WINDOW: Final = 100
_JUMP: Final = 8.0  # over the baseline, without a ROI
_LEAST_HEIGHT: Final = 5.0
_SEGMENT: Final = 6


def peak_signal(backend: Backend) -> int | None:
    """Return 1 while the live detector sees a peak, else None; 0 never occurs."""
    engine = backend.engine
    if engine.region is None:
        seen = len(engine.frames) > 1 and engine.value - engine.baseline(skip=1) > _JUMP
    else:
        values = [frame.value for frame in engine.frames][-_WINDOW:]
        seen = sees_peak(values, backend.peaks.threshold)
    return 1 if seen else None


def sees_peak(values: Sequence[float], threshold: float) -> bool:
    """Tell whether a window of up to 100 frames holds a rise and the fall that ends it.

    Args:
        values: gray values of consecutive frames.
        threshold: in force as long as there are fewer than 50.
    """
    n = len(values)
    if n < 5:
        return False
    level = threshold if n < 50 else _dynamic_threshold(values[-50:])
    if max(values) <= level:
        return False
    steep = 0.5 * _calmness(values)
    for start in range(0, n - _SEGMENT, 3):
        rise = _rise(values, start, level, steep)
        fall = None if rise is None else _fall(values, rise, steep)
        if rise is None or fall is None:
            continue
        within = values[rise : fall + 1]
        height = max(within) - min(within)
        if 3 <= fall - rise <= n // 3 and height >= _LEAST_HEIGHT:
            return True
    return False


def _dynamic_threshold(values: Sequence[float]) -> float:
    """Return 1.2 times the baseline of the last 50 frames, which replaces the user's threshold."""
    ordered = sorted(values)
    spread = (ordered[37] - ordered[12]) / 1.35
    return min(150.0, max(80.0, 1.2 * (ordered[25] + 0.1 * spread)))


def _calmness(values: Sequence[float]) -> float:
    """Return the factor by which the last slopes' scatter changes what counts as steep."""
    n = len(values)
    slopes = [abs(values[i + 1] - values[i - 1]) / 2 for i in range(max(1, n - 10), n - 1)]
    mean = sum(slopes) / len(slopes)
    scatter = (sum((slope - mean) ** 2 for slope in slopes) / len(slopes)) ** 0.5
    return 0.7 if scatter > 2 else 1.3 if scatter < 0.5 else 1.0


def _rise(values: Sequence[float], start: int, level: float, steep: float) -> int | None:
    """Return where the six frames from `start` begin to rise: three steep slopes in a row."""
    segment = values[start : start + _SEGMENT]
    for i in range(3):
        if segment[i] > level and all(_slope(segment, i + k) > steep for k in range(3)):
            return start + i
    return None


def _fall(values: Sequence[float], rise: int, steep: float) -> int | None:
    """Return the last frame after `rise` that ends three steep falls."""
    rest = values[rise:]
    for i in range(len(rest) - 1, 3, -1):
        if all(_slope(rest, i - k) < -steep for k in range(3)):
            return rise + i
    return None


def _slope(values: Sequence[float], i: int) -> float:
    """Return the slope at `i`: a mean of several estimates, outlying ones weighted down."""
    last = len(values) - 1
    slopes = []
    if 0 < i < last:
        slopes.append((values[i + 1] - values[i - 1]) / 2)
    if 1 < i < last - 1:
        slopes.append((values[i - 2] - 8 * values[i - 1] + 8 * values[i + 1] - values[i + 2]) / 12)
    if i < last:
        slopes.append(values[i + 1] - values[i])
    if i > 0:
        slopes.append(values[i] - values[i - 1])
    median = sorted(slopes)[len(slopes) // 2]
    deviation = sum(abs(slope - median) for slope in slopes) / len(slopes)
    weights = [1 / (1 + abs(slope - median) / (deviation + 1e-6)) for slope in slopes]
    pairs = zip(weights, slopes, strict=True)
    return sum(weight * slope for weight, slope in pairs) / sum(weights)
