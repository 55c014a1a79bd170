"""The recording of a session, begun and ended by the user."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from nhem_tui.recording.recorder import Progress, Recorder
from nhem_tui.recording.writer import Entry
from nhem_tui.tui import words
from nhem_tui.tui.cells import Flag


class Tape:
    """At most one recorder; what is heard goes through `take`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._recorder: Recorder | None = None
        self._began = 0.0

    @property
    def running(self) -> bool:
        """A recording is under way."""
        return self._recorder is not None

    @property
    def progress(self) -> Progress | None:
        """How it stands, None while nothing is recorded."""
        return None if self._recorder is None else self._recorder.progress

    async def begin(self, folder: str, at: float, known: Iterable[Entry]) -> Path:
        """Begin a file with a name by time stamp.

        Args:
            folder: where; empty for the current one.
            at: Unix time.
            known: what was heard before and still holds: connection, state, parameters.

        Returns:
            The file.

        Raises:
            RecordingError: it cannot be begun.
        """

        def create() -> tuple[Path, Recorder]:
            path = file_name(Path(folder or ".").expanduser(), at, ".nhem")
            return path, Recorder(path, pictures=True)

        path, recorder = await asyncio.to_thread(create)
        for entry in known:
            recorder.take(entry)
        self._recorder, self._began = recorder, self._monotonic()
        return path

    def take(self, entry: Entry) -> None:
        """Record an event, a mark or parameters, if a recording runs; never waits."""
        if self._recorder is not None:
            self._recorder.take(entry)

    async def end(self, reason: str = "stopped by the user") -> Progress | None:
        """Write what is left and close the file."""
        recorder, self._recorder = self._recorder, None
        return None if recorder is None else await asyncio.to_thread(recorder.close, reason)

    def flag(self) -> Flag | None:
        """For the title line: that it runs, how long, how large."""
        progress = self.progress
        if progress is None:
            return None
        lasted = words.span(self._monotonic() - self._began)
        return Flag(f"⏺ REC {lasted} {progress.size / 1e6:.1f} MB", "⏺REC", "error")


def file_name(folder: Path, at: float, suffix: str) -> Path:
    """A name by time stamp (Unix time, local clock) that is still free in `folder`."""
    stem = time.strftime("nhem-%Y%m%d-%H%M%S", time.localtime(at))
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
