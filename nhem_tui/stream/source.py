"""The one seam between where samples come from and who uses them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from nhem_tui.stream.events import Event


class Source(Protocol):
    """A live server or a recording; whatever stands to the right cannot tell them apart."""

    @property
    def label(self) -> str:
        """Where the data comes from, for the title line (a URL without secrets, a file name)."""
        ...

    def events(self) -> AsyncGenerator[Event, None]:
        """Yield events until the source ends or the iterator is closed; one iterator at a time."""
        ...

    def retry_now(self) -> None:
        """Cut a running back-off short."""
        ...

    def want_pictures(self, rate: float) -> None:
        """Ask for ROI pictures at `rate` per second; 0 for none."""
        ...
