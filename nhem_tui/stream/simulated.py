"""Data that a server makes up (contract section 7): by its curve and by its words."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from nhem_tui.stream.events import FloatArray, RoiImage

FEWEST: Final = 8
"""Samples needed to tell the server's sine from a measured curve."""

_CENTRE, _AMPLITUDE = 120.0, 10.0
_TOLERANCE = 1e-6

FAILURE_WORDS: Final = frozenset(
    {
        "roi_not_configured",
        "roi_capture_failed",
        "roi_capture_error",
        "roi1_capture_failed",
        "roi1_capture_error",
        "roi2_capture_error",
    }
)
"""Words in place of a picture that mean: the main signal is not measured."""


def sine_mask(values: FloatArray) -> NDArray[np.bool_]:
    """Tell which of consecutive values are exactly ``120 + 10·sin(π t)`` at some frame rate.

    A sampled sine obeys ``d[i-1] + d[i+1] = c·d[i]``; c is fitted to each stretch of `FEWEST`
    values, so the rate need not be known.

    Args:
        values: gray levels of consecutive frames, shape (n,).

    Returns:
        True for values in a stretch of at least `FEWEST` that fits, shape (n,).
    """
    if len(values) < FEWEST:
        return np.zeros(len(values), np.bool_)
    d = np.lib.stride_tricks.sliding_window_view(values - _CENTRE, FEWEST)
    with np.errstate(all="ignore"):  # junk divides by zero and overflows; it does not fit
        middle, sides = d[:, 1:-1], d[:, :-2] + d[:, 2:]
        c = (middle * sides).sum(axis=1) / (middle**2).sum(axis=1)
        off = np.abs(sides - c[:, np.newaxis] * middle).max(axis=1)
        squared = (d[:, 0] ** 2 - c * d[:, 0] * d[:, 1] + d[:, 1] ** 2) / (1 - c * c / 4)
        fits = (np.abs(c) < 2) & (off <= _TOLERANCE) & (np.abs(squared - _AMPLITUDE**2) < 0.1)
    return np.convolve(fits, np.ones(FEWEST)) > 0


def words_mean_simulated(*images: RoiImage) -> bool:
    """Tell whether the words in place of the pictures mean that the signal is made up."""
    return any(image.word in FAILURE_WORDS for image in images)
