"""``capture``: the newest samples the server holds, once, and the peaks it finds in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.peaks import add_peak_options, given
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import warn_if_any
from nhem_tui.cli.options import add_common, whole
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.cli.captured import Captured

_PEAK_OPTIONS = ("margin_frames", "difference_threshold")


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_count(parser)
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


def add_count(parser: Parser, *, frames: bool = True) -> None:
    """Declare how many samples are wanted; `check_count` knows what is possible.

    Args:
        parser: of a command that takes ROI samples.
        frames: it takes frames of the main signal as well.
    """
    possible = "50-200 frames or 50-500 ROI samples" if frames else "50-500 ROI samples"
    parser.add_argument(
        "--count",
        type=whole(int(limits.WINDOW_COUNT.low), int(limits.ROI_WINDOW_COUNT.high)),
        default=100,
        metavar="N",
        help=f"samples wanted: {possible} (default: %(default)s)",
    )


def check_count(count: int, *, roi: bool) -> None:
    """Check how many samples are wanted.

    Raises:
        InvalidValue: the server does not give so many, or so few.
    """
    (limits.ROI_WINDOW_COUNT if roi else limits.WINDOW_COUNT).check(count)


def run(call: Call) -> ExitCode:
    """Check what is wanted, ask for it, print it."""
    check_count(call.args.count, roi=call.args.roi or call.args.peaks)
    if given(call, "threshold", *_PEAK_OPTIONS) and not call.args.peaks:
        raise CommandError("settings of peak detection need --peaks")
    return call.ask(_capture, repeat=True)


async def _capture(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.cli import captured

    count = call.args.count
    if call.args.peaks:
        settings = given(call, "threshold", *_PEAK_OPTIONS)
        print_window(call, await captured.roi_with_peaks(client, count, settings))
    elif call.args.roi:
        print_window(call, await captured.roi_samples(client, count))
    else:
        window = await captured.frames(client, count)
        warn_if_any(call.out, window.simulated)
        print_window(call, window)
    return ExitCode.DONE


def print_window(call: Call, window: Captured) -> None:
    """Print a window, its samples and its peaks, one a line."""
    from nhem_tui.cli.records import words

    for record in window.records():
        if call.out.as_json:
            call.out.json_line(record)
        else:
            call.out.line(words(record))
