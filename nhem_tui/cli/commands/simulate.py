"""``simulate``: run the embedded server in the foreground."""

from __future__ import annotations

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.parser import Parser
from nhem_tui.simulator import command as simulator


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    simulator.add_arguments(parser)
    parser.examples("simulate --port 8421", "simulate --port 0 --running")


def run(call: Call) -> ExitCode:
    """Serve until interrupted."""
    return ExitCode(simulator.run(call.args))
