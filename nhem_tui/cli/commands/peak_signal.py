"""``peak-signal``: the level of the server's live detector."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import warn_of_newest
from nhem_tui.cli.options import add_common
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.records import level, level_words

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.examples("peak-signal", "peak-signal --json | jq .peak_signal")


def run(call: Call) -> ExitCode:
    """Ask once and print the answer."""
    return call.ask(_peak_signal, repeat=True)


async def _peak_signal(client: BackendClient, call: Call) -> ExitCode:
    peak = await client.peak_signal()
    if peak.frame_count:
        await warn_of_newest(client, call.out)
    if call.out.as_json:
        call.out.json(
            {
                "type": "peak_signal",
                "peak_signal": peak.has_peak,
                "value": level(peak.current_value, peak.frame_count),
                "frame": peak.frame_count,
                "at": time.time(),
            }
        )
        return ExitCode.DONE
    call.out.rows(
        [
            ("Peak signal", "yes" if peak.has_peak else "no", "good" if peak.has_peak else None),
            ("Value", level_words(peak.current_value, peak.frame_count)),
            ("Frame", str(peak.frame_count)),
        ]
    )
    return ExitCode.DONE
