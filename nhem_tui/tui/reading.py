"""Reading a chart: from a moment to the sample nearest to it, and from sample to sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhem_tui.stream.buffer import SampleBuffer, Slice
from nhem_tui.tui.words import grouped, level, signed, span


class Reading(NamedTuple):
    """One sample as it was measured.

    Attributes:
        number: frame number or roi_index.
        t: session seconds.
        value: gray level.
    """

    number: int
    t: float
    value: float


def spelled(sample: Reading, edge: float, baseline: float | None) -> str:
    """A sample in words: number, seconds before the right `edge`, gray level, over `baseline`."""
    parts = [f"#{grouped(sample.number)}", f"−{span(max(edge - sample.t, 0.0))}"]
    parts.append(level(sample.value))
    if baseline is not None:
        parts.append(f"Δ {signed(sample.value - baseline)}")
    return "  ".join(parts)


def nearest(buffer: SampleBuffer, t: float) -> Reading | None:
    """The sample nearest to session second `t`, None when there are no samples."""
    around = buffer.window(t, t)
    if not len(around.t):
        return None
    return reading(around, index_at(around, t))


def index_at(samples: Slice, t: float) -> int:
    """Which of at least one sample, from 0, is nearest to session second `t`."""
    return int(np.argmin(np.abs(samples.t - t)))


def reading(samples: Slice, index: int) -> Reading:
    """One of the samples, from 0, as it was measured."""
    return Reading(
        int(samples.numbers[index]), float(samples.t[index]), float(samples.values[index])
    )


def stepped(buffer: SampleBuffer, t: float, steps: int) -> float | None:
    """Session seconds of the sample `steps` after (or before) the one nearest to `t`.

    Stops at the oldest and the newest sample kept; None when there are none.
    """
    kept = buffer.last(buffer.capacity)
    if not len(kept.t):
        return None
    right = int(np.searchsorted(kept.t, t))
    candidates = range(max(right - 1, 0), min(right + 1, len(kept.t)))
    here = min(candidates, key=lambda index: abs(float(kept.t[index]) - t))
    return float(kept.t[min(max(here + steps, 0), len(kept.t) - 1)])
