"""From replies of the server to windows, as arrays; what contradicts itself is bad data."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhem_tui.backend.numbering import (
    MAIN,
    ROI,
    Numbered,
    number_frames,
    number_roi_samples,
    numbered,
)
from nhem_tui.backend.types import Realtime
from nhem_tui.backend.window_types import RoiWindow
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.stream.stitch import Window

__all__ = [
    "MAIN",
    "PICTURES",
    "REALTIME",
    "ROI",
    "STATUS",
    "main_window",
    "realtime_window",
    "roi_window",
]

STATUS: Final = "GET /status"
REALTIME: Final = "GET /data/realtime"
PICTURES: Final = "GET /data/dual-realtime"


def main_window(reply: WindowReply) -> Window | None:
    """The frames of ``/data/window-capture``, None when it holds none.

    Raises:
        BadData: see `number_frames`.
    """
    return _window(number_frames(reply))


def roi_window(reply: RoiWindow) -> Window | None:
    """The samples of ``/data/roi-window-capture``, None when it holds none.

    Raises:
        BadData: see `number_roi_samples`.
    """
    return _window(number_roi_samples(reply))


def realtime_window(reply: Realtime, last: int | None) -> Window | None:
    """The frames of ``/data/realtime`` that came after `last`, None when there are none.

    Only the difference of ``frame_count`` counts. With an ROI the series is one gray value,
    copied (contract section 3, row 3): then only the newest frame is a measurement.

    Raises:
        BadData: time runs backwards.
    """
    series = reply.series
    new = reply.frame_count - (last or 0)
    if not series or new <= 0:  # a lower count is for /status to explain
        return None
    copies = len(series) > 1 and all(point.value == series[0].value for point in series)
    kept = series[-1:] if copies else series[-new:]
    t, values = [point.t for point in kept], [point.value for point in kept]
    return _window(numbered(reply.frame_count - len(kept) + 1, t, values, REALTIME))


def _window(samples: Numbered | None) -> Window | None:
    if samples is None:
        return None
    t, values = np.array(samples.t, np.float64), np.array(samples.values, np.float64)
    return Window(samples.first, t, values)
