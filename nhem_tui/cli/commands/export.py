"""``export``: samples of a recording, or of a server now, as a file for other programs."""

from __future__ import annotations

import argparse
import math
import re
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import check_free
from nhem_tui.cli.headless import record
from nhem_tui.cli.interrupts import as_interrupts
from nhem_tui.cli.options import add_common, plain_number, seconds
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Callable

    from nhem_tui.backend.client import BackendClient
    from nhem_tui.recording.export import Format, Order
    from nhem_tui.stream.events import Channel

_PATIENCE: Final = 2.0
"""Seconds between words about how far a long export is."""

_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)", re.ASCII)


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    from nhem_tui.config.schema import by_path

    add_common(parser)
    parser.add_argument("source", metavar="FILE", help="a recording, or the word live")
    parser.add_argument(
        "--format",
        choices=by_path()["export.default_format"].choices,
        help="kind of file (default: by the name of the output, else from the configuration)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="file to write (default: named by the time)"
    )
    parser.add_argument(
        "--from",
        dest="begin",
        type=_moment,
        metavar="T",
        help="first second after the first frame, or H:MM:SS",
    )
    parser.add_argument(
        "--to",
        dest="end",
        type=_moment,
        metavar="T",
        help="last second after the first frame, or H:MM:SS",
    )
    parser.add_argument(
        "--channel", choices=("main", "roi", "both"), default="both", help="which samples"
    )
    parser.add_argument("--seconds", type=seconds, default=5.0, metavar="N", help="of what is live")
    parser.add_argument("--compress", action="store_true", help="compress with gzip")
    parser.add_argument("--no-metadata", action="store_true", help="nothing but the samples")
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    parser.examples(
        "export night.nhem --format csv --output night.csv",
        "export night.nhem --output onset.svg --from 1:02:00 --to 1:02:30 --channel roi",
        "export live --seconds 10 --format npz --compress",
    )


def run(call: Call) -> ExitCode:
    """Write the file and print its name."""
    begin, end = call.args.begin, call.args.end
    if begin is not None and end is not None and begin > end:
        raise CommandError(f"--from {begin:g} is later than --to {end:g}")
    order = _order(call)
    check_free(order.target, force=call.args.force)
    if call.args.source != "live":
        return _export(call, order, Path(call.args.source))
    return call.ask(partial(_export_live, order=order))


async def _export_live(client: BackendClient, call: Call, order: Order) -> ExitCode:
    """Record for a moment, export that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.nhem"
        progress, course = await record(client, call, path, seconds=call.args.seconds)
        if progress.failure:
            raise CommandError(f"recording ended: {progress.failure}", ExitCode.REFUSED)
        course.check()
        if course.interrupted:
            return ExitCode.INTERRUPTED
        # Nothing else runs in this loop any more.
        return _export(call, order, path)


def _export(call: Call, order: Order, path: Path) -> ExitCode:
    from nhem_tui.recording.dataset import of_recording
    from nhem_tui.recording.export import export, shown
    from nhem_tui.recording.opening import LACKS_LOG
    from nhem_tui.recording.reader import Recording

    args = call.args
    with as_interrupts(), Recording(path) as recording:
        if recording.lacks_log:
            call.out.warn(f"{path}: {LACKS_LOG}", even_quiet=True)
        data = of_recording(
            recording,
            channels=_channels(args.channel),
            t0=-math.inf if args.begin is None else args.begin,
            t1=math.inf if args.end is None else args.end,
        )
        data = shown(data, order.format)
        target = export(data, order, report=_reporter(call))
    if call.out.as_json:
        call.out.json({"type": "exported", "path": str(target), "samples": data.metadata.samples})
    else:
        counts = ", ".join(f"{count} {name}" for name, count in data.metadata.samples.items())
        call.out.line(f"{target}: {counts} samples")
    return ExitCode.DONE


def _order(call: Call) -> Order:
    from nhem_tui.recording.export import Order, default_name
    from nhem_tui.recording.target import folder_of

    args, settings = call.args, call.settings
    kind = args.format or _format_of(args.output) or settings.export.default_format
    return Order(
        kind,
        args.output or folder_of(settings.export.directory) / default_name(kind),
        metadata=settings.export.include_metadata and not args.no_metadata,
        compress=settings.export.compression or args.compress,
        overwrite=args.force,
        size=(settings.display.chart_width, settings.display.chart_height),
    )


def _format_of(path: Path | None) -> Format | None:
    from nhem_tui.recording.export import format_of

    try:
        return None if path is None else format_of(path)
    except ValueError as error:
        raise CommandError(f"{path}: {error}", hint="--format says which it shall be") from None


def _channels(wish: str) -> tuple[Channel, ...]:
    return ("main", "roi") if wish == "both" else (cast("Channel", wish),)


def _reporter(call: Call) -> Callable[[float], None]:
    """Say now and then how far it is."""
    said = time.monotonic()

    def report(share: float) -> None:
        nonlocal said
        if time.monotonic() - said > _PATIENCE:
            said = time.monotonic()
            call.out.note(f"{share:.0%} written")

    return report


def _moment(text: str) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    value = plain_number(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither seconds nor H:MM:SS")
    return float(value)
