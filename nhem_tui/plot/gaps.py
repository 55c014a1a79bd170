"""From numbered samples to a curve that breaks where samples are missing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nhem_tui.plot.model import Series


def with_gaps(
    t: NDArray[np.float64],
    values: NDArray[np.float64],
    numbers: NDArray[np.int64],
    pause: float = math.inf,
) -> Series:
    """The curve of numbered samples, with a NaN wherever nothing was measured.

    Args:
        t: seconds, non-decreasing, shape (n,).
        values: gray levels, shape (n,).
        numbers: frame numbers or roi_index, shape (n,). Two neighbours whose numbers are not
            consecutive (missing samples, or a server restart) are not joined.
        pause: seconds; neighbours further apart are not joined (detection was stopped).
    """
    broken = np.flatnonzero((np.diff(numbers) != 1) | (np.diff(t) > pause)) + 1
    if broken.size == 0:
        return Series(t, values)
    middle = (t[broken - 1] + t[broken]) / 2
    return Series(np.insert(t, broken, middle), np.insert(values, broken, np.nan))
