"""``capture``: the newest samples the server holds, once, and the peaks it finds in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.peaks import add_peak_options, given
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_common, whole
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.window_types import RoiWindowPeaks
    from nhem_tui.cli.records import Record
    from nhem_tui.stream.events import Channel, Samples
    from nhem_tui.stream.stitch import Window

_PEAK_OPTIONS = ("margin_frames", "difference_threshold")
EPOCH = 1
"""One look sees one server process."""


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    most = int(limits.ROI_WINDOW_COUNT.high)
    parser.add_argument(
        "--count",
        type=whole(1, most),
        default=100,
        metavar="N",
        help="samples wanted: 50-200 frames, or 50-500 with --roi (default: %(default)s)",
    )
    parser.add_argument("--roi", action="store_true", help="ROI samples instead of frames")
    parser.add_argument(
        "--peaks", action="store_true", help="ROI samples with the server's own peaks"
    )
    add_peak_options(parser, *_PEAK_OPTIONS, threshold=limits.CAPTURE_THRESHOLD)
    add_common(parser)
    parser.examples(
        "capture --json > frames.jsonl",
        "capture --roi --count 500",
        "capture --peaks --threshold 110 --json | jq 'select(.type == \"peak\")'",
    )


def run(call: Call) -> ExitCode:
    """Check what is wanted, ask for it, print it."""
    args = call.args
    roi = args.roi or args.peaks
    (limits.ROI_WINDOW_COUNT if roi else limits.WINDOW_COUNT).check(args.count)
    if given(call, "threshold", *_PEAK_OPTIONS) and not args.peaks:
        raise CommandError("settings of peak detection need --peaks")
    return call.ask(_peaks if args.peaks else _roi if roi else _frames, repeat=True)


async def _frames(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.stream.simulated import sine_mask
    from nhem_tui.stream.windows import main_window

    reply = await client.window(call.args.count)
    window = main_window(reply)
    if window is None:
        raise CommandError("the server has no frames yet", ExitCode.REFUSED)
    mask = sine_mask(window.values)
    if mask.any():
        call.out.warn("the server made values up: no region of interest was captured")
    _print(call, window, "main", simulated=mask, baseline=reply.capture_metadata.baseline)
    return ExitCode.DONE


async def _roi(client: BackendClient, call: Call) -> ExitCode:
    _print(call, await roi_samples(client, call.args.count), "roi")
    return ExitCode.DONE


async def _peaks(client: BackendClient, call: Call) -> ExitCode:
    """Join the peaks with samples of another reply: those that come with them have no times."""
    count = call.args.count
    found = await client.roi_window_with_peaks(count, **given(call, "threshold", *_PEAK_OPTIONS))
    if found.fabricated:
        raise CommandError(
            "the server has no ROI samples and made this curve up; it is not shown",
            ExitCode.REFUSED,
            hint="detection must run with a region of interest: nhem-tui roi set, nhem-tui start",
        )
    if found.peak_error:
        raise CommandError(f"the server's detector failed: {found.peak_error}", ExitCode.REFUSED)
    window = await roi_samples(client, count)
    _print(call, window, "roi", peaks=tuple(_peak_records(found)))
    return ExitCode.DONE


async def roi_samples(client: BackendClient, count: int) -> Window:
    """Return the newest ROI samples.

    Raises:
        BackendError: there are none, or the reply contradicts itself.
    """
    from nhem_tui.backend.errors import NoData
    from nhem_tui.stream.windows import roi_window

    window = roi_window(await client.roi_window(count))
    if window is None:
        raise NoData("the server has no ROI samples yet", endpoint="GET /data/roi-window-capture")
    return window


def _peak_records(found: RoiWindowPeaks) -> Iterator[Record]:
    from nhem_tui.analysis.peaks import SIDE

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
        if end - 1 + SIDE > last:
            record["provisional"] = True
        yield record


def _print(
    call: Call,
    window: Window,
    channel: Channel,
    *,
    simulated: NDArray[np.bool_] | None = None,
    baseline: float | None = None,
    peaks: tuple[Record, ...] = (),
) -> None:
    """Print the window, its samples and its peaks, in the words and records of ``watch``."""
    from nhem_tui.cli.records import Recorder, words

    head: Record = {
        "type": "window",
        "channel": channel,
        "epoch": EPOCH,
        "first": window.first,
        "last": window.first + len(window.values) - 1,
        "seconds": round(float(window.t[-1] - window.t[0]), 6),
    }
    if baseline is not None:
        head["baseline"] = baseline
    teller = Recorder(roi=True)
    samples = (
        record for event in _samples(window, channel, simulated) for record in teller.records(event)
    )
    for record in (head, *samples, *peaks):
        if call.out.as_json:
            call.out.json_line(record)
        else:
            call.out.line(words(record))


def _samples(
    window: Window, channel: Channel, simulated: NDArray[np.bool_] | None
) -> Iterator[Samples]:
    """Yield the window, parted where made-up samples begin or end."""
    import numpy as np

    from nhem_tui.stream.events import Samples

    made_up = np.zeros(len(window.values), np.bool_) if simulated is None else simulated
    for part in np.split(np.arange(len(made_up)), np.flatnonzero(np.diff(made_up)) + 1):
        yield Samples(
            channel=channel,
            epoch=EPOCH,
            numbers=window.first + part,
            t=window.t[part] - window.t[0],
            values=window.values[part],
            simulated=bool(made_up[part[0]]),
            utc=math.nan,
        )
