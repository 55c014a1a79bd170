"""``demo-flow``: one whole measurement, from the region to the peaks, which always stops again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import BackendError
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.capture import add_count, check_count
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import check_free, write_file
from nhem_tui.cli.options import add_common, add_output, limited, seconds
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import as_data, picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nhem_tui.backend.client import BackendClient
    from nhem_tui.cli.captured import Captured

_REGION: Final = (0, 0, 200, 150)
_RATE: Final = 2


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--roi",
        nargs=4,
        type=limited(limits.ROI_COORDINATE),
        default=_REGION,
        metavar=("X1", "Y1", "X2", "Y2"),
        help="region on the server's screen (default: 0 0 200 150)",
    )
    parser.add_argument(
        "--rate",
        type=limited(limits.ROI_FRAME_RATE),
        default=_RATE,
        metavar="HZ",
        help="captures a second (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=seconds,
        default=5.0,
        metavar="N",
        help="to measure (default: 5)",
    )
    add_count(parser)
    add_output(parser, required=False)
    parser.add_argument(
        "--yes", action="store_true", help="also where detection runs already, and is stopped then"
    )
    add_common(parser)
    parser.examples(
        "demo-flow", "demo-flow --roi 1480 480 1580 580 --seconds 30 --rate 10 --output wave.png"
    )


def run(call: Call) -> ExitCode:
    """Check everything first: nothing is started for a flow that cannot end well."""
    args = call.args
    limits.check_roi(*args.roi)
    check_count(args.count, roi=True)
    if args.output:
        check_free(args.output, force=args.force)
    return call.ask(_flow)


async def _flow(client: BackendClient, call: Call) -> ExitCode:
    args = call.args
    if (await client.status()).state == "running" and not args.yes:
        raise CommandError(
            "detection runs already; this would change its region and stop it",
            ExitCode.REFUSED,
            hint="--yes does it all the same",
        )
    call.out.detail(f"region {','.join(map(str, args.roi))}, {args.rate} Hz")
    await client.set_roi(*args.roi)
    await client.set_roi_frame_rate(args.rate)
    async with _detection(client, call):
        call.out.note(f"measuring for {args.seconds:g} s")
        await asyncio.sleep(args.seconds)
        window = await _captured(client, args.count)
        picture = await _drawing(client, args.output, args.count, force=args.force)
    status = await client.status()
    _report(call, window, picture, as_data(status))
    if status.state != "stopped":
        raise CommandError("detection runs although it was stopped", ExitCode.REFUSED)
    return ExitCode.DONE


@asynccontextmanager
async def _detection(client: BackendClient, call: Call) -> AsyncIterator[None]:
    """Run detection as long as the block lasts, also when it fails or is interrupted."""
    await client.start()
    try:
        yield
    finally:
        try:
            await client.stop()
        except BackendError as error:
            call.out.warn(f"detection could not be stopped: {error.text}")
            raise


async def _captured(client: BackendClient, count: int) -> Captured:
    from nhem_tui.cli.captured import roi_with_peaks

    return await roi_with_peaks(client, count, {})


async def _drawing(
    client: BackendClient, path: Path | None, count: int, *, force: bool
) -> dict[str, Any]:
    """Save the server's drawing if a file is wanted; return what is told of it."""
    if path is None:
        return {}
    png = picture_of((await client.waveform(count)).picture)
    write_file(path, png, force=force)
    return {"file": str(path), "bytes": len(png)}


def _report(call: Call, window: Captured, picture: dict[str, Any], status: dict[str, Any]) -> None:
    head = next(window.records())
    peaks = list(window.peaks)
    if call.out.as_json:
        call.out.json({"window": head, "peaks": peaks, "picture": picture, "status": status})
        return
    from nhem_tui.cli.records import words

    call.out.line(words(head))
    for peak in peaks:
        call.out.line(words(peak))
    if not peaks:
        call.out.line("no peaks")
    if picture:
        call.out.line(f"drawing in {picture['file']}, {picture['bytes']} bytes")
    call.out.line(f"detection is {status['status']}")
