"""The simulator as a command: its options, and serving until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import TextIO

from nhem_tui.notation.numerals import read_number
from nhem_tui.simulator.faults import FAULTS, parse_fault
from nhem_tui.simulator.server import Simulator, SimulatorOptions

_DEFAULTS = SimulatorOptions()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the simulator."""
    parser.add_argument(
        "--host", default=_DEFAULTS.host, help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=_DEFAULTS.port,
        help="port to listen on, 0 for a free one (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        default=_DEFAULTS.seed,
        help="same number, same signal (default: %(default)s)",
    )
    parser.add_argument(
        "--fps",
        type=_fps,
        default=_DEFAULTS.fps,
        help="nominal frames a second, 1-120 (default: %(default)g)",
    )
    parser.add_argument("--running", action="store_true", help="start detection at once")
    parser.add_argument("--no-roi", action="store_true", help="begin without a region of interest")
    parser.add_argument(
        "--parent-pipe", action="store_true", help="end when standard input is closed"
    )
    faults = parser.add_argument_group(
        "faults", "\n".join(f"{name:12}  {words}" for name, words in FAULTS.items())
    )
    faults.add_argument(
        "--fault",
        action="append",
        type=_fault,
        default=[],
        metavar="NAME[=VALUE][@SECONDS]",
        help="let something go wrong, SECONDS after the start; repeatable",
    )


class ListenError(Exception):
    """The simulator cannot listen where it was told to."""


def run(args: argparse.Namespace) -> int:
    """Serve as `serve` does, as a program of its own.

    Returns:
        0, or 1 if it cannot listen (said in one line on stderr).
    """

    def tell(url: str) -> None:
        sys.stdout.write(f"listening {url}\n")
        sys.stdout.flush()

    try:
        serve(args, tell)
    except ListenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def serve(args: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """Serve until interrupted, terminated or, with ``--parent-pipe``, left alone.

    Args:
        args: those of `add_arguments`.
        tell: told the address once it listens.

    Raises:
        ListenError: it cannot.
    """
    options = SimulatorOptions(
        host=args.host,
        port=args.port,
        seed=args.seed,
        fps=args.fps,
        running=args.running,
        roi_configured=not args.no_roi,
        faults=tuple(args.fault),
        truth_limit=0,
    )
    try:
        asyncio.run(_serve(options, tell, parent_pipe=args.parent_pipe))
    except OSError as error:
        text = f"cannot listen on {options.host} port {options.port}: {_reason(error)}"
        raise ListenError(text) from None
    except KeyboardInterrupt:
        pass


def _reason(error: OSError) -> str:
    """Why it cannot listen: in the system's own words, asyncio's name host and port again."""
    number = error.errno or 0
    if number < 0:  # of looking the name up
        return "the host is not known"
    words = os.strerror(number) if number else str(error)
    return f"{words}; --port 0 takes a free one" if number == errno.EADDRINUSE else words


async def _serve(
    options: SimulatorOptions, tell: Callable[[str], None], *, parent_pipe: bool
) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with Simulator(options) as simulator:
        tell(simulator.url)
        if parent_pipe:
            _watch(sys.stdin, ended)
        await ended.wait()


def _watch(pipe: TextIO | None, ended: asyncio.Event) -> None:
    """Set `ended` when the pipe is closed at its far end; what cannot be watched counts as such."""

    def read() -> None:
        if pipe is None or not os.read(pipe.fileno(), 4096):
            ended.set()

    try:
        asyncio.get_running_loop().add_reader(pipe, read) if pipe else ended.set()
    except OSError:
        ended.set()


def _seed(text: str) -> int:
    seed = read_number(text)
    if not isinstance(seed, int):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return seed


def _port(text: str) -> int:
    port = read_number(text)
    if not isinstance(port, int) or not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return port


def _fps(text: str) -> float:
    fps = read_number(text)
    if fps is None or not 1 <= fps <= 120:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate, 1 to 120 frames/s")
    return float(fps)


def _fault(text: str) -> str:
    try:
        parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
