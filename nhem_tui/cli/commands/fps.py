"""``fps``: the frame rate of the main signal, now and after the server's next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_common, limited
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import as_data

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "frames",
        type=limited(limits.FPS),
        nargs="?",
        metavar="N",
        help=f"frames a second from the server's next start on, {limits.FPS.range_text}",
    )
    add_common(parser)
    parser.examples("fps", "fps 60", "fps --json")


def run(call: Call) -> ExitCode:
    """Set the rate if one is given; print the one in force."""
    wanted = call.args.frames
    return call.ask(_show if wanted is None else _set, repeat=wanted is None)


async def _show(client: BackendClient, call: Call) -> ExitCode:
    fps = await client.fps()
    if call.out.as_json:
        call.out.json(as_data(fps))
    else:
        call.out.rows([("In force", f"{fps.fps:g} frames/s")])
    return ExitCode.DONE


async def _set(client: BackendClient, call: Call) -> ExitCode:
    """Write the rate; the server reads it at its start and says yes whatever became of it."""
    written = await client.set_fps(call.args.frames)
    fps = await client.fps()
    if call.out.as_json:
        call.out.json({**as_data(fps), "after_restart": written.fps})
    else:
        call.out.rows(
            [("In force", f"{fps.fps:g} frames/s"), ("After restart", f"{written.fps:g} frames/s")]
        )
    call.out.note(
        "the server says yes even if it could not save; "
        "to be sure: nhem-tui server-config get data_processing"
    )
    return ExitCode.DONE
