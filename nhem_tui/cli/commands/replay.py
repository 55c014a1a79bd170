"""``replay``: look at a recording as if it were live."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_dashboard, add_profile, add_telling, plain_number
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.terminal import check_terminal

if TYPE_CHECKING:
    from nhem_tui.recording.reader import Recording
    from nhem_tui.recording.seeking import Target


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_telling(parser)
    add_profile(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="times the true pace, 0.25 to 64"
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="T",
        help="begin there: seconds after the first frame, H:MM:SS, #FRAME (after a restart of the"
        " server #FRAME@EPOCH), or the first peak, gap or mark; the key / takes the same, and"
        " -peak for the one before",
    )
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    add_dashboard(parser, steers=False)
    parser.examples("replay night.nhem", "replay night.nhem --speed 8 --from 1:30:00")


def run(call: Call) -> ExitCode:
    """Open the dashboard on the recording."""
    check_terminal()
    args = call.args
    # Only here: they load numpy, and completion asks every command for its arguments.
    from nhem_tui.recording.opening import LACKS_LOG
    from nhem_tui.recording.reader import Recording
    from nhem_tui.recording.seeking import parse_target

    try:
        start = None if args.start is None else parse_target(args.start)
    except ValueError as error:
        raise CommandError(f"--from: {error}", ExitCode.USAGE) from None
    with Recording(args.file) as recording:
        if recording.lacks_log:
            call.out.warn(f"{args.file}: {LACKS_LOG}", even_quiet=True)
        return _play(call, recording, start)


def _play(call: Call, recording: Recording, start: Target | None) -> ExitCode:
    # Only here: a file that is no recording is told before the screen is loaded.
    from nhem_tui.cli.commands.dashboard import framerate
    from nhem_tui.recording.replay import ReplaySource
    from nhem_tui.tui.context import Clock, Context
    from nhem_tui.tui.run import run as run_dashboard

    args = call.args
    source = ReplaySource(recording, speed=args.speed, loop=args.loop)
    rate = framerate(args.fps, call.settings.display, remote="SSH_CONNECTION" in call.environ)
    return ExitCode(
        run_dashboard(
            Context(
                source=source,
                client=None,
                settings=call.settings,
                framerate=rate,
                compact=args.compact,
                clock=Clock(lambda: source.clock, lambda: source.wall),
                start=start,
            )
        )
    )


def _speed(text: str) -> float:
    value = plain_number(text)
    if value is None or not 0.25 <= value <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.25 to 64")
    return float(value)
