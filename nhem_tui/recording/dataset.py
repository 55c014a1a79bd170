"""What an export writes: samples from a recording or from the buffers of a live session."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

import msgspec
import numpy as np
from msgspec import Struct

from nhem_tui import __version__
from nhem_tui.plot.model import PeakMark
from nhem_tui.recording.peaks import mark_of, peaks_between
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.schema import Owner
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel, Gap

UNITS: Final = {
    "t": "seconds since the first frame of the recording, or of the session",
    "value": "gray level, nominally 0 to 255",
    "number": "frame number (main) or roi_index (roi), consecutive within an epoch",
    "epoch": "server process, from 1",
    "simulated": "made up by the server, not measured",
}


class InForce(msgspec.Struct, frozen=True):
    """Parameters that were in force for a time.

    Attributes:
        t: seconds of the newest sample when they came into force, None before the first one.
        at: Unix time when they were noted.
        owner: server as it told them, client for its own peak detector.
        values: by name.
    """

    t: float | None
    at: float
    owner: Owner
    values: dict[str, object]


class Peaks(NamedTuple):
    """The peaks on the samples of one channel, by the parameters that were in force."""

    channel: Channel = "roi"
    found: Sequence[PeakMark] = ()


NO_PEAKS: Final = Peaks()


class Found(msgspec.Struct, frozen=True):
    """A peak as exports tell it.

    Attributes:
        channel: whose samples.
        color: green (stable) or red (unstable).
        t_start: seconds of its first sample.
        t_end: seconds of its last sample.
        t_apex: seconds of the highest one.
        value: gray level there.
        provisional: more samples might have changed it.
    """

    channel: Channel
    color: Literal["green", "red"]
    t_start: float
    t_end: float
    t_apex: float
    value: float
    provisional: bool


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is told about exported samples.

    Attributes:
        source: file name or address without credentials.
        server: version of the server.
        started: ISO time, UTC, when recording (or the session) began; empty if unknown.
        utc: Unix time of t = 0 by the server's clock, None while unknown.
        t_first: seconds of the first sample, None without samples.
        t_last: seconds of the last sample.
        samples: how many, by channel.
        simulated: how many of them the server made up, by channel.
        gaps: samples that could not be had.
        marks: seconds and text of the user's marks.
        parameters: all that were in force, one after the other.
        peaks: found by those parameters, once they were looked for (`Dataset.told`).
    """

    program: str = f"nhem-tui {__version__}"
    source: str = ""
    server: str = ""
    started: str = ""
    utc: float | None = None
    t_first: float | None = None
    t_last: float | None = None
    samples: dict[Channel, int] = msgspec.field(default_factory=dict)
    simulated: dict[Channel, int] = msgspec.field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    parameters: tuple[InForce, ...] = ()
    peaks: tuple[Found, ...] = ()
    units: dict[str, str] = msgspec.field(default_factory=lambda: dict(UNITS))


class Dataset(Struct, frozen=True):
    """Samples of some channels, read as often as they are asked for.

    Attributes:
        channels: those with samples, main first.
        slices: the samples of one of them, oldest first, some thousands at a time.
        peaks: those that are shown on charts.
        metadata: about all of them.
        file: the recording they are read from, None if they are at hand.
        begin_given: the user has said where they begin.
    """

    channels: tuple[Channel, ...]
    slices: Callable[[Channel], Iterator[Slice]]
    peaks: Callable[[], Peaks]
    metadata: Metadata
    file: Path | None = None
    begin_given: bool = False

    def told(self) -> Metadata:
        """The metadata with the peaks, which are looked for now."""
        channel, marks = self.peaks()
        found = (
            Found(
                channel, "green" if mark.stable else "red", mark.start, mark.end, mark.apex,
                mark.value, mark.provisional,
            )
            for mark in marks
        )  # fmt: skip
        return msgspec.structs.replace(self.metadata, peaks=tuple(found))

    @property
    def count(self) -> int:
        """Samples of all channels."""
        return sum(self.metadata.samples.values())


def of_recording(
    recording: Recording,
    *,
    channels: tuple[Channel, ...] = get_args(Channel),
    t0: float = -math.inf,
    t1: float = math.inf,
) -> Dataset:
    """The samples of a recording from second `t0` to `t1` after its first frame.

    The recording must stay open as long as the dataset is used.

    Raises:
        DamagedError: some cannot be read.
    """

    def slices(channel: Channel) -> Iterator[Slice]:
        return recording.slices(channel, t0, t1)

    def peaks() -> Peaks:
        return Peaks("roi", [mark_of(peak) for peak in peaks_between(recording, t0, t1)])

    identity = recording.identity
    utc = recording.indices["main"].rows["utc"]
    known = utc[np.isfinite(utc)]
    metadata = Metadata(
        source=identity.url or recording.path.name,
        server=identity.server,
        started=iso_time(identity.started),
        utc=float(known[-1]) if known.size else None,
        gaps=tuple(gap for channel in channels for gap in _gaps(recording, channel, t0, t1)),
        marks=tuple((mark.t, mark.text) for mark in recording.marks() if t0 <= mark.t <= t1),
        parameters=tuple(one for one in history(recording) if one.t is None or one.t <= t1),
    )
    found = _counted(channels, slices, peaks, metadata, recording.path)
    return msgspec.structs.replace(found, begin_given=t0 > -math.inf)


