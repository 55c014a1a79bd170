"""``simulate``: run the embedded server in the foreground."""

from __future__ import annotations

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.parser import Parser
from nhem_tui.simulator.command import add_arguments as add_simulator_arguments
from nhem_tui.simulator.command import run as serve


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_simulator_arguments(parser)
    parser.examples("simulate --port 8421", "simulate --port 0 --running")


def run(call: Call) -> ExitCode:
    """Serve until interrupted."""
    return ExitCode(serve(call.args))
