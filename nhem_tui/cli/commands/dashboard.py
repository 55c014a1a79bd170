"""No command at all: the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.keys import check_keys
from nhem_tui.cli.loading import loading
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.terminal import check_terminal

if TYPE_CHECKING:
    from nhem_tui.config.schema import Display, Settings


def add_arguments(parser: Parser, command: str) -> None:
    """Declare nothing: the arguments of the program itself are those of the dashboard."""


def run(call: Call) -> ExitCode:
    """Open the dashboard on the server of the settings."""
    check_terminal()
    check_keys(call)
    settings = call.settings
    call.out.note(f"opening {call.address.place}")  # what follows takes half a second to load
    from nhem_tui.cli.connection import prepare, start_log, way_in

    start_log(call)
    prepare(call)
    password = call.password()  # now: a command that gives it may have to ask on the terminal
    with way_in(call) as via:
        name = call.loaded.profile or settings.server.ssh
        return show(call, settings, password, via=via, name=name)


def show(
    call: Call, settings: Settings, password: str, *, name: str, via: int | None = None
) -> ExitCode:
    """Run the dashboard until the user leaves.

    Args:
        call: its arguments and environment decide how the dashboard opens.
        settings: its server is where the data comes from.
        password: of that server.
        name: shown in the title, may be empty.
        via: port of this machine through which the server is reached, None for the straight way.
    """
    with loading():
        from nhem_tui.cli.connection import make_client
        from nhem_tui.stream.health import LinkHealth
        from nhem_tui.stream.poller import LiveSource
        from nhem_tui.tui.context import Context
        from nhem_tui.tui.run import run as run_dashboard

    args = call.args
    health = LinkHealth()
    client = make_client(
        settings.server, password, via=via, read_only=args.read_only, observe=health.observe
    )
    rate = framerate(args.fps, settings.display, remote="SSH_CONNECTION" in call.environ)
    context = Context(
        # What cannot be painted need not be asked for; each reply brings all frames since.
        source=LiveSource(client, interval=max(settings.display.update_interval, 1 / rate)),
        client=client,
        settings=settings,
        read_only=args.read_only,
        name=name,
        framerate=rate,
        compact=args.compact or settings.display.layout == "compact",
        health=health,
    )
    return ExitCode(run_dashboard(context))


def framerate(asked: int | None, display: Display, *, remote: bool) -> int:
    """Return paints a second at most.

    Args:
        asked: by ``--fps``; beats the settings.
        display: the settings.
        remote: this is an SSH session.
    """
    return display.framerate(remote=remote) if asked is None else asked
