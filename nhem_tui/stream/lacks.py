"""What a server does not have: said once, and true until it turns out to be there."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from nhem_tui.backend.errors import BackendError, NoData
from nhem_tui.stream.events import Emit, Notice
from nhem_tui.stream.windows import MAIN, PICTURES, ROI

RECHECK: Final = 30.0
"""Seconds until an endpoint that was missing is asked again."""

DOUBT: Final = 2.0
"""Seconds for which an endpoint that was there must be missing until that is believed: a proxy says
so, too, and so long the server keeps its frames."""

_NOT_THERE: Final = frozenset({404, 405, 501})


class _Words(NamedTuple):
    fact: str
    missing: str
    there: str


_WORDS: Final = {
    MAIN: _Words(
        "no window capture",
        "This server has no window capture: only the newest frames are seen, the ones between"
        " are lost",
        "This server has window capture again: every frame is seen",
    ),
    ROI: _Words(
        "no ROI samples",
        "This server has no ROI window capture: no ROI samples, and no peaks found in them",
        "This server has ROI window capture again",
    ),
    PICTURES: _Words(
        "no ROI pictures",
        "This server has no ROI pictures: only the curve tells whether frames are made up",
        "This server has ROI pictures again",
    ),
}


class Lacks:
    """The endpoints for data that a server does not have."""

    def __init__(self, emit: Emit) -> None:
        """Begin with nothing known to be missing."""
        self._emit = emit
        self._missing: set[str] = set()
        self._there: set[str] = set()
        self._doubted: dict[str, float] = {}  # monotonic seconds since when

    def __contains__(self, endpoint: str) -> bool:
        return endpoint in self._missing

    def are_told_by(self, error: BackendError, endpoint: str) -> bool:
        """Tell whether an error says that the endpoint is missing, and is to be believed."""
        if not is_missing(error):
            return False
        now = time.monotonic()
        since = self._doubted.setdefault(endpoint, now)
        return endpoint not in self._there or now - since >= DOUBT

    def note(self, endpoint: str, *, missing: bool) -> None:
        """Take in whether an endpoint is missing; tell when that is new."""
        (self._there.discard if missing else self._there.add)(endpoint)
        self._doubted.pop(endpoint, None)
        if missing == (endpoint in self):
            return
        words = _WORDS[endpoint]
        if missing:
            self._missing.add(endpoint)
            self._emit(Notice(time.time(), words.missing, words.fact))
        else:
            self._missing.discard(endpoint)
            self._emit(Notice(time.time(), words.there, words.fact, over=True))


def is_missing(error: BackendError) -> bool:
    """Tell whether an error says that a server which is known to be NHEM lacks the endpoint.

    Whoever stands in front of it may say so in any words; only `NoData` is the endpoint's own.
    """
    return error.status in _NOT_THERE and not isinstance(error, NoData)
