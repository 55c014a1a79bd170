"""``peaks``: the settings of the server's peak detection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nhem_tui.backend.limits import PEAK_LIMITS, Limit
from nhem_tui.cli.call import Call
from nhem_tui.cli.changes import check_taken, saving
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import limited
from nhem_tui.cli.output import Output
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import document, fields_of

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.types import PeakConfig


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subcommands(
        {"get": "show the settings in force", "set": "change settings, in force at once"}
    )
    add_peak_options(actions["set"], *PEAK_LIMITS)
    actions["get"].examples("peaks get", "peaks get --json")
    actions["set"].examples(
        "peaks set --threshold 110", "peaks set --threshold 110 --difference-threshold 1.5 --json"
    )
    parser.examples("peaks get", "peaks set --threshold 110")


def add_peak_options(parser: Parser, *names: str, **limits: Limit) -> None:
    """Declare an option for each of these settings, by the server's names.

    Args:
        parser: of the command.
        names: settings with their usual limits.
        limits: settings with limits of their own.
    """
    for name, limit in {**{name: PEAK_LIMITS[name] for name in names}, **limits}.items():
        parser.add_argument(
            "--" + name.replace("_", "-"), type=limited(limit), metavar="N", help=limit.range_text
        )


def given(call: Call, *names: str) -> dict[str, Any]:
    """Return those of these settings that the command line holds."""
    return {name: value for name in names if (value := getattr(call.args, name)) is not None}


def run(call: Call) -> ExitCode:
    """Change settings if asked to; print those in force."""
    if call.args.action == "get":
        return call.ask(_get, repeat=True)
    if not given(call, *PEAK_LIMITS):
        raise CommandError("nothing to set", hint="for example: nhem-tui peaks set --threshold 110")
    return call.ask(_set)


async def _get(client: BackendClient, call: Call) -> ExitCode:
    _print(call.out, await client.peak_config())
    return ExitCode.DONE


async def _set(client: BackendClient, call: Call) -> ExitCode:
    wanted = given(call, *PEAK_LIMITS)
    with saving():
        await client.set_peak_config(**wanted)
    config = await client.peak_config()
    _print(call.out, config)
    check_taken(wanted, fields_of(config))
    return ExitCode.DONE


def _print(out: Output, config: PeakConfig) -> None:
    if out.as_json:
        out.json(document(out, "peak_detection_config", config))
        return
    region = config.min_region_length
    out.rows(
        [
            ("Threshold", f"{config.threshold:g} gray levels"),
            ("Difference threshold", f"{config.difference_threshold:g} gray levels"),
            ("Margin", f"{config.margin_frames} frames"),
            ("Minimum region length", "unknown" if region is None else f"{region} frames"),
        ]
    )
