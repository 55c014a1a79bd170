"""When to paint: not faster than the terminal at the other end of the line takes it.

Bytes that were written are not bytes that were shown: SSH and the network queue megabytes of
them. So a paint is followed by a question (a cursor position report), and the time to its answer
tells how long the queue is. As in LEDBAT (RFC 6817), as many bytes may be on their way as bring
no delay worth mentioning over the shortest one seen; to know that, a question goes ahead of a
paint now and then.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final, Literal, NamedTuple

QUICK: Final = 0.05
"""Seconds that a paint and its queue may take on the line before no more bytes are let on it."""

SLOW: Final = 0.15
"""Seconds above which fewer are."""

SMALLEST: Final = 1024
LARGEST: Final = 1 << 18
"""Limits of the bytes on their way; less than a frame means: one frame at a time."""

HUSH: Final = 0.25
"""Seconds between paints until the first answer: nobody knows yet how fast the line is."""

AGAIN: Final = 2.0
"""Seconds until a terminal that never answered is asked once more: an answer can be lost."""

MUTE: Final = 5.0
"""Seconds after which it is not waited for any more, and still asked."""

GIVE_UP: Final = 5.0
"""Seconds after which an answer is taken as lost, and asked for again."""

CALM: Final = 5
"""Quick answers in a row after which a question now and then is enough."""

SELDOM: Final = 0.5
"""Seconds between questions to a terminal that keeps up."""

MEMORY: Final = 60.0
"""Seconds for which the shortest delay is believed, twice at the most."""


Asked = Literal["before", "after", "not"]
"""Where a paint is joined by a question."""


class _Question(NamedTuple):
    sent: int
    at: float


class Pace:
    """Keeps the account of one terminal; times are monotonic seconds, sizes bytes.

    Attributes:
        lag: seconds that the newest answer took, None before the first.
    """

    def __init__(self) -> None:
        self.lag: float | None = None
        self._questions: deque[_Question] = deque()
        self._mute = False
        self._shown = 0
        self._window = float(SMALLEST)
        self._held = False
        self._calm = 0
        self._painted_at = self._asked_at = self._measured_at = -math.inf
        self._began = math.inf
        self._shortest = [math.inf, math.inf]

    @property
    def unanswered(self) -> int:
        """Questions whose answers may be on their way; none to a terminal that never answered."""
        return 0 if self._mute else len(self._questions)

    def ready(self, sent: int, backlog: int, now: float) -> bool:
        """Tell whether something may be painted.

        Args:
            sent: bytes handed over so far.
            backlog: those of them that this machine has not taken yet.
            now: monotonic seconds.
        """
        if backlog:
            return False
        if not self._questions or self._mute:
            return True
        waited = now - self._questions[0].at
        if self.lag is None:
            self._mute = now - self._began > MUTE
            return now - self._painted_at > HUSH
        if waited > GIVE_UP:
            self._questions.clear()
            return True
        free = sent - self._shown < self._window
        self._held |= not free
        return free

    def asks(self, sent: int, size: int, now: float) -> Asked:
        """Tell where a paint shall be joined by a question, and remember that it is.

        Args:
            sent: bytes handed over so far, the paint not among them.
            size: bytes of the paint.
            now: monotonic seconds.
        """
        self._painted_at = now
        if self._questions and self.lag is None:
            if now - self._asked_at < AGAIN:
                return "not"
            self._questions.clear()
        ahead = False
        if not self._questions:
            self._shown = sent
            ahead = now - self._measured_at > MEMORY
            if not ahead and self._calm >= CALM and now - self._asked_at < SELDOM:
                return "not"
        if ahead:
            self._measured_at = now
            self._shortest = [math.inf, self._shortest[0]]
        self._questions.append(_Question(sent if ahead else sent + size, now))
        self._asked_at = now
        self._began = min(self._began, now)
        return "before" if ahead else "after"

    def answered(self, now: float) -> None:
        """Take in that the terminal has answered the oldest question."""
        self._mute = False
        if not self._questions:
            return  # one that was given up
        sent, asked_at = self._questions.popleft()
        self._shown = max(self._shown, sent)
        self.lag = now - asked_at
        self._shortest[0] = min(self._shortest[0], self.lag)
        queue = self.lag - min(self._shortest)
        if queue < QUICK:
            self._calm += 1
            if self._held:
                self._window = min(self._window * 1.5, LARGEST)
        elif queue > SLOW:
            self._calm = 0
            self._window = max(self._window * 0.6, SMALLEST)
        self._held = False
