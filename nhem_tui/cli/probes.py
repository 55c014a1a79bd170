"""What ``check`` asks of a server, and what each answer means.

Replies are decoded into their structs, so that an answer of another shape is bad data; what the
contract promises beyond shapes is checked here.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import (
    BackendError,
    BadData,
    LinkError,
    NoData,
    RouteMissing,
    ServerFault,
    Unauthorised,
)
from nhem_tui.backend.limits import ROI_WINDOW_COUNT
from nhem_tui.backend.picture import Picture
from nhem_tui.backend.roi import Roi
from nhem_tui.cli.config_values import parse_value
from nhem_tui.cli.made_up import made_up
from nhem_tui.cli.numbering import number_frames, number_roi_samples

Result = Literal["ok", "differs", "refused", "password", "no answer", "not asked"]

Ask = Callable[["Server"], Awaitable[str]]
"""Asks one thing and returns a note, mostly empty."""

_FEWEST: Final = int(ROI_WINDOW_COUNT.low)
_WHILE_STOPPED: Final = "only while detection runs"


@dataclass(slots=True)
class Server:
    """The server that is looked at, and what is known of it so far.

    Attributes:
        running: detection ran when it was asked.
        config: its configuration file; empty before that was read.
        region: the live ROI; known only while detection runs.
    """

    client: BackendClient
    running: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    region: Roi | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to ask.

    Attributes:
        endpoint: as it stands in the table.
        ask: asks, and returns a note; raises `BadData` for what the contract excludes.
        only_running: a server that does not run detection answers with an internal error.
    """

    endpoint: str
    ask: Ask
    only_running: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a probe.

    Attributes:
        seconds: until the answer; None where nothing was asked.
        note: what else there is to know, may be empty.
    """

    endpoint: str
    result: Result
    seconds: float | None
    note: str


class SkippedError(Exception):
    """A probe cannot be asked without harm; the text says why."""


def not_asked(endpoint: str, reason: str) -> Finding:
    """Return the finding for what is left out."""
    return Finding(endpoint, "not asked", None, reason)


async def look(probe: Probe, server: Server) -> Finding:
    """Ask one thing and judge the answer."""
    began = time.perf_counter()
    result: Result
    try:
        note = await probe.ask(server)
        result = "ok"
    except SkippedError as reason:
        return not_asked(probe.endpoint, str(reason))
    except BackendError as error:
        result, note = _judge(error, probe, server)
    return Finding(probe.endpoint, result, time.perf_counter() - began, note)


def _judge(error: BackendError, probe: Probe, server: Server) -> tuple[Result, str]:
    match error:
        case LinkError():
            return "no answer", error.text
        case ServerFault() if probe.only_running and not server.running:
            return "ok", _WHILE_STOPPED
        case NoData():
            return "ok", "no data yet"
        case Unauthorised():
            return "password", error.text
        case BadData() | RouteMissing():
            return "differs", error.text
        case _:
            return "refused", error.text


async def _health(server: Server) -> str:
    health = await server.client.health()
    if health.status != "ok":
        raise BadData(f"status is {health.status!r}, not 'ok'")
    return f"version {health.version}"


async def _status(server: Server) -> str:
    status = await server.client.status()
    server.running = status.state == "running"
    return f"{status.state}, frame {status.frame_count}"


async def _dual(server: Server) -> str:
    reply = await server.client.dual_realtime()
    picture = reply.dual_roi_data.roi1_data.picture
    if picture.png:
        server.region = reply.dual_roi_data.roi1_config
    return _picture_note(picture)


async def _enhanced(server: Server) -> str:
    reply = await server.client.enhanced_realtime(lines=True)
    failure = reply.line_intersection.error_message if reply.line_intersection else None
    return f"line detection: {failure}" if failure else ""


async def _window(server: Server) -> str:
    samples = number_frames(await server.client.window(_FEWEST))
    if samples is not None and any(made_up(samples.values)):
        return "SIMULATED: no region is captured"
    return ""


async def _roi_window(server: Server) -> str:
    number_roi_samples(await server.client.roi_window(_FEWEST))
    return ""


async def _peaks(server: Server) -> str:
    found = await server.client.roi_window_with_peaks(_FEWEST)
    if found.fabricated:
        return "SIMULATED: there are no ROI samples"
    return f"its detector failed: {found.peak_error}" if found.peak_error else ""


async def _waveform(server: Server) -> str:
    return _picture_note((await server.client.waveform(_FEWEST)).picture)


async def _config(server: Server) -> str:
    server.config = (await server.client.config()).config
    return ", ".join(server.config)


async def _export(server: Server) -> str:
    if not isinstance(parse_value((await server.client.export_config()).config_json), dict):
        raise BadData("the export is no JSON object")
    return ""


def _picture_note(picture: Picture) -> str:
    if picture.word == "unreadable_picture":
        raise BadData("the picture is no PNG file")
    return picture.word


def _silent(ask: Callable[[BackendClient], Awaitable[object]]) -> Ask:
    """Return what asks and has nothing to note."""

    async def probe(server: Server) -> str:
        await ask(server.client)
        return ""

    return probe


READS: Final = (
    Probe("GET /health", _health),
    Probe("GET /status", _status),
    Probe("POST /control STATUS", _silent(lambda client: client.control_status())),
    Probe("POST /control PEAK_SIGNAL", _silent(lambda client: client.peak_signal())),
    Probe("GET /data/window-capture", _window),
    Probe("GET /data/roi-window-capture", _roi_window),
    Probe("GET /data/roi-window-capture-with-peaks", _peaks),
    Probe("GET /data/waveform-with-peaks", _waveform),
    Probe("GET /data/dual-realtime", _dual, only_running=True),
    Probe("GET /data/realtime/enhanced", _enhanced, only_running=True),
    Probe("POST /analyze", _silent(lambda client: client.analyze_realtime())),
    Probe("GET /roi/config", _silent(lambda client: client.roi())),
    Probe("GET /roi/frame-rate", _silent(lambda client: client.roi_frame_rate())),
    Probe("GET /data/fps", _silent(lambda client: client.fps())),
    Probe("GET /peak-detection/config", _silent(lambda client: client.peak_config())),
    Probe("GET /config", _config),
    Probe("GET /config?section", _silent(lambda client: client.config("peak_detection"))),
    Probe("GET /config/export", _export),
    Probe("GET …/line-intersection/config", _silent(lambda client: client.line_config())),
    Probe("GET …/line-intersection/status", _silent(lambda client: client.line_status())),
)
"""What leaves a server as it is."""

NOT_ASKED: Final[Mapping[str, str]] = {
    "GET /data/realtime": "would add a sample of another kind to the ROI history",
    "POST /roi/capture": "would add a sample of another kind to the ROI history",
    "POST /roi/frame-rate": "would change the real rate",
    "POST /control, commands": "would start or stop detection",
    "POST /config/import": "would replace the whole file",
    "POST …/line-intersection": "would stop the server for up to 8 s",
    "POST …/line-intersection/config/reset": "would switch line detection off",
}
"""What is never asked, and why."""
