"""Windows of samples as the server holds them, checked, and told in the records of ``watch``.

Loads numpy: commands import it where they use it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nhem_tui.analysis.peaks import SIDE
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import NoData
from nhem_tui.backend.window_types import RoiWindowPeaks
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.records import Record, Recorder
from nhem_tui.stream.events import Channel, FloatArray, Samples
from nhem_tui.stream.simulated import sine_mask
from nhem_tui.stream.window import Window
from nhem_tui.stream.windows import main_window, roi_window

EPOCH: Final = 1
"""One look sees one server process."""

NEEDS_ROI: Final = (
    "detection must run with a region of interest: nhem-tui roi set, then nhem-tui start"
)


@dataclass(frozen=True, slots=True)
class Captured:
    """One window of one channel.

    Attributes:
        window: numbered samples; `t` in seconds of the reply.
        simulated: which of them the server made up, shape (n,).
        baseline: of the main signal, as the server computes it.
        peaks: the server's own, as records.
    """

    channel: Channel
    window: Window
    simulated: NDArray[np.bool_]
    baseline: float | None = None
    peaks: tuple[Record, ...] = ()

    @property
    def t(self) -> FloatArray:
        """Seconds since the first sample, shape (n,)."""
        t: FloatArray = self.window.t - self.window.t[0]
        return t

    def records(self) -> Iterator[Record]:
        """Yield a head, the samples, the peaks."""
        head: Record = {
            "type": "window",
            "channel": self.channel,
            "epoch": EPOCH,
            "first": self.window.first,
            "last": self.window.first + len(self.window.values) - 1,
            "seconds": round(float(self.t[-1]), 6),
        }
        if self.baseline is not None:
            head["baseline"] = self.baseline
        yield head
        teller = Recorder(roi=True)
        for event in self._events():
            yield from teller.records(event)
        yield from self.peaks

    def _events(self) -> Iterator[Samples]:
        """Yield the samples, parted where made-up ones begin or end."""
        edges = np.flatnonzero(np.diff(self.simulated)) + 1
        for part in np.split(np.arange(len(self.simulated)), edges):
            yield Samples(
                channel=self.channel,
                epoch=EPOCH,
                numbers=self.window.first + part,
                t=self.t[part],
                values=self.window.values[part],
                simulated=bool(self.simulated[part[0]]),
                utc=math.nan,
            )


async def frames(client: BackendClient, count: int) -> Captured:
    """Return the newest 50-200 frames of the main signal.

    Raises:
        BackendError: there are none, or the reply contradicts itself.
    """
    reply = await client.window(count)
    window = main_window(reply)
    if window is None:
        raise NoData("the server has no frames yet", endpoint="GET /data/window-capture")
    baseline = reply.capture_metadata.baseline
    return Captured("main", window, sine_mask(window.values), baseline)


async def roi_samples(
    client: BackendClient, count: int, peaks: tuple[Record, ...] = ()
) -> Captured:
    """Return the newest 50-500 ROI samples.

    Raises:
        BackendError: there are none, or the reply contradicts itself.
    """
    window = roi_window(await client.roi_window(count))
    if window is None:
        raise NoData("the server has no ROI samples yet", endpoint="GET /data/roi-window-capture")
    return Captured("roi", window, np.zeros(len(window.values), np.bool_), peaks=peaks)


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
        CommandError: the curve is made up, or the server's detector failed.
    """
    found = await client.roi_window_with_peaks(count, **settings)
    if found.fabricated:
        raise CommandError(
            "the server has no ROI samples and made this curve up; it is not shown",
            ExitCode.REFUSED,
            hint=NEEDS_ROI,
        )
    if found.peak_error:
        raise CommandError(f"the server's detector failed: {found.peak_error}", ExitCode.REFUSED)
    return await roi_samples(client, count, tuple(_peaks(found)))


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
