"""Replies that carry a stretch of history: numbered frames and ROI samples.

What is said twice in them, or of no use here, has no field, so that it cannot spoil the samples.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from nhem_tui.backend.picture import Picture, picture_bytes
from nhem_tui.backend.types import Interval, Reply, RoiSeries, Series
from nhem_tui.backend.whole import Count


class WindowMetadata(Struct, frozen=True, kw_only=True):
    """About a window of the main signal.

    Attributes:
        current_frame_count: number of the newest frame, which is the last of the series.
        actual_frame_count: length of the series, 0 where a server does not say.
    """

    current_frame_count: Count
    baseline: float = 0.0
    actual_frame_count: Count = 0


class Window(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/window-capture`` (contract section 5)."""

    series: Series
    capture_metadata: WindowMetadata


class RoiWindowMetadata(Struct, frozen=True, kw_only=True):
    """About a window of the ROI history; None where a server does not say.

    Attributes:
        available_roi_frames: samples now in the ROI history.
        roi_buffer_size: likewise, or its capacity; 0 when there is no history.
    """

    available_roi_frames: Count | None = None
    roi_buffer_size: Count | None = None


class RoiWindow(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/roi-window-capture`` (contract section 6).

    Attributes:
        series: each point with its own consecutive number.
        main_frame_range: frame counts at the capture of the first and last sample.
    """

    series: RoiSeries
    roi_frame_range: Interval
    main_frame_range: Interval
    capture_metadata: RoiWindowMetadata


class RoiWindowPeaks(RoiWindow, frozen=True, kw_only=True):
    """Reply of ``/data/roi-window-capture-with-peaks``; its `t` is synthetic (i / 60 s)."""

    peak_detection_results: Any = None
    peak_detection_params: Any = None

    @property
    def fabricated(self) -> bool:
        """The server made the series up, having no ROI history (contract section 7)."""
        metadata = self.capture_metadata
        held = (metadata.available_roi_frames, metadata.roi_buffer_size)
        if 0 in held or self.roi_frame_range[1] < 0:
            return True
        unsaid = held == (None, None)  # only then: documented servers count from 0
        return unsaid and bool(self.series) and self.series[0].roi_index == 0

    @property
    def green_peaks(self) -> tuple[Interval, ...]:
        """Stable peaks: indices into `series`, 0-based, inclusive."""
        return self._peaks("green_peaks")

    @property
    def red_peaks(self) -> tuple[Interval, ...]:
        """Unstable peaks: indices into `series`, 0-based, inclusive."""
        return self._peaks("red_peaks")

    @property
    def peak_error(self) -> str:
        """What the server's detector stumbled over, untrusted text; empty if it did not."""
        results = self.peak_detection_results
        error = results.get("error") if isinstance(results, dict) else None
        return str(error) if error else ""

    def _peaks(self, colour: str) -> tuple[Interval, ...]:
        """Return the well-formed intervals that lie inside the series."""
        results = self.peak_detection_results
        listed = results.get(colour) if isinstance(results, dict) else None
        if not isinstance(listed, list):
            return ()
        return tuple((item[0], item[1]) for item in listed if _is_interval(item, len(self.series)))


def _is_interval(item: object, length: int) -> bool:
    """Tell whether `item` is [start, end] with 0 <= start <= end < length."""
    return (
        isinstance(item, list)
        and len(item) == 2
        and all(type(index) is int for index in item)
        and 0 <= item[0] <= item[1] < length
    )


class Waveform(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/waveform-with-peaks``: a PNG of 600×300.

    Nothing tells whether its curve is made up; it is when ``/data/roi-window-capture`` answers
    that it has no data (contract section 7).
    """

    image_data: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def picture(self) -> Picture:
        """The PNG file, or a word why there is none."""
        return picture_bytes("base64", self.image_data)
