"""``record``: keep what a server measures in a file, without a screen."""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_fault
from nhem_tui.cli.files import check_free
from nhem_tui.cli.options import add_common, seconds
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.recording.recorder import Progress, Recorder, Rotation
    from nhem_tui.stream import events as ev

INTERVAL: Final = 0.4
"""Seconds between looks at the signal: each reply brings all frames since the last."""

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.add_argument(
        "--output", required=True, type=Path, metavar="FILE", help="file to begin, e.g. night.nhem"
    )
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after N seconds of it")
    parser.add_argument(
        "--pictures", type=_rate, metavar="HZ", help="keep ROI pictures as well, so many a second"
    )
    parser.add_argument(
        "--rotate",
        type=_rotation,
        metavar="SIZE|TIME",
        help="go on in another file after so much, e.g. 100MB or 6h",
    )
    parser.examples(
        "record --output night.nhem",
        "record --output night.nhem --rotate 6h --url http://lab3:8421",
        "record --output minute.nhem --seconds 60 --pictures 2",
    )


def run(call: Call) -> ExitCode:
    """Record until the time is over, the user has had enough, or the disk is full."""
    check_free(call.args.output, force=False)
    return call.ask(_record)


async def _record(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.recording.recorder import Recorder
    from nhem_tui.stream.poller import LiveSource

    args = call.args
    source = LiveSource(client, interval=INTERVAL)
    source.want_pictures(args.pictures or 0.0)
    async with aclosing(source.events()) as events:
        greeting = await _greeting(events, call.settings.server.timeout)
        recorder = await asyncio.to_thread(
            Recorder, args.output, pictures=bool(args.pictures), rotation=args.rotate
        )
        reason = "ended unexpectedly"
        try:
            recorder.take(greeting)
            with _interruptible() as interrupted:
                reason = await _keep(client, call, events, recorder, interrupted)
        finally:
            progress = await asyncio.to_thread(recorder.close, reason)
    _report(call, progress)
    if progress.failure:
        raise CommandError(
            f"recording ended: {progress.failure}; what came before is kept", ExitCode.REFUSED
        )
    return ExitCode.DONE


async def _greeting(events: AsyncIterator[ev.Event], patience: float) -> ev.Connected:
    """Wait for the server; nothing is created for one that is not there."""
    from nhem_tui.stream import events as ev

    fault: ev.Fault | None = None
    try:
        async with asyncio.timeout(patience):
            async for event in events:
                match event:
                    case ev.Connected():
                        return event
                    case ev.ConnectionLost() | ev.Retrying():
                        fault = event.fault
    except TimeoutError:
        pass
    raise CommandError(
        f"no server after {patience:g} s" + (f": {fault.text}" if fault else ""),
        of_fault(fault.kind) if fault else ExitCode.UNREACHABLE,
    )


async def _keep(
    client: BackendClient,
    call: Call,
    events: AsyncIterator[ev.Event],
    recorder: Recorder,
    interrupted: asyncio.Event,
) -> str:
    """Hand everything to the recorder until there is a reason to end; return that."""
    keeping = asyncio.create_task(_hand_over(client, call, events, recorder))
    stopping = asyncio.create_task(interrupted.wait())
    try:
        done, _ = await asyncio.wait(
            (keeping, stopping), timeout=call.args.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if keeping in done:
            keeping.result()
        return "stopped by the user" if stopping in done else "time over"
    finally:
        keeping.cancel()
        stopping.cancel()
        await asyncio.gather(keeping, stopping, return_exceptions=True)


async def _hand_over(
    client: BackendClient, call: Call, events: AsyncIterator[ev.Event], recorder: Recorder
) -> None:
    from nhem_tui.cli.records import Recorder as Teller
    from nhem_tui.cli.records import words
    from nhem_tui.recording.parameters import read_parameters
    from nhem_tui.stream import events as ev

    teller = Teller(roi=True)
    recorder.take(await read_parameters(client))
    async for event in events:
        recorder.take(event)
        if recorder.progress.failure:
            return
        if isinstance(event, ev.Restarted):
            recorder.take(await read_parameters(client))
        if not isinstance(event, ev.Samples):
            for record in teller.records(event):
                call.out.note(words(record))


@contextmanager
def _interruptible() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C, `kill` and a closed terminal set instead of ending the process."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    # nohup has it ignored: so it stays.
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in numbers:
        loop.add_signal_handler(number, interrupted.set)
    try:
        yield interrupted
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _report(call: Call, progress: Progress) -> None:
    if call.out.as_json:
        call.out.json(
            {
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
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value <= 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate from above 0 to 20 Hz")
    return value


def _rotation(text: str) -> Rotation:
    from nhem_tui.config.values import parse_size
    from nhem_tui.recording.recorder import Rotation

    time = _DURATION.fullmatch(text.strip().lower())
    if time and float(time[1]) > 0:
        return Rotation(seconds=float(time[1]) * _UNITS[time[2]])
    try:
        return Rotation(size=parse_size(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a size such as 100MB nor a time such as 6h"
        ) from None
