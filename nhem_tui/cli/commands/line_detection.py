"""``line-detection``: the server's detection of crossing lines, which fails where it was seen."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.cli.call import Call
from nhem_tui.cli.changes import check_taken, saving
from nhem_tui.cli.config_values import parse_value
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import read_small
from nhem_tui.cli.options import limited
from nhem_tui.cli.output import Output, as_text
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import document
from nhem_tui.notation.words import did_you_mean

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.line_types import LineDetection
    from nhem_tui.backend.roi import Roi

_TRIPLES = ("hsv_green_lower", "hsv_green_upper")


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subcommands(
        {
            "status": "show whether it is on, and its settings",
            "enable": "switch it on",
            "disable": "switch it off",
            "config": "show or change its settings",
            "run": "detect once; stops the whole server for up to 8 s",
        }
    )
    actions["config"].add_argument(
        "changes",
        nargs="*",
        type=_change,
        metavar="NAME=VALUE",
        help="e.g. min_confidence=0.5 or hsv_green_lower=40,50,50",
    )
    actions["config"].add_argument(
        "--reset", action="store_true", help="back to the server's defaults, which switches it off"
    )
    actions["run"].add_argument(
        "corners",
        nargs="*",
        type=limited(limits.ROI_COORDINATE),
        metavar="X1 Y1 X2 Y2",
        help="region of the server's screen (default: that in its file)",
    )
    actions["run"].add_argument(
        "--image", type=Path, metavar="FILE", help="a picture instead of the screen"
    )
    for name in ("status", "enable", "disable"):
        actions[name].examples(f"line-detection {name}", f"line-detection {name} --json")
    actions["config"].examples(
        "line-detection config",
        "line-detection config min_confidence=0.5 hsv_green_lower=40,50,50",
        "line-detection config --reset",
    )
    actions["run"].examples(
        "line-detection run",
        "line-detection run 100 100 300 250",
        "line-detection run --image a.png",
    )
    parser.examples("line-detection status", "line-detection config min_confidence=0.5")


def run(call: Call) -> ExitCode:
    """Show, switch, change or detect."""
    match call.args.action:
        case "status":
            return call.ask(_status, repeat=True)
        case "enable" | "disable":
            return call.ask(_switch)
        case "config":
            return _config(call)
        case _:
            return _run(call)


async def _status(client: BackendClient, call: Call) -> ExitCode:
    await _show(client, call.out)
    return ExitCode.DONE


async def _show(client: BackendClient, out: Output) -> dict[str, Any]:
    """Print state and settings; return them by name."""
    status = await client.line_status()
    settings = {**status.data.config, "enabled": status.data.enabled}
    if out.as_json:
        out.json({"type": "line_detection", **document(out, "", status)["data"]})
    else:
        out.rows([(name, as_text(out.masked(value))) for name, value in settings.items()])
    return settings


async def _switch(client: BackendClient, call: Call) -> ExitCode:
    on = call.args.action == "enable"
    with saving():
        await (client.enable_lines() if on else client.disable_lines())
    check_taken({"enabled": on}, await _show(client, call.out))
    return ExitCode.DONE


def _config(call: Call) -> ExitCode:
    wanted = dict(call.args.changes)
    if call.args.reset and wanted:
        raise CommandError("--reset and changes do not go together")
    if not call.args.reset and not wanted:
        return call.ask(_status, repeat=True)
    sent = {part: value for name in wanted for part, value in _parts(name, wanted[name]).items()}

    async def change(client: BackendClient, call: Call) -> ExitCode:
        with saving():
            if call.args.reset:
                expected = {**(await client.reset_line_config()).data, "enabled": False}
            else:
                await client.set_line_config(sent)
                expected = wanted
        found = await _show(client, call.out)
        check_taken({name: expected[name] for name in expected if name in found}, found)
        return ExitCode.DONE

    return call.ask(change)


def _change(text: str) -> tuple[str, object]:
    """Parse ``NAME=VALUE``; the triples of colours are three numbers with commas between them."""
    name, equals, word = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    known = (*_TRIPLES, *limits.LINE_LIMITS, *limits.LINE_CHOICES)
    if name not in known:
        near = did_you_mean(name, known)
        raise argparse.ArgumentTypeError(f"line detection has no setting {name!r}{near}")
    value = parse_value(f"[{word}]" if name in _TRIPLES else word)
    if name in _TRIPLES and not (isinstance(value, list) and len(value) == 3):
        raise argparse.ArgumentTypeError(f"{name} needs three numbers, such as 40,50,50")
    try:
        for part, number in _parts(name, value).items():
            if part in limits.LINE_LIMITS:
                limits.LINE_LIMITS[part].check(number)
    except InvalidValue as error:
        raise argparse.ArgumentTypeError(f"{name}: {error.text}") from None
    return name, value


def _parts(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - checked by the client
    """Return a setting by the names under which the server takes it."""
    return {f"{name}_{i}": value[i] for i in range(3)} if name in _TRIPLES else {name: value}


def _run(call: Call) -> ExitCode:
    corners, image = call.args.corners, call.args.image
    if corners and (len(corners) != 4 or image):
        raise CommandError("give four corners, X1 Y1 X2 Y2, or --image FILE, or neither")
    if corners:
        limits.check_roi(*corners)
    picture = base64.b64encode(read_small(image)).decode() if image else None

    async def detect(client: BackendClient, call: Call) -> ExitCode:
        from nhem_tui.backend.roi import Roi

        region: Roi | None = None
        if picture is None:
            region = Roi(*corners) if corners else (await client.roi()).config
        call.out.warn("this stops the whole server for up to 8 s, for every client")
        return _tell(call.out, await client.detect_lines(roi=region, image_data=picture))

    return call.ask(detect)


def _tell(out: Output, reply: LineDetection) -> ExitCode:
    result = reply.result
    if result is None or result.error_message:
        text = "without a word" if result is None else clean_text(result.error_message or "")
        raise CommandError(f"line detection failed inside the server: {text}", ExitCode.REFUSED)
    if out.as_json:
        found = document(out, "line_intersection", reply)
        out.json({"type": "line_intersection", **found["result"]})
        return ExitCode.DONE
    seconds = (result.processing_time_ms or 0.0) / 1000
    out.rows(
        [
            (
                "Crossing",
                as_text(out.masked(result.intersection)) if result.has_intersection else "none",
            ),
            ("Confidence", as_text(result.confidence)),
            ("Lines", as_text(result.line_count)),
            ("Time", f"{seconds:.2f} s"),
        ]
    )
    return ExitCode.DONE
