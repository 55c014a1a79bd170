"""``health``: whether an NHEM server is there, and which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_common
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.examples("health", "health --url http://lab3:8421 >/dev/null && echo there")


def run(call: Call) -> ExitCode:
    """Ask once and print the answer."""
    return call.ask(_health, repeat=True)


async def _health(client: BackendClient, call: Call) -> ExitCode:
    health = await client.health()
    names = ("status", "system", "version")
    words = {name: call.out.clean(getattr(health, name)) for name in names}
    if call.out.as_json:
        call.out.json({"type": "health", **words})
        return ExitCode.DONE
    call.out.rows(
        [
            ("Status", words["status"], "good" if health.status == "ok" else "warn"),
            ("System", words["system"]),
            ("Version", words["version"] or "unknown"),
        ]
    )
    return ExitCode.DONE
