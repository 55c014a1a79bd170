"""Reads the parameters in force on the server, and tells when they have changed."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.stream import events as ev
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.waiting import wait_at_most

INTERVAL: Final = 10.0
"""Seconds between looks: anybody may change them."""

IDLE_INTERVAL: Final = 30.0
"""Likewise while detection is stopped, and nothing is measured by them."""


class ParameterPoller:
    """Looks at the beginning of a connection, after a restart, and now and then."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._told: dict[str, object] = {}

    async def poll(self) -> None:
        """Poll until cancelled."""
        shared = self._shared
        while True:
            await shared.room.wait()
            shared.parameters_due.clear()
            values = self._told | await read_parameters(shared.client)
            if values != self._told:
                self._told = values
                shared.emit(ev.Parameters(time.time(), values))
            interval = INTERVAL if shared.running else IDLE_INTERVAL
            await wait_at_most(shared.parameters_due, interval)


async def read_parameters(client: BackendClient) -> dict[str, object]:
    """Ask a server for its parameters, as in `Parameters`; what it does not tell is left out."""
    values: dict[str, object] = {}
    with suppress(BackendError):
        peaks = await client.peak_config()
        values["peak_threshold"] = peaks.threshold
        values["difference_threshold"] = peaks.difference_threshold
        values["margin_frames"] = peaks.margin_frames
        values["min_region_length"] = peaks.min_region_length
    with suppress(BackendError):
        roi = (await client.roi()).config
        values["roi"] = [roi.x1, roi.y1, roi.x2, roi.y2]
    with suppress(BackendError):
        values["roi_frame_rate"] = (await client.roi_frame_rate()).frame_rate
    with suppress(BackendError):
        values["fps"] = (await client.fps()).fps
    return values
