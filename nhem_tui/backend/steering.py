"""Endpoints that steer detection: commands, ROI, rates, peak settings, analysis."""

from __future__ import annotations

from typing import Literal

from nhem_tui.backend import limits
from nhem_tui.backend.caller import Caller
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.types import (
    Analysis,
    ControlReply,
    ControlStatus,
    Fps,
    PeakConfig,
    PeakState,
    RoiCapture,
    RoiFrameRate,
    RoiReply,
)
from nhem_tui.backend.wire import Call, encode_file

Command = Literal["start_detection", "stop_detection", "pause_detection", "resume_detection"]
"""What ``/control`` takes; pausing is the same as stopping there (contract section 4)."""


class Steering(Caller):
    """Commands and live settings.

    A reply that says success is no proof: read back what was set (contract sections 4 and 9).
    """

    async def control(self, command: Command) -> ControlReply:
        """Send a command; all four may be repeated without harm.

        Raises:
            InvalidValue: start without a configured ROI.
        """
        return await self._post("/control", ControlReply, {"command": command}, repeatable=True)

    async def start(self) -> ControlReply:
        """Start detection; the server wants a ROI that was set since it began."""
        return await self.control("start_detection")

    async def stop(self) -> ControlReply:
        """Stop detection; buffers, counters and ROI are kept."""
        return await self.control("stop_detection")

    async def pause(self) -> ControlReply:
        """Pause detection, which the server does by stopping."""
        return await self.control("pause_detection")

    async def resume(self) -> ControlReply:
        """Resume detection; without a ROI the server runs a simulated signal."""
        return await self.control("resume_detection")

    async def control_status(self) -> ControlStatus:
        """Read the state through ``/control``, which proves the password."""
        return await self._post("/control", ControlStatus, {"command": "STATUS"}, writes=False)

    async def peak_signal(self) -> PeakState:
        """Read the live detector's level through ``/control``."""
        return await self._post("/control", PeakState, {"command": "PEAK_SIGNAL"}, writes=False)

    async def analyze_realtime(self, duration: float | None = None) -> Analysis:
        """Read the analysis of the live signal; `duration` in seconds is ignored there."""
        form = {"realtime": True, "duration": duration}
        return await self._post("/analyze", Analysis, form, writes=False, locked=False)

    async def analyze_file(self, name: str, content: bytes) -> Analysis:
        """Send a file for analysis; the server ignores it and answers with live frames."""
        body, content_type = encode_file([("realtime", "false")], name, content)
        call = Call("POST", "/analyze", body=body, content_type=content_type)
        return await self._ask(call, Analysis)

    async def roi(self) -> RoiReply:
        """Read the ROI of the server's file; the live one cannot be read."""
        return await self._get("/roi/config", RoiReply)

    async def set_roi(self, x1: int, y1: int, x2: int, y2: int) -> RoiReply:
        """Set the ROI, in screen pixels, at least 50×50."""
        limits.check_roi(x1, y1, x2, y2)
        return await self._post("/roi/config", RoiReply, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})

    async def roi_capture(self) -> RoiCapture:
        """Take one picture of the ROI; adds a sample of another kind to the ROI history."""
        return await self._post("/roi/capture", RoiCapture)

    async def roi_frame_rate(self) -> RoiFrameRate:
        """Read the ROI frame rate of the server's file, in Hz."""
        return await self._get("/roi/frame-rate", RoiFrameRate)

    async def set_roi_frame_rate(self, rate: int) -> RoiFrameRate:
        """Set the ROI frame rate, 1-30 Hz, in force at once."""
        limits.ROI_FRAME_RATE.check(rate)
        return await self._post("/roi/frame-rate", RoiFrameRate, {"frame_rate": rate})

    async def fps(self) -> Fps:
        """Read the frame rate of the main signal as it was at the server's start."""
        return await self._get("/data/fps", Fps)

    async def set_fps(self, fps: int) -> Fps:
        """Write the frame rate, 10-120, to the server's file; in force after its restart."""
        limits.FPS.check(fps)
        return await self._post("/data/fps", Fps, {"fps": fps})

    async def peak_config(self) -> PeakConfig:
        """Read the settings of peak detection in force."""
        return await self._get("/peak-detection/config", PeakConfig)

    async def set_peak_config(
        self,
        *,
        threshold: float | None = None,
        margin_frames: int | None = None,
        difference_threshold: float | None = None,
        min_region_length: int | None = None,
    ) -> PeakConfig:
        """Change the settings given; the reply holds those in force, to compare.

        Raises:
            InvalidValue: nothing to change, or out of range.
        """
        settings = {
            "threshold": threshold,
            "margin_frames": margin_frames,
            "difference_threshold": difference_threshold,
            "min_region_length": min_region_length,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        if not given:
            raise InvalidValue("no setting of peak detection is given")
        for name, value in given.items():
            limits.PEAK_LIMITS[name].check(value)
        return await self._post("/peak-detection/config", PeakConfig, given, locked=False)
