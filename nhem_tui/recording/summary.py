"""What a recording holds, in figures."""

from __future__ import annotations

from typing import get_args

import numpy as np
from msgspec import Struct

from nhem_tui.recording.reader import Recording
from nhem_tui.stream.events import Channel


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


def stretches(recording: Recording) -> list[Stretch]:
    """Describe the samples of a recording by its index alone, channel by channel."""
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
    )
