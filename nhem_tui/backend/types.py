"""The replies of the NHEM API as frozen structs (contract section 3).

Strict where what is shown as measured depends on it: counters are whole numbers >= 0, samples
are finite numbers. Lenient elsewhere: unknown fields are ignored, fields that servers leave out
have defaults, and those whose shape varies are kept as decoded JSON.
"""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from nhem_tui.backend.json_values import DEEPEST, is_too_deep
from nhem_tui.backend.picture import Picture, picture_bytes
from nhem_tui.backend.roi import Roi
from nhem_tui.backend.sanitize import clean_text, mask_passwords
from nhem_tui.backend.whole import Count, Whole

PeakSignal = int | bool | None
"""1 or null, 0 on servers that follow their documentation; a level, not an event."""

Interval = tuple[Whole, Whole]
"""First and last index, inclusive."""


_YEARS: Final = range(1970, 9999)
"""That a clock can show; with others times of day cannot be reckoned in every time zone."""


class Loose(Struct, frozen=True, kw_only=True):
    """What may have fields that hold any JSON, as long as it is not too deep to walk."""

    def __post_init__(self) -> None:
        """Check how deep it is; what is raised here makes a reply bad data."""
        if is_too_deep([getattr(self, name) for name in self.__struct_fields__]):
            raise ValueError(f"nested more than {DEEPEST} levels deep")


class Reply(Loose, frozen=True, kw_only=True):
    """What replies have in common.

    Attributes:
        timestamp: when the server wrote the reply, in its own words; use `time`.
        success: false in some refusals that come with status 200.
        message: words of the server, untrusted text.
    """

    timestamp: Any = None
    success: bool = True
    message: str | None = None

    @property
    def time(self) -> datetime | None:
        """When the server wrote the reply, aware and in UTC; None where it does not say.

        A time without zone is UTC (contract section 1). No sample depends on it, so that a
        clock that shows nonsense spoils no reply.
        """
        with suppress(msgspec.ValidationError, OverflowError):
            told = msgspec.convert(self.timestamp, datetime)
            aware = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
            return aware if aware.year in _YEARS else None
        return None

    @property
    def unix(self) -> float:
        """Unix time of the reply by the server's clock, NaN where it does not say."""
        return math.nan if (time := self.time) is None else time.timestamp()


class Point(Struct, frozen=True, gc=False):
    """One sample: seconds since the first point of the reply, gray level."""

    t: float
    value: float


class RoiPoint(Struct, frozen=True, gc=False):
    """One sample of the ROI history: seconds, gray level, consecutive number."""

    t: float
    gray_value: float
    roi_index: Count


Series = Annotated[tuple[Point, ...], Meta(max_length=10_000)]
RoiSeries = Annotated[tuple[RoiPoint, ...], Meta(max_length=10_000)]


class Health(Struct, frozen=True):
    """Reply of ``/health``: constant, says nothing about detection; its words are fit to show."""

    status: str
    system: str
    version: str = ""

    def __post_init__(self) -> None:
        """Clean the words: they go to the screen and into recordings."""
        for name in ("status", "system", "version"):
            msgspec.structs.force_setattr(self, name, clean_text(getattr(self, name), 80))


class Status(Reply, frozen=True, kw_only=True):
    """Reply of ``/status``. After a stop all values stay at those of the last frame.

    Attributes:
        status: the server's own word, untrusted; use `state`.
        frame_count: number of the newest frame since the server process began.
        current_value: gray level of that frame.
        buffer_size: frames now in the buffer, not its capacity.
    """

    status: str
    frame_count: Count
    current_value: float
    baseline: float
    peak_signal: PeakSignal = None
    buffer_size: Count = 0

    @property
    def state(self) -> Literal["running", "stopped", "error"]:
        """The state in one of the three words there are; paused is stopped."""
        word = self.status.strip().lower()
        if word == "running":
            return "running"
        return "error" if word == "error" else "stopped"

    @property
    def peak(self) -> bool:
        """The server's live detector sees a peak somewhere in its last 100 frames."""
        return bool(self.peak_signal)


