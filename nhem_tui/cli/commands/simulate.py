"""``simulate``: run the embedded server in the foreground."""

from __future__ import annotations

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_telling
from nhem_tui.cli.parser import Parser
from nhem_tui.simulator.command import ListenError, serve
from nhem_tui.simulator.command import add_arguments as add_simulator_arguments


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_telling(parser)
    add_simulator_arguments(parser)
    parser.examples("simulate --port 8421", "simulate --port 0 --running")


def run(call: Call) -> ExitCode:
    """Serve until interrupted."""
    out = call.out

    def tell(url: str) -> None:
        if out.as_json:
            out.json_line({"type": "listening", "url": url})
        else:
            out.line(f"listening {url}")
            out.flush()

    try:
        serve(call.args, tell)
    except ListenError as error:
        raise CommandError(str(error), ExitCode.REFUSED) from None
    return ExitCode.DONE
