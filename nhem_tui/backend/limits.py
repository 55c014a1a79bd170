"""The numbers a server takes without harm, checked before anything is sent.

One table for forms, command line and client. Where the server accepts more than is good for it,
`Limit.reason` says what would happen (contract sections 3, 7, 9 and 12).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from nhem_tui.backend.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Limit:
    """A range of allowed numbers.

    Attributes:
        label: the quantity in words, as it begins an error text.
        low: smallest allowed value.
        high: largest allowed value, infinite where there is none.
        whole: only whole numbers.
        unit: shown behind the range, may be empty.
        reason: why not more or less, where the server itself would accept it.
    """

    label: str
    low: float
    high: float
    whole: bool = False
    unit: str = ""
    reason: str = ""

    @property
    def range_text(self) -> str:
        """The range in words, e.g. ``a whole number from 1 to 30 Hz``."""
        kind = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        if math.isinf(self.high):
            return f"{kind}, at least {self.low:g}{unit}"
        return f"{kind} from {self.low:g} to {self.high:g}{unit}"

    def check(self, value: object) -> float:
        """Return `value` if it is allowed; a whole number comes back as `int`.

        Raises:
            InvalidValue: not a number (booleans, NaN and infinities are none) or out of range.
        """
        if isinstance(value, int if self.whole else int | float) and not isinstance(value, bool):
            number = cast(float, value)
            if self.low <= number <= self.high:
                return number
        reason = f"; {self.reason}" if self.reason else ""
        raise InvalidValue(f"{self.label} must be {self.range_text}{reason}")

    def nearest(self, value: float) -> float:
        """The allowed number nearest to `value`; where it must be whole an `int`, cut off."""
        number = min(max(value, self.low), self.high)
        return int(number) if self.whole else float(number)


THRESHOLD: Final = Limit("threshold", 50, 200, unit="gray levels")
CAPTURE_THRESHOLD: Final = Limit("threshold", 0, 200, unit="gray levels")
MARGIN_FRAMES: Final = Limit("margin", 1, 20, whole=True, unit="frames")
DIFFERENCE_THRESHOLD: Final = Limit("difference threshold", 0.1, 10, unit="gray levels")
MIN_REGION_LENGTH: Final = Limit(
    "minimum region length",
    1,
    10,
    whole=True,
    unit="frames",
    reason="11 to 20 would poison the server's configuration until it is reloaded",
)
ROI_FRAME_RATE: Final = Limit(
    "ROI frame rate",
    1,
    30,
    whole=True,
    unit="Hz",
    reason="the server takes 31 to 60, but then can save no other setting until a reload",
)
FPS: Final = Limit("data rate", 10, 120, whole=True, unit="frames/s")
ROI_COORDINATE: Final = Limit(
    "ROI coordinate",
    0,
    100_000,
    whole=True,
    unit="pixels",
    reason="the server answers one that is negative or huge with an internal error",
)
ROI_SIDE: Final = Limit(
    "ROI width and height",
    50,
    math.inf,
    whole=True,
    unit="pixels",
    reason="with a smaller region the server shows simulated data without a word",
)
REALTIME_COUNT: Final = Limit("count", 1, 1000, whole=True, unit="points")
WINDOW_COUNT: Final = Limit("count", 50, 200, whole=True, unit="frames")
ROI_WINDOW_COUNT: Final = Limit("count", 50, 500, whole=True, unit="ROI samples")
WAVEFORM_COUNT: Final = Limit("count", 10, 500, whole=True, unit="ROI samples")

PEAK_LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "threshold": THRESHOLD,
        "margin_frames": MARGIN_FRAMES,
        "difference_threshold": DIFFERENCE_THRESHOLD,
        "min_region_length": MIN_REGION_LENGTH,
    }
)
"""The settings of peak detection by the server's names."""

_HUE: Final = Limit("hue", 0, 179, whole=True)
_SATURATION: Final = Limit("saturation", 0, 255, whole=True)
_BYTE: Final = Limit("value", 0, 255, whole=True)
_COUNT: Final = Limit("value", 1, math.inf, whole=True)
_NOT_NEGATIVE: Final = Limit("value", 0, math.inf, whole=True)
_ANGLE: Final = Limit("angle", 0, 90, unit="degrees")

LINE_LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "hsv_green_lower_0": _HUE,
        "hsv_green_lower_1": _SATURATION,
        "hsv_green_lower_2": _BYTE,
        "hsv_green_upper_0": _HUE,
        "hsv_green_upper_1": _SATURATION,
        "hsv_green_upper_2": _BYTE,
        "canny_low_threshold": _BYTE,
        "canny_high_threshold": _BYTE,
        "hough_threshold": _COUNT,
        "hough_min_line_length": _COUNT,
        "hough_max_line_gap": _NOT_NEGATIVE,
        "min_confidence": Limit("confidence", 0, 1),
        "cache_timeout_ms": _NOT_NEGATIVE,
        "max_processing_time_ms": Limit("time", 50, math.inf, whole=True, unit="ms"),
        "min_angle_degrees": _ANGLE,
        "max_angle_degrees": _ANGLE,
        "parallel_threshold": Limit("parallel threshold", 0.0001, 1),
    }
)
"""The numeric settings of line detection by the server's names (contract section 3, row 28)."""

LINE_CHOICES: Final[Mapping[str, tuple[object, ...]]] = MappingProxyType(
    {"enabled": (True, False), "roi_processing_mode": ("roi1_only",)}
)
"""The other settings of line detection, with all they may be."""

_PORT: Final = Limit("port", 1, 65_535, whole=True)

CONFIG_LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "server.port": _PORT,
        "server.socket_port": _PORT,
        "data_processing.fps": Limit("frame rate", 1, 120, whole=True, unit="frames/s"),
        "data_processing.buffer_size": Limit("buffer", 10, 1000, whole=True, unit="frames"),
        "data_processing.max_frame_count": Limit("frame count", 100, 100_000, whole=True),
        "roi_capture.frame_rate": Limit(
            "ROI frame rate",
            1,
            30,
            whole=True,
            unit="Hz",
            reason="with a fraction in its file the server does not start any more",
        ),
        "roi_capture.update_interval": Limit("interval", 0.1, 10, unit="s"),
        "peak_detection.threshold": CAPTURE_THRESHOLD,
        "peak_detection.margin_frames": MARGIN_FRAMES,
        "peak_detection.difference_threshold": Limit(
            "difference threshold", 0, 10, unit="gray levels"
        ),
        "peak_detection.min_region_length": MIN_REGION_LENGTH,
    }
)
"""The numbers of the server's configuration file by section and key (contract section 9), and
ports, of which it would take any and then not start."""


def check_roi(x1: int, y1: int, x2: int, y2: int) -> None:
    """Check the corners of a region of interest, in screen pixels.

    Raises:
        InvalidValue: a corner is no whole number >= 0, the second does not lie right of and below
            the first, or a side is shorter than 50 pixels.
    """
    for corner in (x1, y1, x2, y2):
        ROI_COORDINATE.check(corner)
    for axis, near, far in (("x", x1, x2), ("y", y1, y2)):
        if far <= near:
            raise InvalidValue(f"ROI {axis}2 must be more than {axis}1, not {far} and {near}")
        ROI_SIDE.check(far - near)
