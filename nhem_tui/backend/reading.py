"""Endpoints that only read: state, signal, ROI history, pictures."""

from __future__ import annotations

from collections.abc import Mapping

from nhem_tui.backend import limits
from nhem_tui.backend.caller import Caller
from nhem_tui.backend.line_types import EnhancedRealtime
from nhem_tui.backend.types import DualRealtime, Health, Realtime, Status
from nhem_tui.backend.window_types import RoiWindow, RoiWindowPeaks, Waveform, Window


class Reading(Caller):
    """State and data; none of it needs the password.

    With `lenient` a sample of which the server sends NaN, an infinity or null comes not finite;
    else such a reply is bad data as a whole.
    """

    async def health(self) -> Health:
        """Ask whether an NHEM server is there, and its version."""
        return await self._get("/health", Health)

    async def status(self, *, lenient: bool = False) -> Status:
        """Read state, newest frame number and value; safe whatever the state."""
        return await self._get("/status", Status, lenient=lenient)

    async def realtime(self, count: int = 100, *, lenient: bool = False) -> Realtime:
        """Read ``/data/realtime`` (1-1000 points); do not poll it, it disturbs the ROI history.

        Raises:
            ServerFault: also whenever detection is not running.
        """
        limits.REALTIME_COUNT.check(count)
        return await self._get("/data/realtime", Realtime, {"count": count}, lenient=lenient)

    async def dual_realtime(self, count: int = 1) -> DualRealtime:
        """Read both ROI pictures, with `count` (1-1000) copies of the current gray value.

        Raises:
            ServerFault: also whenever detection is not running.
        """
        limits.REALTIME_COUNT.check(count)
        return await self._get("/data/dual-realtime", DualRealtime, {"count": count})

    async def enhanced_realtime(self, count: int = 1, *, lines: bool = False) -> EnhancedRealtime:
        """Read as `dual_realtime`, with the result of line detection if `lines`."""
        limits.REALTIME_COUNT.check(count)
        return await self._get(
            "/data/realtime/enhanced",
            EnhancedRealtime,
            {"count": count, "include_line_intersection": lines},
        )

    async def window(self, count: int = 100, *, lenient: bool = False) -> Window:
        """Read the newest 50-200 frames of the main signal; fewer if the buffer holds fewer.

        Raises:
            NoData: no frame was made since the server began.
        """
        limits.WINDOW_COUNT.check(count)
        return await self._get("/data/window-capture", Window, {"count": count}, lenient=lenient)

    async def roi_window(self, count: int = 100, *, lenient: bool = False) -> RoiWindow:
        """Read the newest 50-500 ROI samples; fewer if there are fewer.

        Raises:
            NoData: the ROI history is empty.
        """
        limits.ROI_WINDOW_COUNT.check(count)
        return await self._get(
            "/data/roi-window-capture", RoiWindow, {"count": count}, lenient=lenient
        )

    async def roi_window_with_peaks(
        self,
        count: int = 100,
        *,
        threshold: float | None = None,
        margin_frames: int | None = None,
        difference_threshold: float | None = None,
    ) -> RoiWindowPeaks:
        """Read the newest 50-500 ROI samples with the server's own peaks.

        Look at `RoiWindowPeaks.fabricated`: without history the server invents a curve. Settings
        left out are those in force; `threshold` may be 0-200 here.
        """
        limits.ROI_WINDOW_COUNT.check(count)
        if threshold is not None:
            limits.CAPTURE_THRESHOLD.check(threshold)
        settings = {"margin_frames": margin_frames, "difference_threshold": difference_threshold}
        _check_peaks(settings)
        return await self._get(
            "/data/roi-window-capture-with-peaks",
            RoiWindowPeaks,
            {"count": count, "threshold": threshold, **settings},
        )

    async def waveform(
        self,
        count: int = 100,
        *,
        threshold: float | None = None,
        margin_frames: int | None = None,
        difference_threshold: float | None = None,
    ) -> Waveform:
        """Read the server's drawing of 10-500 ROI samples; invented if there is no history."""
        limits.WAVEFORM_COUNT.check(count)
        settings = {
            "threshold": threshold,
            "margin_frames": margin_frames,
            "difference_threshold": difference_threshold,
        }
        _check_peaks(settings)
        return await self._get("/data/waveform-with-peaks", Waveform, {"count": count, **settings})


def _check_peaks(settings: Mapping[str, float | None]) -> None:
    """Check the settings of peak detection that are given."""
    for name, value in settings.items():
        if value is not None:
            limits.PEAK_LIMITS[name].check(value)
