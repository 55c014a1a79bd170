"""``demo-flow``: one whole measurement, from the region to the peaks, which always stops again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import BackendError, Rejected, TimedOut
from nhem_tui.cli.call import Call
from nhem_tui.cli.commands.capture import add_count, check_count
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_error
from nhem_tui.cli.files import check_free, write_file
from nhem_tui.cli.options import add_common, add_output, limited, seconds
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.records import state_of, words
from nhem_tui.cli.replies import picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nhem_tui.backend.client import BackendClient
    from nhem_tui.backend.types import Status
    from nhem_tui.cli.captured import Captured

_REGION: Final = (0, 0, 200, 150)
_RATE: Final = 2
_CHANCES: Final = 3
_MAY_RUN: Final = "detection may still run"
_BY_HAND: Final = "nhem-tui stop"


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
        help=f"captures a second, {limits.ROI_FRAME_RATE.range_text} (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=seconds,
        default=5.0,
        metavar="N",
        help="how long to measure (default: 5)",
    )
    add_count(parser, frames=False)
    add_output(parser, required=False, picture=True)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="do it even if detection runs already; it is stopped at the end",
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
    from nhem_tui.cli.captured import roi_with_peaks

    args = call.args
    if (await client.status(lenient=True)).state == "running" and not args.yes:
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
        window = await roi_with_peaks(client, args.count, {})
        picture = await _drawing(client, args.output, args.count, force=args.force)
    _report(call, window, picture, await client.status(lenient=True))
    return ExitCode.DONE


@asynccontextmanager
async def _detection(client: BackendClient, call: Call) -> AsyncIterator[None]:
    """Run detection as long as the block lasts, also when it fails or is interrupted.

    A start that nobody waits for any more, or that was not answered in time, may be done all the
    same; only one that was refused needs no stop.
    """
    starting = asyncio.create_task(client.start())
    try:
        await asyncio.shield(starting)
        yield
    except BaseException:
        await asyncio.wait([starting])
        if not isinstance(starting.exception(), Rejected):
            await _try_to_stop(client, call, late=starting.exception() is not None)
        raise
    try:
        await _stop(client)
    except BackendError as error:
        raise CommandError(f"{_MAY_RUN}: {error.text}", of_error(error), hint=_BY_HAND) from error


async def _try_to_stop(client: BackendClient, call: Call, *, late: bool) -> None:
    """Stop detection after a failure, which remains what the command ends with.

    Args:
        client: of the server.
        call: told if that fails as well.
        late: the start was not answered, so that it may come after the stop.
    """
    from nhem_tui.backend.settling import SETTLE

    try:
        await _stop(client)
        if late:
            await asyncio.sleep(SETTLE)
            await _stop(client)
    except (BackendError, CommandError) as error:
        call.out.fail(f"{_MAY_RUN}: {error.text}", hint=_BY_HAND)


async def _stop(client: BackendClient) -> None:
    """Stop detection; a server that is slow to answer gets more than one chance.

    Raises:
        BackendError: the server does not answer, or refuses.
        CommandError: it goes on measuring.
    """
    from nhem_tui.backend.settling import carry_out

    for _ in range(_CHANCES - 1):
        with suppress(TimedOut):
            outcome = await carry_out(client, "stop")
            break
    else:
        outcome = await carry_out(client, "stop")
    if not outcome.expected:
        raise CommandError(
            f"detection is {outcome.status.state} although it was stopped",
            ExitCode.REFUSED,
            hint=_BY_HAND,
        )


async def _drawing(
    client: BackendClient, path: Path | None, count: int, *, force: bool
) -> dict[str, Any]:
    """Save the server's drawing if a file is wanted; return what is told of it."""
    if path is None:
        return {}
    png = picture_of((await client.waveform(count)).picture)
    write_file(path, png, force=force)
    return {"type": "waveform", "path": str(path), "bytes": len(png)}


def _report(call: Call, window: Captured, picture: dict[str, Any], status: Status) -> None:
    head, peaks = window.head(), list(window.peaks)
    if call.out.as_json:
        call.out.json(
            {
                "type": "measurement",
                "window": head,
                "peaks": peaks,
                "waveform": picture or None,
                "state": state_of(status),
            }
        )
        return
    call.out.line(words(head))
    for peak in peaks:
        call.out.line(words(peak))
    if not peaks:
        call.out.line("no peaks")
    if picture:
        call.out.line(f"drawing in {picture['path']}, {picture['bytes']} bytes")
    call.out.line(f"detection is {status.state}")
