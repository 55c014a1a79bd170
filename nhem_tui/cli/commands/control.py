"""``start``, ``stop``, ``pause``, ``resume``: steer detection and read back what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.status import print_status
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.made_up import warn_of_next
from nhem_tui.cli.options import add_common
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments of one of the four."""
    add_common(parser)
    parser.examples(command, f"{command} --url http://lab3:8421 --json")


def run(call: Call) -> ExitCode:
    """Send the command, read the status back, print it."""
    return call.ask(_steer)


async def _steer(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.backend.settling import carry_out

    command = call.args.command
    try:
        outcome = await carry_out(client, command)
    except InvalidValue as error:
        if command != "start" or error.status is None:
            raise
        raise CommandError(
            error.text,
            ExitCode.REFUSED,
            hint="set a ROI first: nhem-tui roi set X1 Y1 X2 Y2",
        ) from error
    print_status(call.out, outcome.status)
    if not outcome.expected:
        raise CommandError(
            f"the server took the command, but says that detection is {outcome.status.state}",
            ExitCode.REFUSED,
            hint="a stop that hangs makes it ignore a start; try again in a few seconds",
        )
    if outcome.status.state == "running":
        await warn_of_next(client, call.out)
    return ExitCode.DONE
