"""The parameters in force on a server, as a recording keeps them."""

from __future__ import annotations

import time
from contextlib import suppress

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.recording.schema import Parameters


async def read_parameters(client: BackendClient) -> Parameters:
    """Ask a server for its parameters; what it does not tell is left out.

    The region is that of the server's file: the live one cannot be read (contract section 3).
    """
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
    return Parameters(time.time(), values)
