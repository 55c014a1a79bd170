"""A thread that writes to the terminal, so that a slow one stops nobody, and counts the bytes."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

CHUNK: Final = 4096
"""Bytes of one write: what is counted as taken moves in these steps."""

ABANDONED: Final = "\x18\x1b[?2026l"
"""Ends a sequence of which the rest does not come, and a frame that is shown at once."""


class Writer:
    """Takes text at once and hands it on in its order."""

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        """Start the thread.

        Args:
            descriptor: of the terminal.
            gone: called in the thread, once, when nothing can be written any more.
        """
        self.handed = 0
        self._taken = 0
        self._forgotten = 0
        self._descriptor = descriptor
        self._gone = gone
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="terminal output", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes handed over that the system has not taken yet."""
        return self.handed - self._taken

    def write(self, text: str) -> None:
        """Hand text over."""
        data = text.encode("utf-8", "replace")
        self.handed += len(data)
        self._queue.put(data)

    def forget(self) -> None:
        """Leave out what still waits: what comes next matters, and nobody sees the rest."""
        if self.backlog:
            self._forgotten = self.handed
            self.write(ABANDONED)

    def stop(self, patience: float) -> None:
        """Write what is left and end.

        A terminal that takes nothing is waited for no longer than `patience` seconds.
        """
        self._queue.put(None)
        self._thread.join(patience)

    def _run(self) -> None:
        writable = True
        while (data := self._queue.get()) is not None:
            if writable:
                writable = self._write(memoryview(data))
                if not writable:
                    self._gone()
            else:
                self._taken += len(data)

    def _write(self, data: memoryview) -> bool:
        """Write all of it.

        Returns:
            False when the terminal is gone.
        """
        while data:
            if self._taken < self._forgotten:
                self._taken += len(data)
                break
            try:
                count = os.write(self._descriptor, data[:CHUNK])
            except BlockingIOError:  # somebody else made the shared terminal non-blocking
                select.select([], [self._descriptor], [])
                continue
            except OSError:
                self._taken += len(data)
                return False
            self._taken += count
            data = data[count:]
        return True
