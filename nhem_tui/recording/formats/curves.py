"""From exported samples to charts: one a channel, decimated where there are more than pixels."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from nhem_tui.analysis.statistics import shortest_pause
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import ChartOptions, PeakMark, Series, Viewport
from nhem_tui.plot.viewport import data_range, next_limits
from nhem_tui.recording.dataset import Metadata, Peaks
from nhem_tui.recording.export import Work
from nhem_tui.recording.overview import overview_of
from nhem_tui.recording.schema import THRESHOLD, number
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel

NAMES: Final[dict[Channel, str]] = {"main": "Main signal", "roi": "ROI gray value"}

SMALLEST: Final = (1.6, 1.2)
"""Width and height of a chart in inches: on less there is no room beside its labels."""

LEGIBLE: Final = 300
"""More peaks than these are not marked: they would hide the curve."""


class Chart(Struct, frozen=True):
    """What a renderer needs.

    Attributes:
        title: channel, source, time, and whether data is simulated; printable characters only.
    """

    title: str
    viewport: Viewport
    series: Series
    options: ChartOptions


def charts(work: Work, columns: int) -> list[Chart]:
    """The charts of all channels over the same time; `columns` are the finest that are shown."""
    peaks = work.data.peaks()
    return [_chart(work, channel, peaks, columns) for channel in work.data.channels]


def share(size: tuple[float, float], count: int) -> tuple[float, float]:
    """Width and height, inches, of each of some charts below each other on a page of `size`.

    On a page that is too small they are as large as they must be.
    """
    width, height = size
    return max(width, SMALLEST[0]), max(height / count, SMALLEST[1])


def _chart(work: Work, channel: Channel, peaks: Peaks, columns: int) -> Chart:
    metadata = work.data.metadata
    t0, t1 = metadata.t_first or 0.0, metadata.t_last or 0.0
    t1 = max(t1, t0 + 1e-3)
    if metadata.samples[channel] > 4 * columns:
        series = overview_of(work.slices(channel), t0, t1, columns).series()
    else:
        series = _exactly(list(work.slices(channel)))
    spread = data_range(series.values)
    limits = next_limits(None, spread.low, spread.high, 0.0)
    options = ChartOptions(
        threshold=_threshold(metadata) if channel == peaks.channel else None,
        peaks=_legible(peaks) if channel == peaks.channel else (),
        marks=tuple(t for t, _ in metadata.marks),
    )
    return Chart(
        _title(channel, metadata), Viewport(t0, t1, limits.low, limits.high), series, options
    )


def _exactly(parts: list[Slice]) -> Series:
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    samples = Slice(*columns)
    return with_gaps(samples.t, samples.values, samples.keys, shortest_pause(samples.t))


def _legible(peaks: Peaks) -> tuple[PeakMark, ...]:
    return tuple(peaks.found) if len(peaks.found) <= LEGIBLE else ()


def _threshold(metadata: Metadata) -> float | None:
    """The newest threshold of the client's own detector, or else of the server's."""
    known = {
        one.owner: level
        for one in metadata.parameters
        if (level := number(one.values, THRESHOLD)) is not None
    }
    return known.get("client", known.get("server"))


def _title(channel: Channel, metadata: Metadata) -> str:
    made_up = metadata.simulated[channel]
    started = metadata.started[:19].replace("T", " ")
    words = [NAMES[channel], metadata.source, started and f"{started} UTC"]
    if made_up:
        words.append("SIMULATED" if made_up == metadata.samples[channel] else "PARTLY SIMULATED")
    text = " · ".join(word for word in words if word)
    return "".join(character for character in text if character.isprintable())
