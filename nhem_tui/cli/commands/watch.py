"""``watch``: samples and events as they come, one a line."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_fault
from nhem_tui.cli.options import add_common, seconds, whole
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.stream import events as ev


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after N seconds of it")
    parser.add_argument("--count", type=whole(1, 10**9), metavar="N", help="end after N samples")
    parser.add_argument("--roi", action="store_true", help="print ROI gray values as well")
    parser.examples(
        "watch",
        "watch --json --seconds 10 > ten-seconds.jsonl",
        "watch --json --roi | jq 'select(.type == \"roi_sample\").value'",
    )


def run(call: Call) -> ExitCode:
    """Print until the time is over, enough samples came, or the user has had enough."""
    return call.ask(_watch)


async def _watch(client: BackendClient, call: Call) -> ExitCode:
    # Only here: they load numpy, and the list of commands is built without it.
    from nhem_tui.cli.records import SAMPLES, Recorder, words
    from nhem_tui.stream import events as ev
    from nhem_tui.stream.poller import LiveSource

    args, out = call.args, call.out
    recorder = Recorder(roi=args.roi)
    source = LiveSource(client, interval=call.settings.display.update_interval)
    samples = 0
    connected = False
    fault: ev.Fault | None = None
    patience = call.settings.server.timeout
    try:
        async with asyncio.timeout(patience) as limit, aclosing(source.events()) as events:
            async for event in events:
                match event:
                    case ev.Connected():
                        connected = True
                        limit.reschedule(_from_now(args.seconds))
                    case ev.ConnectionLost() | ev.Retrying():
                        fault = event.fault
                for record in recorder.records(event):
                    if call.out.as_json:
                        out.json_line(record)
                    else:
                        measured = record["type"] in SAMPLES
                        out.line(words(record) if measured else out.clean(words(record)))
                        out.flush()
                    samples += record["type"] in SAMPLES
                    if samples == args.count:
                        return ExitCode.DONE
    except TimeoutError:
        if connected:
            return ExitCode.DONE
        raise CommandError(
            f"no server after {patience:g} s" + (f": {fault.text}" if fault else ""),
            of_fault(fault.kind) if fault else ExitCode.UNREACHABLE,
        ) from None
    return ExitCode.DONE


def _from_now(delay: float | None) -> float | None:
    return None if delay is None else asyncio.get_running_loop().time() + delay
