"""What a recording holds, in figures."""

from __future__ import annotations

from typing import Final, get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.analysis.statistics import usual_rate
from nhem_tui.recording.reader import Recording
from nhem_tui.stream.events import Channel

_LOOKED_INTO: Final = 64
"""Rows, spread over a stretch, that its rate is measured in."""


class Stretch(Struct, frozen=True):
    """Samples of one channel from one server process.

    Attributes:
        channel: which series.
        epoch: server process, from 1.
        first: number of the first sample.
        last: number of the last sample.
        samples: how many there are.
        missing: how many between `first` and `last` there are not.
        simulated: how many the server made up.
        t_first: session seconds.
        t_last: session seconds.
        low: smallest gray level.
        high: largest gray level.
        rate: samples a second while they came, None where there are too few.
    """

    channel: Channel
    epoch: int
    first: int
    last: int
    samples: int
    missing: int
    simulated: int
    t_first: float
    t_last: float
    low: float
    high: float
    rate: float | None


def stretches(recording: Recording) -> list[Stretch]:
    """Describe the samples of a recording, channel by channel; only the rates need some of them.

    Raises:
        DamagedError: some cannot be read.
    """
    return [
        _stretch(recording, channel, int(epoch))
        for channel in get_args(Channel)
        for epoch in np.unique(recording.indices[channel].rows["epoch"])
    ]


def _stretch(recording: Recording, channel: Channel, epoch: int) -> Stretch:
    rows = recording.indices[channel].rows
    rows = rows[rows["epoch"] == epoch]
    first, samples = int(rows["first"][0]), int(rows["count"].sum())
    last = int(rows["first"][-1] + rows["count"][-1] - 1)
    return Stretch(
        channel,
        epoch,
        first,
        last,
        samples,
        last - first + 1 - samples,
        int(rows["count"][rows["simulated"]].sum()),
        float(rows["t_first"][0]),
        float(rows["t_last"][-1]),
        float(rows["low"].min()),
        float(rows["high"].max()),
        _rate(recording, channel, rows),
    )


def _rate(recording: Recording, channel: Channel, rows: NDArray[np.void]) -> float | None:
    """Samples a second, pauses left out."""
    places = np.unique(np.linspace(0, len(rows) - 1, _LOOKED_INTO).astype(np.int64)).tolist()
    looked_into = [recording.arrays(channel, rows[n : n + 1])[0].t for n in places]
    return usual_rate(np.concatenate([np.diff(t) for t in looked_into]))
