"""From replies to numbered samples, without numpy; what contradicts itself is bad data.

The stream does the same with arrays (`nhem_tui.stream.windows`), and forgives more: it sees the
same samples again.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from nhem_tui.backend.errors import BadData
from nhem_tui.backend.window_types import RoiWindow, Window

MAIN: Final = "GET /data/window-capture"
ROI: Final = "GET /data/roi-window-capture"


class Numbered(NamedTuple):
    """Consecutive samples of one channel, at least one.

    Attributes:
        first: number of the first: of the frame, or its roi_index.
        t: seconds since the first sample of the reply, non-decreasing.
        values: gray levels.
    """

    first: int
    t: tuple[float, ...]
    values: tuple[float, ...]


def number_frames(reply: Window) -> Numbered | None:
    """The frames of ``/data/window-capture``, None when it holds none.

    The last point is frame N, the server's counter (contract section 5).

    Raises:
        BadData: the counter is smaller than the number of points, or a point is missing or there
            twice, so that the numbers of those before it are unknown.
    """
    series = reply.series
    if not series:
        return None
    meant = reply.capture_metadata.actual_frame_count or len(series)
    if meant != len(series):
        text = f"{len(series)} frames where the reply says there are {meant}"
        raise BadData(text, endpoint=MAIN)
    first = reply.capture_metadata.current_frame_count - len(series) + 1
    t = tuple(point.t for point in series)
    return _numbered(first, t, tuple(point.value for point in series), MAIN)


def number_roi_samples(reply: RoiWindow) -> Numbered | None:
    """The samples of ``/data/roi-window-capture``, None when it holds none.

    Raises:
        BadData: the numbers are not consecutive.
    """
    series = reply.series
    if not series:
        return None
    first = series[0].roi_index
    if any(point.roi_index != first + i for i, point in enumerate(series)):
        raise BadData("roi_index jumps inside one window", endpoint=ROI)
    t = tuple(point.t for point in series)
    return _numbered(first, t, tuple(point.gray_value for point in series), ROI)


def _numbered(
    first: int, t: tuple[float, ...], values: tuple[float, ...], endpoint: str
) -> Numbered:
    """Check what every window promises.

    Raises:
        BadData: there are more samples than were counted.
    """
    if first < 1:
        raise BadData("more samples than were ever counted", endpoint=endpoint)
    return Numbered(first, _mended(t), values)


def _mended(t: tuple[float, ...]) -> tuple[float, ...]:
    """Times without the steps of a clock that was set back, as `stream.window` mends them."""
    steps = [after - before for before, after in pairwise(t)]
    if all(step >= 0 for step in steps):
        return t
    usual = sorted(steps)[len(steps) // 2]
    return tuple(accumulate((usual if step < 0 else step for step in steps), initial=t[0]))
