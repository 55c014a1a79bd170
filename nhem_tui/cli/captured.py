"""Windows of samples as the server holds them, checked, and told in the records of ``watch``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import NoData
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.backend.window_types import RoiWindowPeaks
from nhem_tui.cli.errors import NEEDS_ROI, CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import made_up
from nhem_tui.cli.numbering import MAIN, ROI, Numbered, number_frames, number_roi_samples
from nhem_tui.cli.records import EPOCH, Record, sample

if TYPE_CHECKING:
    from nhem_tui.stream.events import Channel

_NEEDS_START: Final = "detection has not run since the server was started: nhem-tui start"

SIDE: Final = 5
"""Samples after a peak that the server compares with those before it (contract section 8 a)."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One window of one channel.

    Attributes:
        samples: numbered; `t` in seconds of the reply.
        simulated: which of them the server made up.
        baseline: of the main signal, as the server computes it.
        peaks: the server's own, as records.
    """

    channel: Channel
    samples: Numbered
    simulated: tuple[bool, ...]
    baseline: float | None = None
    peaks: tuple[Record, ...] = ()

    @property
    def t(self) -> list[float]:
        """Seconds since the first sample."""
        return [t - self.samples.t[0] for t in self.samples.t]

    def head(self) -> Record:
        """What the window is."""
        record: Record = {
            "type": "window",
            "channel": self.channel,
            "epoch": EPOCH,
            "first": self.samples.first,
            "last": self.samples.first + len(self.samples.values) - 1,
            "seconds": round(self.t[-1], 6),
        }
        if self.baseline is not None:
            record["baseline"] = self.baseline
        return record

    def records(self) -> Iterator[Record]:
        """Yield the head, the samples, the peaks."""
        yield self.head()
        columns = zip(self.t, self.samples.values, self.simulated, strict=True)
        for number, (t, value, simulated) in enumerate(columns, start=self.samples.first):
            yield sample(self.channel, EPOCH, number, t, value, simulated=simulated)
        yield from self.peaks


async def frames(client: BackendClient, count: int) -> Captured:
    """Return the newest 50-200 frames of the main signal.

    Raises:
        BackendError: a request failed, or the reply contradicts itself.
        CommandError: there are none yet.
    """
    with _hinted(_NEEDS_START):
        reply = await client.window(count)
        samples = number_frames(reply)
        if samples is None:
            raise NoData("the server has no frames yet", endpoint=MAIN)
    simulated = tuple(made_up(samples.values))
    return Captured("main", samples, simulated, reply.capture_metadata.baseline)


async def roi_samples(
    client: BackendClient, count: int, peaks: tuple[Record, ...] = ()
) -> Captured:
    """Return the newest 50-500 ROI samples.

    Raises:
        BackendError: a request failed, or the reply contradicts itself.
        CommandError: there are none yet.
    """
    with _hinted(NEEDS_ROI):
        samples = number_roi_samples(await client.roi_window(count))
        if samples is None:
            raise NoData("the server has no ROI samples yet", endpoint=ROI)
    return Captured("roi", samples, (False,) * len(samples.values), peaks=peaks)


async def roi_with_peaks(
    client: BackendClient, count: int, settings: Mapping[str, Any]
) -> Captured:
    """Return the newest 50-500 ROI samples with the peaks that the server finds in them.

    The samples come from another reply: those that come with the peaks have no measured times.

    Args:
        client: of the server.
        count: samples wanted.
        settings: of peak detection, by the server's names; others are those in force.

    Raises:
        BackendError: a request failed.
        CommandError: there are none yet, the curve is made up, or the server's detector failed.
    """
    found = await client.roi_window_with_peaks(count, **settings)
    if found.fabricated:
        raise CommandError(
            "the server has no ROI samples and made this curve up; it is not shown",
            ExitCode.REFUSED,
            hint=NEEDS_ROI,
        )
    if found.peak_error:
        text = f"the server's detector failed: {clean_text(found.peak_error)}"
        raise CommandError(text, ExitCode.REFUSED)
    return await roi_samples(client, count, tuple(_peaks(found)))


@contextmanager
def _hinted(hint: str) -> Iterator[None]:
    """Tell what to do where the server holds nothing yet.

    Raises:
        CommandError: it does not.
    """
    try:
        yield
    except NoData as error:
        raise CommandError(error.text, ExitCode.REFUSED, hint=hint) from error


def _peaks(found: RoiWindowPeaks) -> Iterator[Record]:
    last = len(found.series) - 1
    coloured = [("green", peak) for peak in found.green_peaks]
    coloured += [("red", peak) for peak in found.red_peaks]
    for color, (start, end) in sorted(coloured, key=lambda one: one[1]):
        record: Record = {
            "type": "peak",
            "channel": "roi",
            "epoch": EPOCH,
            "color": color,
            "first": found.series[start].roi_index,
            "last": found.series[end].roi_index,
        }
        if end - 1 + SIDE > last:  # widened by one: the core ends before
            record["provisional"] = True
        yield record
