"""Takes the events of a session and keeps them in files, from a thread of its own."""

from __future__ import annotations

import errno
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from nhem_tui import __version__
from nhem_tui.notation.paths import exists
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.lock import FileLock, is_locked
from nhem_tui.recording.opening import primary_code
from nhem_tui.recording.schema import Ended, Identity
from nhem_tui.recording.standing import Standing
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev

COMMIT_INTERVAL: Final = 0.4
"""Seconds between commits; with the time a sample waits to be polled less than one second."""

RESERVE: Final = 4 << 20
"""Bytes left free on the disk, so that there is room to end a recording cleanly."""

WAITING: Final = 100_000_000
"""Bytes that may wait for a disk that does not answer: memory must not grow for ever.

Hours of samples, or twenty minutes of the most pictures.
"""

ENTRY: Final = 1000
"""Bytes of any entry, about, beside its samples or pictures."""

LAST_TRIES: Final = 10
"""Commits tried at the end while another program locks the file."""

FULL: Final = "the disk is full"
LOCKED: Final = "another program locks the file"

_log = logging.getLogger(__name__)


class Rotation(Struct, frozen=True):
    """When to go on in another file; None for never.

    Attributes:
        size: bytes; a file without a sample of its own is never complete by size.
        seconds: since the file was begun.
    """

    size: int | None = None
    seconds: float | None = None


class Progress(Struct, frozen=True):
    """How a recording stands.

    Attributes:
        path: the file written now, or last.
        parts: files so far.
        samples: of both channels, in all files, on disk.
        size: bytes of the file written now.
        failure: why it had to stop, empty while all is well.
        held: another program locks the file; what comes is kept in memory until it is done.
    """

    path: Path
    parts: int
    samples: int
    size: int
    failure: str = ""
    held: bool = False


class _Taken(NamedTuple):
    at: int
    entry: ev.Event

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        match self.entry:
            case ev.Samples(numbers=numbers, t=t, values=values):
                return ENTRY + numbers.nbytes + t.nbytes + values.nbytes
            case ev.PictureSeen(roi1=one, roi2=two):
                return ENTRY + len(one.png) + len(two.png)
            case _:
                return ENTRY


