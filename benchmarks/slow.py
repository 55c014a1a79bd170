"""A terminal at the end of a slow line: everything shown late, and answered later."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.terminal import ANSWERS, SEEN, Terminal

STEP = 0.01
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as SSH makes one: it takes everything at once and hands it on slowly.

    Attributes:
        rate: bytes a second towards the terminal.
        delay: seconds there and back.
        buffer: bytes it holds; a program that writes more has to wait.
    """

    rate: float
    delay: float
    buffer: int = 1 << 20


class SlowTerminal(Terminal):
    """Reads as fast as it can into the line's buffer, shows at the line's rate."""

    def __init__(
        self,
        command: Sequence[str],
        line: Line,
        *,
        width: int,
        height: int,
        environ: dict[str, str],
    ) -> None:
        self.line = line
        self.shown = bytearray()
        self._queue = bytearray()
        self._credit = 0.0
        self._moved = time.perf_counter()
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        super().__init__(command, width=width, height=height, environ=environ, answers=False)

    def type(self, keys: bytes) -> None:
        """Press keys; they arrive half the delay later."""
        self._do_later(self.line.delay / 2, lambda: self.send(keys))

    @property
    def waiting(self) -> int:
        """Bytes in the line."""
        return len(self._queue)

    def read(self, timeout: float = STEP) -> bytes:
        """Move what is due; what became visible."""
        end = time.perf_counter() + timeout
        start = len(self.shown)
        while True:
            if len(self._queue) < self.line.buffer:
                self._queue += super().read(max(0.0, min(STEP, end - time.perf_counter())))
            else:
                time.sleep(STEP)
            self._move()
            if time.perf_counter() >= end:
                return bytes(self.shown[start:])

    def wait_for(self, text: bytes, timeout: float) -> float:
        """Look until `text` is newly shown; seconds it took to be seen.

        Raises:
            TimeoutError: it was not shown in time.
        """
        began, start = time.perf_counter(), len(self.shown)
        while time.perf_counter() - began < timeout:
            self.read()
            if text in self.shown[start:]:
                return time.perf_counter() - began + self.line.delay / 2
        raise TimeoutError(f"{text!r} was not shown within {timeout} s")

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> None:
        """Look until `condition` holds.

        Raises:
            TimeoutError: it did not in time.
        """
        end = time.perf_counter() + timeout
        while not condition():
            if time.perf_counter() > end:
                raise TimeoutError
            self.read()

    def _move(self) -> None:
        now = time.perf_counter()
        self._credit = min(
            self._credit + (now - self._moved) * self.line.rate, self.line.rate * 5 * STEP
        )
        self._moved = now
        count = min(int(self._credit), len(self._queue))
        if count:
            self._credit -= count
            self._show(bytes(self._queue[:count]))
            del self._queue[:count]
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def _show(self, data: bytes) -> None:
        """Let data leave the line; what it asks is answered a whole delay later."""
        before = len(self.shown) - 16
        self.shown += data
        for seen in SEEN.finditer(self.shown, max(before, 0)):
            if seen.end() > len(self.shown) - len(data) and seen[0] in ANSWERS:
                answer = ANSWERS[seen[0]]
                self._do_later(self.line.delay, lambda answer=answer: self.send(answer))

    def _do_later(self, delay: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._later, (time.perf_counter() + delay, next(self._order), action))
