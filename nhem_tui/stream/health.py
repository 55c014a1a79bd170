"""How the requests of one client go: how long they take, and what goes wrong with them."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from msgspec import Struct

from nhem_tui.analysis.statistics import percentiles
from nhem_tui.backend.errors import BackendError, FaultKind, NoData
from nhem_tui.stream.events import FloatArray

WINDOW: Final = 512
"""Latencies kept of each endpoint: a minute of the main signal, four minutes of the state."""

_UNANSWERED: Final = {FaultKind.REFUSED, FaultKind.UNREACHABLE}
"""Nothing took that time. A time-out is no answer either, but leaving it out would flatter."""


class LastError(Struct, frozen=True):
    """The newest error of an endpoint.

    Attributes:
        at: Unix time.
        kind: what the user must do differently.
        text: one clean line without the password.
    """

    at: float
    kind: FaultKind
    text: str


class EndpointHealth(Struct, frozen=True, eq=False):
    """What is known of one endpoint.

    Attributes:
        endpoint: method and path, e.g. ``GET /status``.
        count: requests since the program began, with those that failed.
        p50: seconds that half of the newest requests took at most; NaN when there are none.
        p95: likewise for 95 %.
        p99: likewise for 99 %.
        latencies: seconds of the newest requests, shape (n,), n up to `WINDOW`, oldest first.
        errors: how many of each kind.
        last_error: the newest, None when there was none.
    """

    endpoint: str
    count: int
    p50: float
    p95: float
    p99: float
    latencies: FloatArray
    errors: Mapping[FaultKind, int]
    last_error: LastError | None

    @property
    def failed(self) -> int:
        """Requests that brought an error."""
        return sum(self.errors.values())


class LinkHealth:
    """Observes every request; its memory is bounded, as the endpoints of a server are few."""

    def __init__(
        self,
        *,
        window: int = WINDOW,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Begin empty.

        Args:
            window: latencies kept of each endpoint.
            monotonic: seconds, for how long this has been going on.
            wall: Unix time, for when an error happened.
        """
        self.began = monotonic()
        self._window = window
        self._wall = wall
        self._endpoints: dict[str, _Tally] = {}

    def observe(self, endpoint: str, seconds: float, error: BackendError | None) -> None:
        """Take in one request; an `Observer` of the client.

        Args:
            endpoint: method and path.
            seconds: it took.
            error: what it brought instead of a reply.
        """
        tally = self._endpoints.setdefault(endpoint, _Tally(self._window))
        tally.count += 1
        if error is None or error.kind not in _UNANSWERED:
            tally.latencies.append(seconds)
        # An idle server has no data yet and says so: that is its answer.
        if error is not None and not isinstance(error, NoData):
            tally.errors[error.kind] += 1
            tally.last_error = LastError(self._wall(), error.kind, error.text)

    def endpoints(self) -> tuple[EndpointHealth, ...]:
        """Every endpoint asked so far, in the order of their first requests."""
        return tuple(tally.health(name) for name, tally in self._endpoints.items())


class _Tally:
    """Counts of one endpoint."""

    def __init__(self, window: int) -> None:
        self.count = 0
        self.latencies: deque[float] = deque(maxlen=window)
        self.errors: Counter[FaultKind] = Counter()
        self.last_error: LastError | None = None

    def health(self, endpoint: str) -> EndpointHealth:
        """What the counts amount to."""
        return EndpointHealth(
            endpoint,
            self.count,
            *percentiles(self.latencies),
            np.array(self.latencies, dtype=np.float64),
            dict(self.errors),
            self.last_error,
        )
