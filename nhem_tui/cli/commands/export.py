"""``export``: samples of a recording, or of a server now, as a file for other programs."""

from __future__ import annotations

import argparse
import math
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
from nhem_tui.cli.options import SERVER, add_common, flag_of, plain_number, seconds
from nhem_tui.cli.parser import Parser
from nhem_tui.notation.paths import stamped

if TYPE_CHECKING:
    from collections.abc import Callable

    from nhem_tui.backend.client import BackendClient
    from nhem_tui.recording.export import Format, Order
    from nhem_tui.recording.reader import Recording
    from nhem_tui.recording.seeking import FrameNumber, Moment
    from nhem_tui.stream.events import Channel

_PATIENCE: Final = 2.0
"""Seconds between words about how far a long export is."""

_LIVE: Final = 5.0
"""Seconds that a live server is measured unless told otherwise."""


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
        help="begin there: seconds after the first frame, H:MM:SS, #FRAME or #FRAME@EPOCH",
    )
    parser.add_argument(
        "--to",
        dest="end",
        type=_moment,
        metavar="T",
        help="end there, likewise",
    )
    parser.add_argument(
        "--channel", choices=("main", "roi", "both"), default="both", help="which samples"
    )
    parser.add_argument(
        "--seconds",
        type=seconds,
        metavar="N",
        help=f"with live: how long to measure (default: {_LIVE:g})",
    )
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
    live = _is_live(call)
    if not live:
        _check_for_file(call)
    _window(call)
    order = _order(call)
    check_free(order.target, force=call.args.force)
    if not live:
        return _export(call, order, Path(call.args.source))
    return call.ask(partial(_export_live, order=order))


def _check_for_file(call: Call) -> None:
    """Refuse what would do nothing.

    Raises:
        CommandError: there is something.
    """
    args = call.args
    if args.seconds is not None:
        hint = "--from and --to take a part of a recording"
        raise CommandError("--seconds is for live only", hint=hint)
    if idle := [flag_of(name) for name in SERVER if hasattr(args, name)]:
        raise CommandError(f"{idle[0]} is for live only: a recording needs no server")


def _is_live(call: Call) -> bool:
    return bool(call.args.source == "live")


def _window(call: Call, recording: Recording | None = None) -> tuple[float, float]:
    """Return the seconds from which and up to which samples are exported.

    Args:
        call: its arguments say which.
        recording: knows when its frames were; without it only seconds are compared.

    Raises:
        CommandError: the end is before the beginning, or a frame was not recorded.
    """
    begin = _second_of(call.args.begin, recording, -math.inf)
    end = _second_of(call.args.end, recording, math.inf)
    if begin > end:
        raise CommandError(f"--from {begin:g} is later than --to {end:g}")
    return begin, end


def _second_of(
    target: Moment | FrameNumber | None, recording: Recording | None, none: float
) -> float:
    from nhem_tui.recording.places import Places
    from nhem_tui.recording.seeking import Moment

    if isinstance(target, Moment):
        return target.t
    if target is None or recording is None:
        return none
    places = Places(recording)
    ordinal = places.at_frame(target.number, target.epoch)
    if ordinal is None:
        of = "" if target.epoch is None else f"@{target.epoch}"
        raise CommandError(
            f"frame #{target.number}{of} was not recorded",
            hint=f"nhem-tui inspect {recording.path} tells which were",
        )
    return places.cue(ordinal).t


async def _export_live(client: BackendClient, call: Call, order: Order) -> ExitCode:
    """Record for a moment, export that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.nhem"
        progress, course = await record(client, call, path, seconds=call.args.seconds or _LIVE)
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
        t0, t1 = _window(call, recording)
        data = of_recording(recording, channels=_channels(args.channel), t0=t0, t1=t1)
        data = shown(data, order.format)
        if not data.count and not _is_live(call):
            raise CommandError(
                "there are no samples to export",
                ExitCode.REFUSED,
                hint=f"nhem-tui inspect {path} tells which there are",
            )
        target = export(data, order, report=_reporter(call))
    if call.out.as_json:
        call.out.json({"type": "exported", "path": str(target), "samples": data.metadata.samples})
    else:
        counts = ", ".join(f"{count} {name}" for name, count in data.metadata.samples.items())
        call.out.line(f"{target}: {counts} samples")
    return ExitCode.DONE


def _order(call: Call) -> Order:
    from nhem_tui.recording.export import Order
    from nhem_tui.recording.target import folder_of

    args, settings = call.args, call.settings
    kind = args.format or _format_of(args.output) or settings.export.default_format
    name = f"{stamped('nhem', time.time())}.{kind}"
    return Order(
        kind,
        args.output or folder_of(settings.export.directory) / name,
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


def _moment(text: str) -> Moment | FrameNumber:
    """Read where to begin or to end: as in a replay, and also before the first frame."""
    from nhem_tui.recording.seeking import FrameNumber, Moment, parse_target

    value = plain_number(text)
    try:
        target = parse_target(text) if value is None else Moment(float(value))
    except ValueError:
        target = None
    if not isinstance(target, Moment | FrameNumber):
        raise argparse.ArgumentTypeError(f"{text!r} is neither seconds, H:MM:SS nor #FRAME")
    return target
