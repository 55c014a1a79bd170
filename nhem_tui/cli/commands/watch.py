"""``watch``: samples and events as they come, one a line."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.headless import failed
from nhem_tui.cli.options import add_common, seconds, whole
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after so many seconds")
    parser.add_argument("--count", type=whole(1, 10**9), metavar="N", help="end after N samples")
    parser.add_argument("--roi", action="store_true", help="print ROI gray values as well")
    parser.examples(
        "watch",
        "watch --json --seconds 10 > ten-seconds.jsonl",
        "watch --json --roi | jq 'select(.type == \"roi_sample\").value'",
    )


def run(call: Call) -> ExitCode:
    """Print until the time is over, enough samples came, or the user has had enough."""
    return call.ask(_watch, repeat=True)


async def _watch(client: BackendClient, call: Call) -> ExitCode:
    await client.status(lenient=True)  # what is not there is an error as everywhere, tried as often
    # Only here: they load numpy.
    from nhem_tui.cli.records import SAMPLES, Teller, words
    from nhem_tui.stream import events as ev
    from nhem_tui.stream.poller import LiveSource

    args, out = call.args, call.out
    teller = Teller(roi=args.roi, clean=out.clean)
    source = LiveSource(client, interval=call.settings.display.update_interval)
    samples = 0
    trouble: CommandError | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(args.seconds), aclosing(source.events()) as events:
            async for event in events:
                match event:
                    case ev.ConnectionLost():
                        trouble = failed("no sample came", event.fault, "")
                    case ev.Trouble():
                        trouble = failed("no sample came", event.fault, event.endpoint)
                for record in teller.records(event):
                    if out.as_json:
                        out.json_line(record)
                    else:
                        out.line(words(record))
                        out.flush()
                    samples += record["type"] in SAMPLES
                    if samples == args.count:
                        return ExitCode.DONE
    if trouble and not samples:
        raise trouble
    return ExitCode.DONE
