"""What an export writes: samples from a recording or from the buffers of a live session."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

import msgspec
import numpy as np

from nhem_tui import __version__
from nhem_tui.recording.reader import Recording
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel, Gap

UNITS: Final = {
    "t": "seconds since the first sample of the session",
    "value": "gray level, nominally 0 to 255",
    "number": "frame number (main) or roi_index (roi), consecutive within an epoch",
    "epoch": "server process, from 1",
    "simulated": "made up by the server, not measured",
}


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is told about exported samples.

    Attributes:
        source: file name or address without credentials.
        server: version of the server.
        started: ISO time, UTC, when recording began; empty if unknown.
        utc: Unix time of t = 0 by the server's clock, None while unknown.
        t_first: session seconds of the first sample, None without samples.
        t_last: session seconds of the last sample.
        samples: how many, by channel.
        simulated: how many of them the server made up, by channel.
        gaps: samples that could not be had.
        marks: session seconds and text of the user's marks.
        parameters: the last ones in force.
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
    parameters: dict[str, object] = msgspec.field(default_factory=dict)
    units: dict[str, str] = msgspec.field(default_factory=lambda: dict(UNITS))


@dataclass(frozen=True, slots=True)
class Dataset:
    """Samples of some channels, read as often as they are asked for.

    Attributes:
        channels: those with samples, main first.
        slices: the samples of one of them, oldest first, some thousands at a time.
        metadata: about all of them.
    """

    channels: tuple[Channel, ...]
    slices: Callable[[Channel], Iterator[Slice]]
    metadata: Metadata

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
    """The samples of a recording from session second `t0` to `t1`.

    The recording must stay open as long as the dataset is used.

    Raises:
        DamagedError: some cannot be read.
    """

    def slices(channel: Channel) -> Iterator[Slice]:
        return recording.slices(channel, t0, t1)

    identity = recording.identity
    parameters = recording.parameters()
    utc = recording.indices["main"].rows["utc"]
    known = utc[np.isfinite(utc)]
    metadata = Metadata(
        source=identity.url or recording.path.name,
        server=identity.server,
        started=_iso(identity.started),
        utc=float(known[-1]) if known.size else None,
        gaps=tuple(gap.what for gap in recording.gaps() if gap.what.channel in channels),
        marks=tuple((mark.t, mark.text) for mark in recording.marks() if t0 <= mark.t <= t1),
        parameters=parameters[-1].values if parameters else {},
    )
    return _counted(channels, slices, metadata)


def of_buffers(buffers: Mapping[Channel, Slice], metadata: Metadata) -> Dataset:
    """Samples that are at hand, e.g. those of a live session.

    Args:
        buffers: the samples by channel; copied, so that the session may go on.
        metadata: what is known; counts and times are filled in here.
    """
    kept = {
        channel: Slice(*(column.copy() for column in samples))  # type: ignore[arg-type]  # per field
        for channel, samples in buffers.items()
    }
    return _counted(tuple(kept), lambda channel: iter((kept[channel],)), metadata)


def _counted(
    channels: tuple[Channel, ...], slices: Callable[[Channel], Iterator[Slice]], about: Metadata
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
    return Dataset(tuple(samples), slices, metadata)


def _iso(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds")
