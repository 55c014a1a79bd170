"""The limits of the gray-level axis: follow the data without trembling."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.plot.ticks import nice_step

_PLAUSIBLE = (-1.0, 256.0)
_PADDING = 0.1
_SMALLEST_HEIGHT = 4.0
_LARGEST = 1e15

_ROOMY = 0.5
"""Data that use less than this part of the height leave too much room."""

_PATIENCE = 3.0
"""Seconds the room must last before the axis shrinks."""

_WORTHWHILE = 0.75
"""An axis shrinks to this part of its height or less, or not at all."""


class Limits(Struct, frozen=True):
    """The gray-level axis from `low` to `high`, and what it remembers.

    Attributes:
        low: bottom edge, gray level.
        high: top edge, gray level, > low.
        roomy_since: since when (seconds of the caller's clock) the data leave too much room,
            None while they do not.
    """

    low: float
    high: float
    roomy_since: float | None = None


FULL_SCALE = Limits(0.0, 255.0)
"""The fixed mode: everything a gray level can be."""


class DataRange(NamedTuple):
    """The extremes of the plausible values, NaN if there is no value at all.

    Attributes:
        low: smallest gray level.
        high: largest gray level.
        outliers: how many values were left out as implausible; they are drawn at the edge.
    """

    low: float
    high: float
    outliers: int


def data_range(values: NDArray[np.float64]) -> DataRange:
    """The extremes of `values`, not counting wild outliers.

    A gray level lies within 0–255; a value outside [-1, 256] is an outlier as long as there is
    a plausible value beside it. NaN and infinities are no values.

    Args:
        values: gray levels, shape (n,).
    """
    low, high = _extremes(values)
    if _PLAUSIBLE[0] <= low and high <= _PLAUSIBLE[1]:
        return DataRange(low, high, 0)
    finite = values[np.isfinite(values)]
    plausible = finite[(finite >= _PLAUSIBLE[0]) & (finite <= _PLAUSIBLE[1])]
    if plausible.size:
        return DataRange(*_extremes(plausible), finite.size - plausible.size)
    return DataRange(*_extremes(finite), 0)


def next_limits(
    previous: Limits | None, low: float, high: float, now: float, headroom: float = 0.0
) -> Limits:
    """The limits for data between `low` and `high`, given the `previous` ones.

    They expand at once when the data leave them, and shrink only after the data have used less
    than half of them for a while.

    Args:
        previous: None at the start.
        low: smallest gray level shown, NaN if none.
        high: largest gray level shown, NaN if none.
        now: seconds, any clock that runs forwards.
        headroom: share of the height, below 1, that stays free above the data, for the marks of
            peaks.

    Returns:
        Limits at nice numbers with room around the data, never of zero height.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return previous or FULL_SCALE
    low, high = (min(max(edge, -_LARGEST), _LARGEST) for edge in (low, high))
    fitted = _fit(low, high, headroom)
    if previous is None:
        return fitted
    height = previous.high - previous.low
    if low < previous.low or high > previous.high - headroom * height:
        bottom = min(fitted.low, previous.low) if low < previous.low else previous.low
        fitted = _fit(low, high, headroom, bottom)
        return Limits(bottom, max(fitted.high, previous.high))
    roomy = high - low < _ROOMY * height
    if not (roomy and fitted.high - fitted.low <= _WORTHWHILE * height):
        return Limits(previous.low, previous.high)
    since = now if previous.roomy_since is None else min(previous.roomy_since, now)
    if now - since >= _PATIENCE:
        return fitted
    return Limits(previous.low, previous.high, since)


def _extremes(values: NDArray[np.float64]) -> tuple[float, float]:
    if values.size == 0:
        return math.nan, math.nan
    return float(np.fmin.reduce(values)), float(np.fmax.reduce(values))


def _fit(low: float, high: float, headroom: float, bottom: float | None = None) -> Limits:
    """Limits at multiples of a nice step, the data padded on both sides; `bottom` as given."""
    middle = (low + high) / 2
    # The floor keeps neighbouring floats apart when the values are huge.
    height = max(high - low, _SMALLEST_HEIGHT, abs(middle) * 1e-9)
    half = height * (0.5 + _PADDING)
    step = nice_step(height / 10)
    if bottom is None:
        bottom = math.floor((middle - half) / step) * step
        bottom = max(bottom, 0.0) if low >= 0 else bottom
    roof = (high - headroom * bottom) / (1 - headroom)
    return Limits(bottom, math.ceil(max(middle + half, roof) / step) * step)
