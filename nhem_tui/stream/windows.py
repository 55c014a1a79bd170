"""From replies of the server to windows; what contradicts itself is bad data, never guessed.

A sample without a value or a possible time keeps its number, so it stays in the window with the
value NaN; at the end it is left out, as its value may come yet. Times that run backwards come from
a clock that was set: such a step is taken for a usual one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from nhem_tui.backend.errors import BadData
from nhem_tui.backend.types import Point, Realtime, Status
from nhem_tui.backend.window_types import RoiWindow
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.stream.events import FloatArray
from nhem_tui.stream.window import Window, mended

STATUS: Final = "GET /status"
MAIN: Final = "GET /data/window-capture"
REALTIME: Final = "GET /data/realtime"
ROI: Final = "GET /data/roi-window-capture"
PICTURES: Final = "GET /data/dual-realtime"

LONGEST: Final = 2.0**32
"""Seconds that a time can say: 136 years, up to which a float has room for microseconds."""


def main_window(reply: WindowReply) -> Window | None:
    """The frames of ``/data/window-capture``, None when it holds none.

    The last point is frame N, the server's counter (contract section 5).

    Raises:
        BadData: the counter is smaller than the number of points, or a point is missing or there
            twice, so that the numbers of those before it are unknown.
    """
    if not reply.series:
        return None
    meant = reply.capture_metadata.actual_frame_count or len(reply.series)
    if meant != len(reply.series):
        text = f"{len(reply.series)} frames where the reply says there are {meant}"
        raise BadData(text, endpoint=MAIN)
    newest = reply.capture_metadata.current_frame_count
    return _window(newest - len(reply.series) + 1, *_arrays(reply.series), MAIN)


def roi_window(reply: RoiWindow) -> Window | None:
    """The samples of ``/data/roi-window-capture``, None when it holds none.

    Raises:
        BadData: the numbers are not consecutive.
    """
    series = reply.series
    if not series:
        return None
    numbers = np.fromiter((point.roi_index for point in series), np.int64, len(series))
    if np.any(np.diff(numbers) != 1):
        raise BadData("roi_index jumps inside one window", endpoint=ROI)
    t = np.fromiter((point.t for point in series), np.float64, len(series))
    values = np.fromiter((point.gray_value for point in series), np.float64, len(series))
    return _window(int(numbers[0]), t, values, ROI)


def realtime_window(reply: Realtime, last: int | None) -> Window | None:
    """The frames of ``/data/realtime`` that came after `last`, None when there are none.

    Only the difference of ``frame_count`` counts.
    """
    series = reply.series
    new = reply.frame_count - (last or 0)
    if not series or new <= 0:  # a lower count is for /status to explain
        return None
    t, values = _arrays(series)
    kept = min(new, len(series))
    return _window(reply.frame_count - kept + 1, t[-kept:], values[-kept:], REALTIME)


def holds_copies(reply: Realtime) -> bool:
    """Tell whether the series is one value, copied.

    With an ROI that is the gray value of ROI 1, and the signal is that of ROI 2 (contract section
    3, row 3).
    """
    _, values = _arrays(reply.series)
    return len(values) > 1 and np.array_equal(values[1:], values[:-1], equal_nan=True)


def newest_frame(status: Status, last: int | None) -> Window | None:
    """The frame whose value ``/status`` tells, None when it is `last` or older."""
    if status.frame_count <= (last or 0):
        return None
    return _window(status.frame_count, np.zeros(1), np.array([status.current_value]), STATUS)


def _arrays(series: Sequence[Point]) -> tuple[FloatArray, FloatArray]:
    t = np.fromiter((point.t for point in series), np.float64, len(series))
    return t, np.fromiter((point.value for point in series), np.float64, len(series))


def _window(first: int, t: FloatArray, values: FloatArray, endpoint: str) -> Window:
    if first < 1:
        raise BadData("more samples than were ever counted", endpoint=endpoint)
    timed = np.abs(t) < LONGEST
    whole = timed & np.isfinite(values)
    if not whole.any():
        raise BadData("NaN in the reply: no sample has a value", endpoint=endpoint)
    if not whole.all():
        index = np.arange(np.flatnonzero(whole)[-1] + 1)
        timed, whole = timed[index], whole[index]
        t = np.interp(index, index[timed], t[index][timed])
        values = np.where(whole, values[index], np.nan)
    return Window(first, mended(t, Window(first, t, values)), values)
