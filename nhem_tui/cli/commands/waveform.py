"""``waveform``: the server's own drawing of the ROI samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.backend.errors import NoData
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.peaks import add_peak_options, given
from nhem_tui.cli.errors import NEEDS_ROI, CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import check_free, write_file
from nhem_tui.cli.options import add_common, add_output, limited
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import picture_of

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient

_OPTIONS = ("threshold", "margin_frames", "difference_threshold")


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_output(parser, picture=True)
    parser.add_argument(
        "--count",
        type=limited(limits.WAVEFORM_COUNT),
        default=100,
        metavar="N",
        help=f"{limits.WAVEFORM_COUNT.range_text} (default: %(default)s)",
    )
    add_peak_options(parser, *_OPTIONS)
    add_common(parser)
    parser.examples(
        "waveform --output wave.png", "waveform --output wave.png --count 500 --threshold 110"
    )


def run(call: Call) -> ExitCode:
    """Have the server draw, save the picture."""
    check_free(call.args.output, force=call.args.force)
    return call.ask(_waveform, repeat=True)


async def _waveform(client: BackendClient, call: Call) -> ExitCode:
    try:
        await client.roi_window(int(limits.ROI_WINDOW_COUNT.low))
    except NoData as error:
        raise CommandError(
            "the server has no ROI samples and would draw a curve of its own making",
            ExitCode.REFUSED,
            hint=NEEDS_ROI,
        ) from error
    waveform = await client.waveform(call.args.count, **given(call, *_OPTIONS))
    png = picture_of(waveform.picture)
    path = call.args.output
    write_file(path, png, force=call.args.force)
    facts = waveform.metadata
    words = call.out.clean
    if call.out.as_json:
        call.out.json(
            {
                "type": "waveform",
                "path": str(path),
                "bytes": len(png),
                "metadata": call.out.masked(facts),
            }
        )
        return ExitCode.DONE
    call.out.rows(
        [
            ("File", f"{path}, {len(png)} bytes"),
            ("Samples", words(str(facts.get("data_points", "unknown")))),
            ("Green peaks", words(str(facts.get("green_peaks", "unknown")))),
            ("Red peaks", words(str(facts.get("red_peaks", "unknown")))),
        ]
    )
    return ExitCode.DONE
