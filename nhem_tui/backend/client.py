"""The client of one NHEM server: one method for each endpoint of the API."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from nhem_tui.backend.configuring import Configuring
from nhem_tui.backend.lines import Lines
from nhem_tui.backend.reading import Reading
from nhem_tui.backend.steering import Steering
from nhem_tui.backend.way import TlsOptions

__all__ = ["BackendClient", "TlsOptions"]


class BackendClient(Reading, Steering, Configuring, Lines):
    """All endpoints over one pool of connections; close it when done.

    Every method raises a `BackendError`, whose text is one clean line without the password, and
    nothing else. Values are checked before they are sent (`nhem_tui.backend.limits`).
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
