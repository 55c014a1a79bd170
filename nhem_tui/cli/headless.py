"""Record a server without a screen: for ``record``, and for exports of what is live."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_fault

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.recording.recorder import Progress, Recorder, Rotation
    from nhem_tui.stream import events as ev

INTERVAL: Final = 0.4
"""Seconds between looks at the signal: each reply brings all frames since the last."""


async def record(
    client: BackendClient,
    call: Call,
    path: Path,
    *,
    seconds: float | None = None,
    pictures: float = 0.0,
    rotation: Rotation | None = None,
) -> Progress:
    """Record until the time is over, the user has had enough, or the disk refuses.

    Args:
        client: of the server.
        call: told what happens.
        path: file to create; nothing is created for a server that is not there.
        seconds: of recording, None for no end.
        pictures: ROI pictures a second, 0 for none.
        rotation: when to go on in another file.

    Raises:
        CommandError: no server answers.
        RecordingError: the file cannot be created.
    """
    from nhem_tui.recording.recorder import Recorder
    from nhem_tui.stream.poller import LiveSource

    source = LiveSource(client, interval=INTERVAL)
    source.want_pictures(pictures)
    async with aclosing(source.events()) as events:
        greeting = await _greeting(events, call.settings.server.timeout)
        recorder = await asyncio.to_thread(Recorder, path, pictures=pictures > 0, rotation=rotation)
        reason = "ended unexpectedly"
        try:
            recorder.take(greeting)
            with _interruptible() as interrupted:
                keeping = _hand_over(client, call, events, recorder)
                reason = await _until(keeping, interrupted, seconds)
        finally:
            progress = await asyncio.to_thread(recorder.close, reason)
    return progress


async def _greeting(events: AsyncIterator[ev.Event], patience: float) -> ev.Connected:
    """Wait for the server; nothing is created for one that is not there."""
    from nhem_tui.stream import events as ev

    fault: ev.Fault | None = None
    try:
        async with asyncio.timeout(patience):
            async for event in events:
                match event:
                    case ev.Connected():
                        return event
                    case ev.ConnectionLost() | ev.Retrying():
                        fault = event.fault
    except TimeoutError:
        pass
    raise CommandError(
        f"no server after {patience:g} s" + (f": {fault.text}" if fault else ""),
        of_fault(fault.kind) if fault else ExitCode.UNREACHABLE,
    )


async def _until(
    keeping: Coroutine[None, None, None], interrupted: asyncio.Event, seconds: float | None
) -> str:
    """Let the recording go on until there is a reason to end; return that."""
    task = asyncio.create_task(keeping)
    stop = asyncio.create_task(interrupted.wait())
    try:
        done, _ = await asyncio.wait(
            (task, stop), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if task in done:
            task.result()
        return "stopped by the user" if stop in done else "time over"
    finally:
        task.cancel()
        stop.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)


async def _hand_over(
    client: BackendClient, call: Call, events: AsyncIterator[ev.Event], recorder: Recorder
) -> None:
    from nhem_tui.cli.records import Recorder as Teller
    from nhem_tui.cli.records import words
    from nhem_tui.recording.parameters import read_parameters
    from nhem_tui.stream import events as ev

    teller = Teller(roi=True)
    recorder.take(await read_parameters(client))
    async for event in events:
        recorder.take(event)
        if recorder.progress.failure:
            return
        if isinstance(event, ev.Restarted):
            recorder.take(await read_parameters(client))
        if not isinstance(event, ev.Samples):
            for record in teller.records(event):
                call.out.note(words(record))


@contextmanager
def _interruptible() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C, `kill` and a closed terminal set instead of ending the process."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    # nohup has it ignored: so it stays.
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in numbers:
        loop.add_signal_handler(number, interrupted.set)
    try:
        yield interrupted
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