class RoiData(Struct, frozen=True, kw_only=True):
    """The picture of one ROI.

    Attributes:
        width: of the region on the server's screen, in pixels, 0 where unknown.
        height: likewise.
        pixels: a data URL, bare base64 or a word; use `picture`.
        gray_value: mean gray level, the baseline where nothing could be captured.
    """

    gray_value: float
    width: Count = 0
    height: Count = 0
    pixels: str = ""
    format: str = "base64"

    @property
    def picture(self) -> Picture:
        """The PNG file, or the word sent instead; decoded at every call."""
        return picture_bytes(self.format, self.pixels)


class DualRoi(Struct, frozen=True, kw_only=True):
    """Both pictures and the rectangles the server names; `roi2_config` is wrong there."""

    roi1_data: RoiData
    roi2_data: RoiData
    roi1_config: Roi | None = None
    roi2_config: Roi | None = None


class Realtime(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/realtime``; its series is no history (contract section 3, row 3)."""

    frame_count: Count
    series: Series
    roi_data: RoiData | None = None
    peak_signal: PeakSignal = None
    enhanced_peak: Any = None
    baseline: float = 0.0


class DualRealtime(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/dual-realtime``: the pictures, and whether the signal is simulated.

    `frame_count` and `baseline` are 0 without a configured ROI although frames flow.
    """

    frame_count: Count
    series: Series
    dual_roi_data: DualRoi
    peak_signal: PeakSignal = None
    enhanced_peak: Any = None
    baseline: float = 0.0


class ControlReply(Reply, frozen=True, kw_only=True):
    """Reply to a command; it says success also when nothing changed (contract section 4)."""

    command: str
    status: str


class ControlStatus(Reply, frozen=True, kw_only=True):
    """Reply to ``STATUS``."""

    server_status: str
    connected_clients: Count = 0
    last_peak_signal: PeakSignal = None


class PeakState(Reply, frozen=True, kw_only=True):
    """Reply to ``PEAK_SIGNAL``."""

    frame_count: Count
    current_value: float
    signal: PeakSignal = None
    has_peak: bool = False


class AnalysisPoint(Loose, frozen=True, kw_only=True):
    """One sample of ``/analyze``; the further curves are as the server sends them."""

    t: float
    value: float
    ref: Any = None
    std: Any = None
    high: Any = None
    orange: Any = None


class Analysis(Reply, frozen=True, kw_only=True):
    """Reply of ``/analyze``: always the last live frames, whatever was sent (contract §7)."""

    has_hem: bool
    series: Annotated[tuple[AnalysisPoint, ...], Meta(max_length=10_000)]
    events: list[Any] = field(default_factory=list)
    baseline: float = 0.0
    realtime: bool = False
    peak_signal: PeakSignal = None
    enhanced_peak: Any = None
    peak_regions: Any = None
    frame_count: Count = 0


class RoiReply(Reply, frozen=True, kw_only=True):
    """Reply of ``/roi/config``: the file's region, not always the live one."""

    config: Roi


class RoiCapture(Reply, frozen=True, kw_only=True):
    """Reply of ``/roi/capture``."""

    roi_data: RoiData
    config: Roi | None = None


class RoiFrameRate(Reply, frozen=True, kw_only=True):
    """Reply of ``/roi/frame-rate``, in Hz; not the real rate until it was set once."""

    frame_rate: float


class Fps(Reply, frozen=True, kw_only=True):
    """Reply of ``/data/fps``: frames a second since the server's start."""

    fps: float


class PeakConfig(Reply, frozen=True, kw_only=True):
    """Reply of ``/peak-detection/config``: the values in force."""

    threshold: float
    margin_frames: Whole
    difference_threshold: float
    min_region_length: Whole | None = None


class ServerConfig(Loose, frozen=True):
    """Reply of ``/config``: the file, with the password in it.

    Attributes:
        config: sections and their values, or one section's values.
        section: name of the one section asked for, empty for all.
    """

    config: dict[str, Any]
    section: str = ""

    @property
    def masked(self) -> object:
        """The configuration with passwords masked, fit to show."""
        return mask_passwords(self.config)

    def __repr__(self) -> str:
        return f"ServerConfig(section={self.section!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("section", self.section)]


class ConfigExport(Reply, frozen=True, kw_only=True):
    """Reply of ``/config/export``: the file as JSON text, with the password in it."""

    config_json: str

    def __repr__(self) -> str:
        return "ConfigExport()"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return []


class Done(Reply, frozen=True, kw_only=True):
    """Reply of requests that answer with nothing but success."""

    success: bool
