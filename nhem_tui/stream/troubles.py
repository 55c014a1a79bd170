"""Useless answers: which endpoints give them, how often to say so, how soon to ask again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from nhem_tui.backend.errors import BackendError
from nhem_tui.stream.events import Emit, Fault, Trouble

INTERVAL: Final = 2.0
"""Seconds between reports of the same trouble: a storm must not flood."""

SOON: Final = 0.1
"""Seconds between tries of an endpoint that has just got into trouble."""

LATE: Final = 1.0
"""Seconds between tries at most: the server keeps frames for two."""

PATIENCE: Final = 0.05
"""Share of the time it has been in trouble: who fails for long is asked less often."""


class Troubles:
    """Keeps count of the useless answers of each endpoint."""

    def __init__(
        self, emit: Emit, interval: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without any.

        Args:
            emit: told of trouble.
            interval: seconds after the first useless answer until the endpoint is asked again.
            monotonic: seconds, for how long there has been trouble.
        """
        self._emit = emit
        self._interval = interval
        self._monotonic = monotonic
        self._in_a_row: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._reported: dict[tuple[str, str], float] = {}

    def suffer(self, error: BackendError) -> float:
        """Count and report a useless answer.

        Returns:
            Seconds to wait before the endpoint is asked again.
        """
        self.report(error)
        now = self._monotonic()
        before = self.in_a_row(error.endpoint)
        self._in_a_row[error.endpoint] = before + 1
        lasting = now - self._since.setdefault(error.endpoint, now)
        at_first = self._interval * 2.0 ** min(before, 10)
        return min(at_first, max(SOON, min(PATIENCE * lasting, LATE)))

    def report(self, error: BackendError) -> None:
        """Tell about a useless answer, but not too often about the same."""
        now = self._monotonic()
        key = error.endpoint, error.kind
        if now - self._reported.get(key, -math.inf) >= INTERVAL:
            self._reported[key] = now
            self._emit(Trouble(time.time(), error.endpoint, Fault(error.kind, error.text)))

    def in_a_row(self, endpoint: str) -> int:
        """How many useless answers an endpoint gave since its last useful one."""
        return self._in_a_row.get(endpoint, 0)

    def over(self, endpoint: str) -> None:
        """Note a useful answer."""
        self._in_a_row.pop(endpoint, None)
        self._since.pop(endpoint, None)

    def forget(self) -> None:
        """Begin anew on another connection."""
        self._in_a_row.clear()
        self._since.clear()
