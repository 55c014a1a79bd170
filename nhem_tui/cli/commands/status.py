"""``status``: whether detection runs, and the newest values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import warn_of_newest
from nhem_tui.cli.options import add_common
from nhem_tui.cli.output import Output, Style
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.records import level_words, state_of

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.types import Status

_STYLES: dict[str, Style] = {"running": "good", "stopped": "warn", "error": "bad"}


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.examples("status", "status --json --url http://lab3:8421", "status --ssh anna@lab3")


def run(call: Call) -> ExitCode:
    """Ask once and print the answer."""
    return call.ask(_status, repeat=True)


async def _status(client: BackendClient, call: Call) -> ExitCode:
    status = await client.status(lenient=True)
    if status.frame_count:
        await warn_of_newest(client, call.out)
    print_status(call.out, status)
    return ExitCode.DONE


def print_status(out: Output, status: Status) -> None:
    """Print a reply of ``/status``."""
    if out.as_json:
        out.json(state_of(status))
        return
    told = status.time.isoformat(sep=" ", timespec="seconds") if status.time else "unknown"
    out.rows(
        [
            ("Detection", status.state, _STYLES[status.state]),
            ("Frame", str(status.frame_count)),
            ("Value", level_words(status.current_value, status.frame_count)),
            ("Baseline", level_words(status.baseline, status.frame_count)),
            ("Peak signal", "yes" if status.peak else "no"),
            ("Buffered", f"{status.buffer_size} frames"),
            ("Server time", told),
        ]
    )
