"""A curve in one line of text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BARS = np.array([ord(c) for c in " ▁▂▃▄▅▆▇█"], dtype="<u4")


def sparkline(values: NDArray[np.float64], width: int) -> str:
    """The values as bars ``▁▂▃▄▅▆▇█``, the newest at the right.

    Args:
        values: any floats, shape (n,); NaN and infinities become spaces. If there are more than
            `width`, each bar is the highest of its share, so that no peak is lost.
        width: cells.

    Returns:
        Exactly `width` characters, padded with spaces at the left.
    """
    if width <= 0:
        return ""
    values = np.where(np.isfinite(values), values, np.nan)
    if values.size > width:
        values = np.fmax.reduceat(values, np.arange(width) * values.size // width)
    seen = ~np.isnan(values)
    bars = np.zeros(width, dtype=np.intp)
    if seen.any():
        low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        # Halved first: the difference of two huge values would overflow.
        height = high / 2 - low / 2
        levels = (values[seen] / 2 - low / 2) / height if height else np.full(seen.sum(), 0.5)
        bars[width - values.size :][seen] = 1 + np.rint(levels * 7).astype(np.intp)
    return _BARS[bars].tobytes().decode("utf-32-le")
