"""``fps``: the frame rate of the main signal, now and after the server's next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.backend.config_tree import Tree, section
from nhem_tui.backend.errors import RouteMissing
from nhem_tui.cli.call import Call
from nhem_tui.cli.changes import check_taken, why_unsaved
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.exposure import warn_of_password_in_url
from nhem_tui.cli.options import add_common, limited, or_shown
from nhem_tui.cli.output import as_text
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import document

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "frames",
        type=or_shown(limited(limits.FPS)),
        nargs="?",
        metavar="N",
        help=f"frames a second from the server's next start on, {limits.FPS.range_text}",
    )
    add_common(parser)
    parser.examples("fps", "fps 60", "fps --json")


def run(call: Call) -> ExitCode:
    """Set the rate if one is given; print the one in force."""
    if call.args.frames is None:
        return call.ask(_show, repeat=True)
    warn_of_password_in_url(call)
    return call.ask(_set)


async def _show(client: BackendClient, call: Call) -> ExitCode:
    fps = await client.fps()
    if call.out.as_json:
        call.out.json(document(call.out, "data_fps", fps))
    else:
        call.out.rows([("In force", f"{fps.fps:g} frames/s")])
    return ExitCode.DONE


async def _set(client: BackendClient, call: Call) -> ExitCode:
    """Write the rate and look for it in the server's file.

    The server reads that at its start, and says yes also when it could not save. What it tells then
    is its memory, where the new rate stands beside the value that keeps it from saving.
    """
    wanted = call.args.frames
    await client.set_fps(wanted)
    fps = await client.fps()
    tree = await _configuration(client)
    problem = why_unsaved(tree)
    saved = None if problem else section(tree, "data_processing").get("fps")
    if call.out.as_json:
        call.out.json({**document(call.out, "data_fps", fps), "after_restart": saved})
    else:
        call.out.rows(
            [
                ("In force", f"{fps.fps:g} frames/s"),
                ("After restart", "unknown" if saved is None else f"{as_text(saved)} frames/s"),
            ]
        )
    if problem is not None:
        raise problem
    if saved is None:
        call.out.note("the server does not tell what it has saved")
    else:
        check_taken({"fps": wanted}, {"fps": saved})
    return ExitCode.DONE


async def _configuration(client: BackendClient) -> Tree:
    """Return the server's configuration, an empty one where it cannot be read."""
    try:
        return (await client.config()).config
    except RouteMissing:
        return {}
