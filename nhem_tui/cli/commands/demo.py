"""``demo``: the dashboard on a simulated server that lives as long as it does."""

from __future__ import annotations

import msgspec

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.keys import check_keys
from nhem_tui.cli.options import add_dashboard, whole
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.cli.terminal import check_terminal


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--seed", type=whole(0, 2**32 - 1), metavar="N", help="same number, same signal"
    )
    add_dashboard(parser)
    parser.examples("demo", "demo --seed 7", "demo --compact --fps 5")


def run(call: Call) -> ExitCode:
    """Start the server, load the dashboard while it gets up, open it."""
    check_terminal()
    check_keys(call)
    call.out.note("starting the simulator")
    seed = () if call.args.seed is None else ("--seed", str(call.args.seed))
    with simulator(*seed) as process:
        from nhem_tui.cli.commands import dashboard
        from nhem_tui.cli.connection import start_log
        from nhem_tui.config.schema import Server
        from nhem_tui.tui import run as _  # noqa: F401 - loads as long as the server takes

        start_log(call)
        server = Server(base_url=process.url())  # the configured one's secrets are not for it
        settings = msgspec.structs.replace(call.settings, server=server)
        return dashboard.show(call, settings, server.password, name="demo")
