"""Record a server without a screen: for ``record``, and for exports of what is live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import of_fault
from nhem_tui.cli.interrupts import answered
from nhem_tui.stream.waiting import wait_at_most

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.config.schema import PeakDetection
    from nhem_tui.recording.recorder import Progress, Recorder, Rotation
    from nhem_tui.stream import events as ev

INTERVAL: Final = 0.4
"""Seconds between looks at the signal: each reply brings all frames since the last."""

FEW: Final = 4
"""Times the timeout of a request in which a running server has sent its first samples: it is asked
for its state, a picture and its frames before."""


@dataclass(slots=True)
class Course:
    """How a recording goes.

    Attributes:
        begun: samples came, or it is known that there may be none for long.
        samples: some have come.
        fault: the newest fault of server or link, None if there was none.
        endpoint: that gave it, as far as that is known.
        interrupted: somebody ended it before its time.
    """

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    samples: bool = False
    fault: ev.Fault | None = None
    endpoint: str = ""
    interrupted: bool = False

    def note(self, event: ev.Event) -> None:
        """Take in what was told."""
        from nhem_tui.stream import events as ev

        match event:
            case ev.Samples():
                self.samples = True
            case ev.StatusSeen(state="running"):
                return
            case ev.StatusSeen():
                pass
            case ev.ConnectionLost(fault=fault):
                self.fault, self.endpoint = fault, ""
            case ev.Trouble(endpoint=endpoint, fault=fault):
                self.fault, self.endpoint = fault, endpoint
            case _:
                return
        self.begun.set()

    def check(self) -> None:
        """Refuse a recording without a single sample where something went wrong.

        Raises:
            CommandError: so it is.
        """
        if self.fault is not None and not self.samples:
            raise failed("no sample came", self.fault, self.endpoint)


def failed(text: str, fault: ev.Fault, endpoint: str) -> CommandError:
    """The error that a fault ends a command with, for people and for scripts."""
    facts = {"kind": fault.kind.value, "endpoint": endpoint}
    return CommandError(f"{text}: {fault.text}", of_fault(fault.kind), facts=facts)


async def record(
    client: BackendClient,
    call: Call,
    path: Path,
    *,
    seconds: float | None = None,
    pictures: float = 0.0,
    rotation: Rotation | None = None,
) -> tuple[Progress, Course]:
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
    patience = call.settings.server.timeout
    course = Course()
    async with aclosing(source.events()) as events:
        met = await greeting(events, patience)
        with _interruptible() as interrupted:  # until the file is closed, however often one asks
            recorder = await asyncio.to_thread(
                Recorder, path, pictures=pictures > 0, rotation=rotation
            )
            reason = "ended unexpectedly"
            try:
                recorder.take(met)
                keeping = _hand_over(call, events, recorder, course)
                lasting = _last(course.begun, FEW * patience, seconds)
                reason = await _until(keeping, lasting, interrupted)
                course.interrupted = interrupted.is_set()
            finally:
                progress = await asyncio.to_thread(recorder.close, reason)
    return progress, course


def tuned(settings: PeakDetection) -> ev.Tuned:
    """How this client looks for peaks."""
    from nhem_tui.stream import events as ev

    return ev.Tuned(time.time(), settings.peak_threshold, settings.difference_threshold)


async def greeting(events: AsyncIterator[ev.Event], patience: float) -> ev.Connected:
    """Wait for the server; a slow one has time for each of its answers.

    Args:
        events: of the source, from its first one on.
        patience: seconds after which the next fault is the last one.

    Raises:
        CommandError: it cannot be reached.
    """
    from nhem_tui.stream import events as ev
    from nhem_tui.stream.windows import STATUS

    began = time.monotonic()
    async for event in events:
        match event:
            case ev.Connected():
                return event
            case ev.ConnectionLost(fault=fault) | ev.Retrying(fault=fault):
                if time.monotonic() - began >= patience:
                    raise failed(f"no server after {patience:g} s", fault, STATUS)
    raise AssertionError("a live source does not end")


async def _until(
    keeping: Coroutine[None, None, None],
    lasting: Coroutine[None, None, None],
    interrupted: asyncio.Event,
) -> str:
    """Let the recording go on until there is a reason to end; return that."""
    task, time_over = asyncio.create_task(keeping), asyncio.create_task(lasting)
    stop = asyncio.create_task(interrupted.wait())
    tasks = (task, time_over, stop)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            task.result()
        return "stopped by the user" if stop in done else "time over"
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _last(begun: asyncio.Event, patience: float, seconds: float | None) -> None:
    """Return `seconds` after it has begun, or after `patience` in which it has not."""
    await wait_at_most(begun, patience)
    await (asyncio.Event().wait() if seconds is None else asyncio.sleep(seconds))


async def _hand_over(
    call: Call, events: AsyncIterator[ev.Event], recorder: Recorder, course: Course
) -> None:
    from nhem_tui.cli.records import Teller, words
    from nhem_tui.recording.following import chosen, followed
    from nhem_tui.stream import events as ev

    peaks = call.settings.peak_detection
    teller, tuning, own = Teller(roi=True), tuned(peaks), chosen(peaks)
    recorder.take(tuning)
    async for event in events:
        recorder.take(event)
        if isinstance(event, ev.Parameters) and (other := followed(tuning, event, own)):
            tuning = other
            recorder.take(tuning)
        if recorder.progress.failure:
            return
        course.note(event)
        if not isinstance(event, ev.Samples | ev.UsualGap):  # the file has all of them
            for record in teller.records(event):
                call.out.note(words(record))


@contextmanager
def _interruptible() -> Iterator[asyncio.Event]:
    """An event that signals set instead of ending the process."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    with answered(lambda: loop.call_soon_threadsafe(interrupted.set)):
        yield interrupted