def _gaps(recording: Recording, channel: Channel, t0: float, t1: float) -> list[Gap]:
    """The gaps of a channel that reach into a window."""
    gaps = [heard.what for heard in recording.gaps() if heard.what.channel == channel]
    before, after = recording.indices[channel].around(gaps)
    inside = (after > t0) & (before < t1)
    return [gap for gap, kept in zip(gaps, inside.tolist(), strict=True) if kept]


def history(recording: Recording) -> Iterator[InForce]:
    """All parameters that were in force, oldest first.

    Raises:
        DamagedError: some cannot be read.
    """
    for heard, noted in recording.parameters():
        since = recording.newest_before(heard, *get_args(Channel))
        yield InForce(since, noted.at, noted.owner, noted.values)


def of_buffers(
    buffers: Mapping[Channel, Slice], metadata: Metadata, peaks: Peaks = NO_PEAKS
) -> Dataset:
    """Samples that are at hand, e.g. those of a live session.

    Args:
        buffers: the samples by channel; copied, so that the session may go on.
        metadata: what is known; counts and times are filled in here, and gaps and marks before
            the oldest sample are left out.
        peaks: those that are shown; likewise.
    """
    kept = {channel: samples.copy() for channel, samples in buffers.items()}
    oldest = min((float(samples.t[0]) for samples in kept.values()), default=math.inf)
    about = msgspec.structs.replace(
        metadata,
        gaps=tuple(gap for gap in metadata.gaps if _lies_within(gap, kept.get(gap.channel))),
        marks=tuple((t, text) for t, text in metadata.marks if t >= oldest),
    )
    shown = Peaks(peaks.channel, [peak for peak in peaks.found if peak.end >= oldest])
    return _counted(tuple(kept), lambda channel: iter((kept[channel],)), lambda: shown, about)


def from_first_frame(data: Dataset) -> Dataset:
    """The samples from second 0 on: what the server still had of the time before is left out.

    They are left as they are where nothing else would remain, or the user has cut them.
    """
    first, last = data.metadata.t_first, data.metadata.t_last
    if data.begin_given or first is None or last is None or not first < 0 <= last:
        return data

    def slices(channel: Channel) -> Iterator[Slice]:
        for part in data.slices(channel):
            start = int(np.searchsorted(part.t, 0.0))
            if start < len(part.t):
                yield part.cut(start, len(part.t))

    def peaks() -> Peaks:
        known = data.peaks()
        return known._replace(found=[peak for peak in known.found if peak.end >= 0])

    marks = tuple((t, text) for t, text in data.metadata.marks if t >= 0)
    about = msgspec.structs.replace(data.metadata, marks=marks)
    return _counted(data.channels, slices, peaks, about, data.file)


def _lies_within(gap: Gap, samples: Slice | None) -> bool:
    """Tell whether a gap lies between two of the samples."""
    if samples is None:
        return False
    first, last = ((samples.epochs[end], samples.numbers[end]) for end in (0, -1))
    return bool(first < (gap.epoch, gap.first) < last)


def _counted(
    channels: tuple[Channel, ...],
    slices: Callable[[Channel], Iterator[Slice]],
    peaks: Callable[[], Peaks],
    about: Metadata,
    file: Path | None = None,
) -> Dataset:
    """Look at all samples once and say how many there are."""
    samples: dict[Channel, int] = {}
    simulated: dict[Channel, int] = {}
    ends: list[float] = []
    for channel in channels:
        for part in slices(channel):
            samples[channel] = samples.get(channel, 0) + len(part.t)
            made_up = int(np.count_nonzero(part.simulated))
            simulated[channel] = simulated.get(channel, 0) + made_up
            ends += (float(part.t[0]), float(part.t[-1]))
    metadata = msgspec.structs.replace(
        about,
        samples=samples,
        simulated=simulated,
        t_first=min(ends, default=None),
        t_last=max(ends, default=None),
    )
    return Dataset(tuple(samples), slices, peaks, metadata, file)


def iso_time(unix: float) -> str:
    """A Unix time as metadata have it, e.g. ``2026-09-21T14:13:20.000+00:00``."""
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds")
