"""``roi``: the region of interest, its frame rate, its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhem_tui.backend import limits
from nhem_tui.cli.call import Call
from nhem_tui.cli.changes import check_taken, saving
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import check_free, write_file
from nhem_tui.cli.options import add_output, limited, or_shown
from nhem_tui.cli.output import Output
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import document, fields_of, picture_of

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.types import RoiData, RoiFrameRate, RoiReply

_CORNERS = {"x1": "left edge", "y1": "upper edge", "x2": "right edge", "y2": "lower edge"}


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subcommands(
        {
            "get": "show the region in the server's file",
            "set": "set the region, in force at once",
            "rate": "show or set how often the region is captured",
            "image": "save the region's picture as a PNG file",
        }
    )
    for name, words in _CORNERS.items():
        actions["set"].add_argument(
            name,
            type=limited(limits.ROI_COORDINATE),
            metavar=name.upper(),
            help=f"{words} on the server's screen, in pixels",
        )
    actions["rate"].add_argument(
        "hertz",
        type=or_shown(limited(limits.ROI_FRAME_RATE)),
        nargs="?",
        metavar="HZ",
        help=f"captures a second, {limits.ROI_FRAME_RATE.range_text}",
    )
    add_output(actions["image"], picture=True)
    actions["image"].add_argument(
        "--roi2", action="store_true", help="the part that is measured; only while detection runs"
    )
    actions["get"].examples("roi get", "roi get --json | jq .config")
    actions["set"].examples("roi set 1480 480 1580 580", "roi set 0 0 200 150 --json")
    actions["rate"].examples("roi rate", "roi rate 10")
    actions["image"].examples("roi image --output roi.png", "roi image --roi2 --output roi2.png")
    parser.examples("roi get", "roi set 1480 480 1580 580", "roi image --output roi.png")


def run(call: Call) -> ExitCode:
    """Show, set or save."""
    match call.args.action:
        case "get":
            return call.ask(_get, repeat=True)
        case "set":
            corners = _corners(call)
            limits.check_roi(**corners)
            return call.ask(_set)
        case "rate":
            reading = call.args.hertz is None
            return call.ask(_rate if reading else _set_rate, repeat=reading)
        case _:
            check_free(call.args.output, force=call.args.force)
            return call.ask(_image)


def _corners(call: Call) -> dict[str, int]:
    return {name: getattr(call.args, name) for name in _CORNERS}


async def _get(client: BackendClient, call: Call) -> ExitCode:
    _print_region(call.out, await client.roi())
    return ExitCode.DONE


async def _set(client: BackendClient, call: Call) -> ExitCode:
    corners = _corners(call)
    with saving():
        await client.set_roi(**corners)
    reply = await client.roi()
    _print_region(call.out, reply)
    check_taken(corners, fields_of(reply)["config"])
    return ExitCode.DONE


async def _rate(client: BackendClient, call: Call) -> ExitCode:
    _print_rate(call.out, await client.roi_frame_rate())
    call.out.note("until it is set once after the server's start, the real rate may be another")
    return ExitCode.DONE


async def _set_rate(client: BackendClient, call: Call) -> ExitCode:
    wanted = call.args.hertz
    await client.set_roi_frame_rate(wanted)
    rate = await client.roi_frame_rate()
    _print_rate(call.out, rate)
    check_taken({"frame_rate": wanted}, fields_of(rate))
    return ExitCode.DONE


async def _image(client: BackendClient, call: Call) -> ExitCode:
    data = await _capture(client, call)
    png = picture_of(data.picture)
    path = call.args.output
    write_file(path, png, force=call.args.force)
    if call.out.as_json:
        call.out.json(
            {
                "type": "roi_image",
                "path": str(path),
                "bytes": len(png),
                "width": data.width,
                "height": data.height,
                "value": data.gray_value,
            }
        )
    else:
        call.out.rows(
            [
                ("File", f"{path}, {len(png)} bytes"),
                ("Region", f"{data.width}×{data.height} pixels"),
                ("Gray value", f"{data.gray_value:.2f}"),
            ]
        )
    return ExitCode.DONE


async def _capture(client: BackendClient, call: Call) -> RoiData:
    """Read the picture where that disturbs nothing, which takes a running detection."""
    status = await client.status(lenient=True)
    if status.state == "running":
        regions = (await client.dual_realtime()).dual_roi_data
        return regions.roi2_data if call.args.roi2 else regions.roi1_data
    if call.args.roi2:
        raise CommandError("--roi2 needs a running detection", ExitCode.REFUSED)
    call.out.note(
        "detection is stopped: this capture adds a sample of the whole region to the ROI history"
    )
    return (await client.roi_capture()).roi_data


def _print_region(out: Output, reply: RoiReply) -> None:
    if out.as_json:
        out.json(document(out, "roi_config", reply))
        return
    roi = reply.config
    out.rows(
        [
            ("Region", f"{roi.x1},{roi.y1} to {roi.x2},{roi.y2}"),
            ("Size", f"{roi.width}×{roi.height} pixels"),
            ("Centre", f"{roi.centre[0]},{roi.centre[1]}"),
        ]
    )


def _print_rate(out: Output, rate: RoiFrameRate) -> None:
    if out.as_json:
        out.json(document(out, "roi_frame_rate", rate))
    else:
        out.rows([("ROI frame rate", f"{rate.frame_rate:g} Hz")])
