"""``record``: keep what a server measures in a file, without a screen."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.headless import record
from nhem_tui.cli.options import add_common, plain_number, seconds
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.recording.recorder import Progress, Rotation

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.ASCII)
"""In the units as they are written: ``m`` are minutes, and ``M`` is that of a size."""

_SMALLEST_FILE: Final = 1 << 20
"""Bytes; what a file holds before its first sample must not count for much."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.add_argument(
        "--output", required=True, type=Path, metavar="FILE", help="file to begin, e.g. night.nhem"
    )
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after so many seconds")
    parser.add_argument(
        "--pictures",
        type=_rate,
        metavar="HZ",
        help="keep ROI pictures as well, so many a second, at most 20",
    )
    parser.add_argument(
        "--rotate",
        type=_rotation,
        metavar="SIZE|TIME",
        help="go on in another file after so much: a time such as 30m or 6h, or a size such as"
        " 100M, at least 1M (m: minutes, M: megabytes)",
    )
    parser.examples(
        "record --output night.nhem",
        "record --output night.nhem --rotate 6h --url http://lab3:8421",
        "record --output minute.nhem --seconds 60 --pictures 2",
    )


def run(call: Call) -> ExitCode:
    """Record until the time is over, the user has had enough, or the disk is full."""
    from nhem_tui.recording.target import check_target

    check_target(call.args.output, overwrite=False)
    return call.ask(_record)


async def _record(client: BackendClient, call: Call) -> ExitCode:
    args = call.args
    progress, course = await record(
        client,
        call,
        args.output,
        seconds=args.seconds,
        pictures=args.pictures or 0.0,
        rotation=args.rotate,
    )
    _report(call, progress)
    if progress.failure:
        raise CommandError(
            f"recording ended: {progress.failure}; what came before is kept", ExitCode.REFUSED
        )
    course.check()
    # Without a time to last, being interrupted is how it ends.
    return ExitCode.INTERRUPTED if course.interrupted and args.seconds else ExitCode.DONE


def _report(call: Call, progress: Progress) -> None:
    if call.out.as_json:
        call.out.json(
            {
                "type": "recorded",
                "path": str(progress.path),
                "parts": progress.parts,
                "samples": progress.samples,
                "bytes": progress.size,
                "failure": progress.failure or None,
            }
        )
        return
    parts = f" and {progress.parts - 1} before" if progress.parts > 1 else ""
    call.out.line(f"{progress.path}{parts}: {progress.samples} samples, {progress.size} bytes")


def _rate(text: str) -> float:
    value = plain_number(text)
    if value is None or not 0 < value <= 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate from above 0 to 20 Hz")
    return float(value)


def _rotation(text: str) -> Rotation:
    from nhem_tui.config.values import parse_size
    from nhem_tui.recording.recorder import Rotation

    time = _DURATION.fullmatch(text.strip())
    if time and float(time[1]) > 0:
        return Rotation(seconds=float(time[1]) * _UNITS[time[2]])
    try:
        size = parse_size(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a size such as 100M nor a time such as 30m or 6h"
        ) from None
    if size < _SMALLEST_FILE:
        raise argparse.ArgumentTypeError(f"{text!r} is less than 1M")
    return Rotation(size=size)
