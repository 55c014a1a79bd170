"""The recording of a session, begun and ended by the user."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nhem_tui.notation.paths import exists, stamped
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.target import folder_of
from nhem_tui.stream import events as ev
from nhem_tui.tui import words
from nhem_tui.tui.cells import Flag

if TYPE_CHECKING:
    from nhem_tui.recording.recorder import Progress, Recorder

EARLY: Final = 0.1
"""Share of the time between two pictures by which one may come too early and is kept."""


class Tape:
    """At most one recorder; what is heard goes through `take`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._recorder: Recorder | None = None
        self._turn = asyncio.Lock()
        self._creating: asyncio.Future[tuple[Path, Recorder]] | None = None
        self._closing: asyncio.Future[Progress] | None = None
        self._began = 0.0
        self._pictures = 0.0
        self._picture_at = -math.inf

    @property
    def running(self) -> bool:
        """A recording is under way."""
        return self._turn.locked() or self._recorder is not None

    @property
    def picture_rate(self) -> float:
        """Pictures a second that the recording wants, 0 for none."""
        return self._pictures if self.running else 0.0

    @property
    def progress(self) -> Progress | None:
        """How it stands, None while nothing is recorded."""
        return None if self._recorder is None else self._recorder.progress

    async def begin(
        self,
        folder: str,
        at: float,
        known: Callable[[], Iterable[ev.Event]],
        *,
        pictures: float = 0.0,
    ) -> Path:
        """Begin a file with a name by time stamp.

        Args:
            folder: where; empty for the current one.
            at: Unix time.
            known: tells what was heard before and still holds: connection, state, marks.
            pictures: kept a second, 0 for none.

        Returns:
            The file.

        Raises:
            RecordingError: it cannot be begun.
        """

        def create() -> tuple[Path, Recorder]:
            from nhem_tui.recording.recorder import Recorder

            path = file_name(folder, at, ".nhem")
            return path, Recorder(path, pictures=pictures > 0)

        self._pictures = pictures
        async with self._turn:
            self._creating = asyncio.ensure_future(asyncio.to_thread(create))
            try:
                path, recorder = await asyncio.shield(self._creating)
            except RecordingError:
                self._creating = None
                raise
            self._creating = None
            self._recorder, self._began = recorder, self._monotonic()
            for entry in known():
                self.take(entry)
            return path

    def take(self, entry: ev.Event) -> None:
        """Record an event or parameters, if a recording runs; never waits."""
        if self._recorder is None or (isinstance(entry, ev.PictureSeen) and not self._due()):
            return
        self._recorder.take(entry)

    def _due(self) -> bool:
        """Tell whether it is time for a picture: the screen may ask for more of them."""
        now = self._monotonic()
        due = self._pictures > 0 and now - self._picture_at >= (1 - EARLY) / self._pictures
        if due:
            self._picture_at = now
        return due

    async def end(self, reason: str = "stopped by the user") -> Progress | None:
        """Write what is left and close the file, also when the caller is cancelled meanwhile.

        Returns:
            How it ended; None if that was told already, or nothing was recorded. In any case no
            file is open any more.
        """
        async with self._turn:  # one that has only just been asked for begins first
            if self._creating is not None:  # whoever asked for it is gone
                with suppress(RecordingError):
                    _, self._recorder = await asyncio.shield(self._creating)
                self._creating = None
            recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._closing = asyncio.ensure_future(asyncio.to_thread(recorder.close, reason))
        elif self._closing is None:
            return None
        progress = await asyncio.shield(self._closing)
        return None if recorder is None else progress

    def flag(self) -> Flag | None:
        """For the title line: that it runs, how long, how large."""
        progress = self.progress
        if progress is None:
            return None
        lasted = words.span(self._monotonic() - self._began)
        return Flag(f"● REC {lasted} {progress.size / 1e6:.1f} MB", "●REC", "error")


def file_name(setting: str, at: float, suffix: str) -> Path:
    """A name by time stamp that is still free; looks at the disk, so not for an event loop.

    Args:
        setting: names the folder, see `folder_of`.
        at: Unix time, shown by the local clock.
        suffix: with its dot.

    Raises:
        RecordingError: the folder cannot be made.
    """
    folder = folder_of(setting)
    stem = stamped("nhem", at)
    path, number = folder / f"{stem}{suffix}", 1
    while exists(path):
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
