"""A recording as a source: the same events in the same order, at a pace of one's choice."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, TypeVar

import numpy as np
from msgspec.structs import replace

from nhem_tui.backend.errors import FaultKind
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.pace import Pace
from nhem_tui.recording.peaks import Tuning, tunings
from nhem_tui.recording.places import BEGINNING, Cue, Landmark, Places
from nhem_tui.recording.reader import Heard, Recording
from nhem_tui.recording.script import Script
from nhem_tui.stream import events as ev

SLOWEST: Final = 0.25
FASTEST: Final = 64.0
"""Times as fast as it was."""

BLOCK: Final = 20_000_000
"""Microseconds of the recording that are read ahead."""

GRACE: Final = 2.0
"""Seconds for which a landmark that was jumped to is not the one before, though it plays on."""

BACKFILL: Final = 600.0
"""Seconds told at once after a jump, so that charts are full."""

_Result = TypeVar("_Result")


class ReplaySource:
    """Plays a recording; implements `Source`.

    A jump ends the iteration over `events`: whoever listens begins with a fresh session and
    iterates again, and is first told what was known at that moment. At the end of the recording,
    and where it is damaged, the source stands still and waits for a jump, unless `stay` is off.

    There are two times. Seconds since the first frame are those of the samples, the ones a user
    reads, seeks and exports by. `clock` runs from when the recording began, also where there are
    no samples; ages are measured by it. While it is told what was known, it shows when that was
    heard.

    Attributes:
        duration: seconds from when the recording began to the last thing heard.
        length: seconds from the first frame to the last sample.
        started: Unix time when the recording began.
        tunings: how the peak detector was tuned; empty if the recording does not say.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        paused: bool = False,
        loop: bool = False,
        stay: bool = True,
        backfill: float = BACKFILL,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand at the beginning.

        Args:
            recording: open; closed by whoever opened it, used by nobody else meanwhile.
            speed: times as fast as it was, 0.25 to 64.
            paused: wait for `play`.
            loop: jump to the beginning at the end.
            stay: wait for a jump at the end instead of ending.
            backfill: seconds told at once after a jump.
            monotonic: seconds of the clock that paces.
        """
        self.duration = recording.duration
        self.length = recording.span[1] if recording.span else 0.0
        self.started = recording.identity.started
        self.tunings: Sequence[Tuning] = tunings(recording)
        self._loop = loop
        self._at_end = False
        self._recording = recording
        self._script = Script(recording)
        self._places = Places(recording)
        self._disk = asyncio.Lock()
        self._stay = stay
        self._backfill = round(backfill * 1e6)
        self._pace = Pace(_possible(speed), monotonic, playing=not paused)
        self._cue = BEGINNING
        self._jumps = 0
        self._steps = 0
        self._position = -math.inf
        self._landmark = (-math.inf, -math.inf)
        self._known_from: float | None = None
        self._pictures = False

    @property
    def label(self) -> str:
        """The file's name."""
        return self._recording.path.name

    @property
    def clock(self) -> float:
        """Seconds of the recording at the playhead, for ages as they were when it was live."""
        return min(self._pace.now, self.duration) if self._known_from is None else self._known_from

    @property
    def wall(self) -> float:
        """Unix time at the playhead."""
        return self.started + self.clock

    @property
    def position(self) -> float:
        """Seconds since the first frame at the newest one told, -inf before the first."""
        return self._position

    @property
    def place(self) -> float:
        """Seconds since the first frame, 0 before it: where the replay is, for the user."""
        return max(self._position, 0.0)

    @property
    def loop(self) -> bool:
        """At the end it begins again."""
        return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        self._loop = loop
        self._pace.interrupt()  # it may stand at the end

    @property
    def playing(self) -> bool:
        """It goes on: it is not paused, and not at its end."""
        return self._pace.playing and not self._at_end

    @property
    def speed(self) -> float:
        """Times as fast as it was."""
        return self._pace.speed

    def retry_now(self) -> None:
        """Do nothing: there is no connection."""

    def want_pictures(self, rate: float) -> None:
        """Tell the recorded pictures if `rate` is above 0."""
        self._pictures = rate > 0

    def play(self) -> None:
        """Go on; from the beginning if it stands at the end."""
        if self._at_end:
            self._jump(BEGINNING)
        self._steps = 0
        self._pace.change(self.speed, playing=True)

    def pause(self) -> None:
        """Stand still."""
        self._pace.change(self.speed, playing=False)

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast as it was, 0.25 to 64."""
        self._pace.change(_possible(speed), playing=self._pace.playing)

    async def step(self, frames: int = 1) -> None:
        """Pause, and go on or back by so many frames of the main signal."""
        self.pause()
        if frames > 0:
            self._steps += frames
            self._pace.interrupt()
        else:
            ordinal = await self._read(self._places.at_time, self._position)
            await self._jump_to(max(ordinal + frames, 0))

    async def seek(self, t: float) -> None:
        """Jump to `t` seconds after the first frame; before that there is only that frame."""
        await self._jump_to(max(await self._read(self._places.at_time, t), 0))

    async def seek_frame(self, number: int, epoch: int | None = None) -> bool:
        """Jump to a frame, of any process if `epoch` is None; False if it was not recorded."""
        ordinal = await self._read(self._places.at_frame, number, epoch)
        if ordinal is None:
            return False
        await self._jump_to(ordinal)
        return True

    async def seek_landmark(
        self,
        kind: Landmark,
        direction: int,
        by: Sequence[Tuning] = (),
        also: Sequence[float] = (),
    ) -> bool:
        """Jump to the next gap, peak or mark, or to the one before.

        Args:
            kind: of landmark.
            direction: above 0 for the next one, below for the one before.
            by: how the peak detector is tuned, if not as it was then.
            also: seconds of landmarks that are not in the recording.

        Returns:
            False if there is none.
        """
        found = await self._read(self._places.landmarks, kind, by or self.tunings)
        found = np.union1d(found, also)
        passed = self._position - self._landmark[0]
        grace = GRACE * self.speed if self.playing and direction < 0 else 0.0
        here = self._landmark[1] if 0.0 <= passed <= grace else self._position
        if direction > 0:
            place = int(np.searchsorted(found, here, "right"))
        else:
            place = int(np.searchsorted(found, here, "left")) - 1
        if not 0 <= place < len(found):
            return False
        landmark = float(found[place])
        await self._jump_to(await self._read(self._places.from_time, landmark))
        self._landmark = (self._position, landmark)
        return True

    async def events(self) -> AsyncGenerator[ev.Event, None]:
        """Yield what was heard from the present moment on, until the next jump.

        Raises:
            DamagedError: some of the recording cannot be read, and `stay` is off.
        """
        jumps = self._jumps
        try:
            async with aclosing(self._told()) as told:
                async for event in told:
                    yield event
                return
        except RecordingError as error:
            if not self._stay:
                raise
            fault = ev.Fault(FaultKind.BAD_DATA, error.advice)
        self.pause()
        yield ev.Trouble(self.wall, self.label, fault)
        while jumps == self._jumps:
            self._at_end = True
            await self._pace.changed()

    async def _told(self) -> AsyncGenerator[ev.Event, None]:
        jumps, cue = self._jumps, self._cue
        waiting: deque[Heard] = deque()
        known = await self._read(self._known_at, cue)
        again = sum(_count_until(heard.what, cue.t) for heard in known)
        if again <= cue.ordinal:
            yield ev.Skipped(cue.ordinal + 1 - again)
        try:
            for heard in known:
                told, rest = _divide(heard, _count_until(heard.what, cue.t))
                waiting.extend(rest)
                self._known_from = heard.heard / 1e6
                for event in told:
                    yield event
        finally:
            self._known_from = None
        at, end = cue.heard + 1, round(self.duration * 1e6) + 1
        while jumps == self._jumps:
            if waiting:
                due = self._steps or await self._pace.reached(waiting[0].heard / 1e6)
                if due and jumps == self._jumps:
                    told, rest = self._portion(waiting.popleft())
                    waiting.extendleft(rest)
                    for event in told:
                        yield event
            elif at < end:
                stop = min(at + BLOCK, end)
                waiting.extend(await self._read(self._heard_between, at, stop))
                at = stop
            elif self._loop and self._pace.playing:
                self._jump(BEGINNING)
            elif self._stay:
                self._at_end = True
                self._steps = 0
                await self._pace.changed()
            else:
                return

    def _portion(self, heard: Heard) -> tuple[list[ev.Event], list[Heard]]:
        """As much of the next event as is to be told now, and what is left of it."""
        event = heard.what
        if isinstance(event, ev.PictureSeen) and not self._pictures:
            return [], []
        if not isinstance(event, ev.Samples) or event.channel != "main":
            return [event], []
        count = len(event.numbers)
        if self._steps:
            count = min(count, self._steps)
            self._steps -= count
            self._pace.set(heard.heard / 1e6)
        self._position = float(event.t[count - 1])
        return _divide(heard, count)

    def _heard_between(self, start: int, stop: int) -> list[Heard]:
        return list(self._script.between(start, stop))

    def _known_at(self, cue: Cue) -> list[Heard]:
        """What brings a fresh session to the state of a moment."""
        recent, stop = max(cue.heard - self._backfill, 0), cue.heard + 1
        return [
            *self._script.happenings(0, recent),
            *self._script.history(recent, stop),
            *self._script.state_before(stop, pictures=self._pictures),
        ]

    async def _jump_to(self, ordinal: int) -> None:
        self._jump(await self._read(self._places.cue, ordinal))

    def _jump(self, cue: Cue) -> None:
        self._jumps += 1
        self._at_end = False
        self._steps = 0
        self._cue = cue
        self._position = cue.t
        self._pace.set(max(cue.heard, 0) / 1e6)

    async def _read(self, work: Callable[..., _Result], *values: object) -> _Result:
        """Do something with the file in a thread, one at a time."""
        async with self._disk:
            return await asyncio.to_thread(work, *values)


def _possible(speed: float) -> float:
    return min(max(speed, SLOWEST), FASTEST)


def _count_until(event: ev.Event, t: float) -> int:
    """How many samples of the main signal in `event` come not after second `t`."""
    if not isinstance(event, ev.Samples) or event.channel != "main":
        return 0
    return int(np.searchsorted(event.t, t, "right"))


def _divide(heard: Heard, count: int) -> tuple[list[ev.Event], list[Heard]]:
    """The first `count` samples of a piece of the main signal, and the rest; others are whole."""
    event = heard.what
    if not isinstance(event, ev.Samples) or event.channel != "main":
        return [event], []
    parts = [
        replace(event, numbers=event.numbers[part], t=event.t[part], values=event.values[part])
        for part in (slice(count), slice(count, None))
    ]
    told, rest = ([part] if len(part.numbers) else [] for part in parts)
    return [*told], [Heard(heard.heard, part) for part in rest]
