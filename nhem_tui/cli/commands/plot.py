"""``plot``: a chart of the newest samples, once, into the terminal or as plain ASCII."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.capture import add_count, check_count, print_window
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import warn_if_any
from nhem_tui.cli.options import add_common, whole
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.cli.captured import Captured
    from nhem_tui.plot.model import ChartOptions, PeakMark, Row, Size
    from nhem_tui.plot.palette import Depth

_HEIGHT = 20


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--roi", action="store_true", help="ROI gray values, with their peaks")
    add_count(parser)
    parser.add_argument(
        "--width", type=whole(20, 1000), metavar="N", help="cells from left to right, 20 to 1000"
    )
    parser.add_argument(
        "--height", type=whole(5, 500), metavar="N", help="cells from top to bottom, 5 to 500"
    )
    parser.add_argument("--ascii", action="store_true", help="in plain ASCII also in a terminal")
    add_common(parser)
    parser.examples("plot", "plot --roi --count 500", "plot --width 72 | mail -s curve anna")


def run(call: Call) -> ExitCode:
    """Ask once, draw once."""
    check_count(call.args.count, roi=call.args.roi)
    return call.ask(_plot, repeat=True)


async def _plot(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.cli import captured

    read = captured.roi_samples if call.args.roi else captured.frames
    window = await read(client, call.args.count)
    warn_if_any(call.out, window.simulated)
    if call.out.as_json:
        print_window(call, window)
        return ExitCode.DONE
    from nhem_tui.plot.model import ChartOptions

    options = ChartOptions(baseline=window.baseline)
    if call.args.roi:
        config = await client.peak_config()
        peaks = _peaks(window, config.threshold, config.difference_threshold)
        options = ChartOptions(threshold=config.threshold, peaks=peaks)
    _print(call, _chart(window, _size(call), options))
    return ExitCode.DONE


def _chart(window: Captured, size: Size, options: ChartOptions) -> list[Row]:
    import numpy as np

    from nhem_tui.analysis.statistics import shortest_pause
    from nhem_tui.plot.gaps import with_gaps
    from nhem_tui.plot.model import Viewport
    from nhem_tui.plot.plotext import render
    from nhem_tui.plot.viewport import data_range, next_limits

    t, values = np.array(window.t), np.array(window.samples.values)
    low, high, _ = data_range(values)
    limits = next_limits(None, low, high, 0.0)
    end = max(window.t[-1], 0.001)  # one sample alone has no duration
    viewport = Viewport(0.0, end, limits.low, limits.high)
    curve = with_gaps(t, values, np.arange(t.size), shortest_pause(t))
    return render(viewport, curve, size, options)


def _peaks(window: Captured, threshold: float, difference: float) -> tuple[PeakMark, ...]:
    """Find peaks as the server's window detector does."""
    from nhem_tui.analysis.peaks import detect_peaks
    from nhem_tui.plot.model import PeakMark

    t, values = window.t, window.samples.values
    found = detect_peaks(values, threshold=threshold, difference_threshold=difference)
    return tuple(
        PeakMark(
            t[peak.start],
            t[peak.end],
            t[peak.apex],
            values[peak.apex],
            peak.color == "green",
            peak.provisional,
        )
        for peak in found
    )


def _size(call: Call) -> Size:
    from nhem_tui.plot.model import Size

    columns, lines = shutil.get_terminal_size()
    height = call.args.height or (min(_HEIGHT, lines - 1) if call.out.interactive else _HEIGHT)
    return Size(call.args.width or columns, max(height, 5))


def _print(call: Call, rows: list[Row]) -> None:
    from nhem_tui.plot.output import to_ansi, to_ascii
    from nhem_tui.plot.palette import DARK, LIGHT

    if not call.out.draws or call.args.ascii:
        call.out.raw(to_ascii(rows))
        return
    palette = LIGHT if call.settings.display.theme == "light" else DARK
    call.out.raw(to_ansi(rows, palette, colour_depth(call.environ)))


def colour_depth(environ: Mapping[str, str]) -> Depth:
    """Return how many colours the terminal knows, by what it says of itself."""
    term = environ.get("TERM", "dumb")
    if environ.get("NO_COLOR") or term == "dumb":
        return "none"
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "truecolour"
    return "256" if "256color" in term else "16"
