"""Data that a server makes up (contract section 7): by its curve and by its words."""

from __future__ import annotations

from typing import Final

import numpy as np

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


def is_server_sine(values: FloatArray) -> bool:
    """Tell whether consecutive values are exactly ``120 + 10·sin(π t)`` at some frame rate.

    A sampled sine obeys ``d[i-1] + d[i+1] = c·d[i]``; c is fitted, so the rate need not be known.

    Args:
        values: gray levels of consecutive frames, shape (n,); False for n < `FEWEST`.
    """
    if len(values) < FEWEST:
        return False
    d = values - _CENTRE
    if np.max(np.abs(d)) > _AMPLITUDE + _TOLERANCE:
        return False
    middle, sides = d[1:-1], d[:-2] + d[2:]
    power = float(middle @ middle)
    if power < _TOLERANCE:
        return False
    c = float(middle @ sides) / power
    if not -2 < c < 2 or np.max(np.abs(sides - c * middle)) > _TOLERANCE:
        return False
    sine_squared = 1 - c * c / 4
    amplitude_squared = float(d[0] ** 2 - c * d[0] * d[1] + d[1] ** 2) / sine_squared
    return bool(abs(amplitude_squared**0.5 - _AMPLITUDE) < 0.01)


def words_mean_simulated(*images: RoiImage) -> bool:
    """Tell whether the words in place of the pictures mean that the signal is made up."""
    return any(image.word in FAILURE_WORDS for image in images)
