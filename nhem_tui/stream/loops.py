"""The polling of a connection that is up: state, signal, ROI samples, pictures, parameters.

Only the state decides that the connection is lost. Where another endpoint fails, or does not
answer, the others go on.
"""

from __future__ import annotations

import asyncio
from typing import Final

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.stream import events as ev
from nhem_tui.stream.polling.main import MainPoller
from nhem_tui.stream.polling.parameters import ParameterPoller
from nhem_tui.stream.polling.pictures import PicturePoller
from nhem_tui.stream.polling.roi import RoiPoller
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.polling.state import StatePoller


class Loops:
    """Polls one server and emits what is new; keeps numbers and time over lost connections."""

    def __init__(
        self,
        client: BackendClient,
        emit: ev.Emit,
        room: asyncio.Event,
        *,
        interval: float,
        status_interval: float,
    ) -> None:
        """Prepare.

        Args:
            client: of the server.
            emit: told of every event.
            room: set while the reader keeps up; nothing is asked of the server while it is not.
            interval: seconds between looks at the main signal.
            status_interval: seconds between looks at the state.
        """
        self._shared = Shared(client, emit, room, interval)
        main = MainPoller(self._shared)
        self._pictures = PicturePoller(self._shared)
        self._pollers: Final = (
            StatePoller(self._shared, main, status_interval),
            main,
            RoiPoller(self._shared, main),
            self._pictures,
            ParameterPoller(self._shared),
        )

    async def run(self) -> BackendError:
        """Poll until the connection is lost.

        Returns:
            Why it counts as lost.
        """
        self._shared.begin()
        tasks = [
            asyncio.create_task(poller.poll(), name=type(poller).__name__)
            for poller in self._pollers
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                error = task.exception()
                if isinstance(error, BackendError):
                    return error
                if error is not None:
                    raise error
            raise AssertionError("all polling loops ended")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look_every(self, seconds: float) -> None:
        """Look at the main signal at another interval from now on."""
        self._shared.interval = seconds

    def look_now(self) -> None:
        """Look at the state and the parameters now, and whether the signal is measured."""
        self._shared.look_at_state.set()
        self._shared.parameters_due.set()
        if self._shared.ledger.simulated:
            self._shared.pictures_due.set()

    def want_pictures(self, rate: float) -> None:
        """Fetch pictures at `rate` per second from now on."""
        faster = rate > self._pictures.rate
        self._pictures.rate = rate
        if faster:
            self._shared.pictures_due.set()