class _Part:
    """One file of a recording, with its lock."""

    def __init__(self, path: Path, began: int, started: float, number: int) -> None:
        """Create it; `began` and `started` are its first moment, nanoseconds and Unix time."""
        if _disk_is_full(path.parent):  # who is started again and again must not use the reserve up
            raise RecordingError(f"cannot write {path}: {FULL}")
        self.number = number
        self.began = began
        self._lock = FileLock(path)
        try:
            identity = Identity(f"nhem-tui {__version__}", started, part=number)
            self.writer = FileWriter(path, identity)
        except BaseException:
            self._lock.release()
            raise

    def add(self, taken: _Taken) -> None:
        self.writer.add((taken.at - self.began) // 1000, taken.entry)

    def commit(self) -> None:
        if _disk_is_full(self.writer.path.parent):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.writer.commit()

    def close(self, ended: Ended) -> None:
        try:
            self.writer.close(ended)
        except (sqlite3.Error, OSError) as error:
            _log.warning("%s could not be closed: %s", self.writer.path, error)
        finally:
            self._lock.release()


class Recorder:
    """Records until it is closed or cannot go on.

    `take` only puts an entry into a queue. A failure (a full disk) ends the recording: what was
    committed stays, `progress` says why, and further entries are ignored. Another program that
    locks the file is waited for.
    """

    def __init__(
        self,
        path: Path,
        *,
        pictures: bool = False,
        rotation: Rotation | None = None,
        monotonic: Callable[[], int] = time.monotonic_ns,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Create the file and begin. This waits for the disk: not for an event loop.

        Args:
            path: of the first file; further ones are numbered, ``night-2.nhem``.
            pictures: keep ROI pictures, not only samples and events.
            rotation: when to go on in another file.
            monotonic: nanoseconds on a clock that is never set.
            wall: Unix time.

        Raises:
            RecordingError: the file exists, is being recorded, or cannot be written.
        """
        self._path = path
        self._pictures = pictures
        self._rotation = rotation or Rotation()
        self._monotonic = monotonic
        self._wall = wall
        self._queue: queue.SimpleQueue[_Taken] = queue.SimpleQueue()
        self._taken = self._added = self._committed = 0  # bytes, the first of another thread
        self._stop = threading.Event()
        self._reason = ""
        self._standing = Standing()
        self._newest = monotonic()
        self._earlier = 0
        self._part = _Part(path, self._newest, wall(), 1)
        self._progress = Progress(path, 1, 0, self._part.writer.size())
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def progress(self) -> Progress:
        """How the recording stands; from any thread."""
        return self._progress

    def take(self, entry: ev.Event) -> None:
        """Record an event; never waits. What comes after `close` is too late."""
        if self._progress.failure or self._stop.is_set():
            return
        if isinstance(entry, ev.PictureSeen) and not self._pictures:
            return
        if self._taken - self._committed > WAITING:
            self._fail(LOCKED if self._progress.held else "the disk does not answer")
            return
        taken = _Taken(self._monotonic(), entry)
        self._taken += taken.size
        self._queue.put(taken)

    def close(self, reason: str = "stopped by the user") -> Progress:
        """Write what is left and end the recording; waits for the disk."""
        self._reason = reason
        self._stop.set()
        self._thread.join()
        return self._progress

    def _run(self) -> None:
        """Commit now and then, until told to stop or the disk refuses."""
        try:
            while not self._progress.failure and not self._stop.wait(COMMIT_INTERVAL):
                self._write_waiting()
                if not self._progress.held and self._part_is_complete():
                    self._rotate()
            self._write_last()
        except (sqlite3.Error, OSError, RecordingError) as error:
            self._fail(_words(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the recording ends and says so
            _log.exception("a fault of this program")
            self._fail(f"a fault of this program: {error}")
        self._end(self._progress.failure or self._reason)
        self._progress = replace(self._progress, size=self._part.writer.size())

    def _write_waiting(self) -> None:
        """Commit what came since, or hold it while another program locks the file."""
        for _ in range(self._queue.qsize()):
            taken = self._queue.get_nowait()
            self._newest = taken.at
            self._part.add(taken)
            self._added += taken.size
            self._standing.note(taken.entry)
        if not self._part.writer.waiting:
            return
        try:
            self._part.commit()
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY:
                raise
            if not self._progress.held:
                _log.warning("%s: %s", self._part.writer.path, LOCKED)
            self._progress = replace(self._progress, held=True)
        else:
            self._committed = self._added
            self._tell()

    def _write_last(self) -> None:
        """Commit what is left, with some patience."""
        for _ in range(LAST_TRIES):
            self._write_waiting()
            if not self._progress.held:
                return
        self._fail(LOCKED)

    def _part_is_complete(self) -> bool:
        """Tell whether it is time to go on in another file."""
        size, seconds = self._rotation.size, self._rotation.seconds
        if size is not None and self._progress.size >= size and self._part.writer.samples:
            return True
        return seconds is not None and (self._newest - self._part.began) / 1e9 >= seconds

    def _rotate(self) -> None:
        """Go on in the next file, which begins with what is known about the server."""
        number = self._part.number + 1
        started = self._wall() - (self._monotonic() - self._newest) / 1e9
        following = _Part(self._free_name(number), self._newest, started, number)
        self._end("continued in the next file")
        self._earlier += self._part.writer.samples
        self._part = following
        for entry in self._standing.entries:
            following.add(_Taken(self._newest, entry))
        following.commit()
        self._tell()

    def _free_name(self, number: int) -> Path:
        """The name of the part with this number; what is there already is passed over."""
        names = (self._path.with_stem(f"{self._path.stem}-{n}") for n in count(number))
        return next(name for name in names if not exists(name) and not is_locked(name))

    def _end(self, reason: str) -> None:
        self._part.close(Ended(self._wall(), reason))

    def _fail(self, text: str) -> None:
        _log.error("recording ends: %s", text)
        self._progress = replace(self._progress, failure=text)

    def _tell(self) -> None:
        writer = self._part.writer
        self._progress = Progress(
            writer.path,
            self._part.number,
            self._earlier + writer.samples,
            writer.size(),
            self._progress.failure,
        )


def _disk_is_full(folder: Path) -> bool:
    """Tell whether there is no room for more than the end of a recording."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False  # whoever opens the file says what is wrong
    return disk.f_bavail * disk.f_frsize < RESERVE


def _words(error: Exception) -> str:
    """Why a recording cannot go on, in words."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC:
        return FULL
    if code == sqlite3.SQLITE_BUSY:
        return LOCKED
    if isinstance(error, RecordingError):
        return error.text
    return f"the disk refuses: {error}"
