"""Writes of ``check --write``: each sets what is set already."""

from __future__ import annotations

from typing import Final

from nhem_tui.backend.config_tree import differences, section
from nhem_tui.backend.errors import BadData
from nhem_tui.backend.limits import FPS
from nhem_tui.backend.types import PeakConfig
from nhem_tui.cli.probes import Probe, Server, SkippedError


async def _peaks(server: Server) -> str:
    before = await server.client.peak_config()
    wanted = _values(before)
    await server.client.set_peak_config(
        threshold=before.threshold,
        margin_frames=before.margin_frames,
        difference_threshold=before.difference_threshold,
    )
    if _values(await server.client.peak_config()) != wanted:
        raise BadData("what was written is not what is read")
    return ""


def _values(config: PeakConfig) -> tuple[float, ...]:
    return config.threshold, config.margin_frames, config.difference_threshold


async def _region(server: Server) -> str:
    if server.region is None:
        raise SkippedError("the live region is known only while detection runs")
    region = server.region
    reply = await server.client.set_roi(region.x1, region.y1, region.x2, region.y2)
    if reply.config != region:
        raise BadData("the region was changed on the way")
    return ""


async def _fps(server: Server) -> str:
    rate = section(server.config, "data_processing").get("fps")
    if not isinstance(rate, int) or not FPS.low <= rate <= FPS.high:
        raise SkippedError("the rate in the server's file is not known, or not one it takes")
    await server.client.set_fps(rate)
    return ""


async def _value(server: Server) -> str:
    detection = section(server.config, "peak_detection")
    if "threshold" not in detection:
        raise SkippedError("the server's file is not known")
    await server.client.set_config_value("peak_detection", "threshold", detection["threshold"])
    return ""


async def _reload(server: Server) -> str:
    await server.client.reload_config()
    return ""


async def _switch(server: Server) -> str:
    enabled = (await server.client.line_status()).data.enabled
    await (server.client.enable_lines() if enabled else server.client.disable_lines())
    if (await server.client.line_status()).data.enabled is not enabled:
        raise BadData("the switch did not stay where it was")
    return "on" if enabled else "off"


async def _line_setting(server: Server) -> str:
    name = "min_confidence"
    settings = (await server.client.line_status()).data.config
    if name not in settings:
        raise SkippedError(f"{name} is not known")
    await server.client.set_line_config({name: settings[name]})
    return ""


async def _afterwards(server: Server) -> str:
    """Compare the file with what it was before everything."""
    after = (await server.client.config()).config
    if changed := differences(server.config, after):
        paths = ", ".join(".".join(change.path) for change in changed)
        raise BadData(f"not as before: {paths}")
    return "as before"


WRITES: Final = (
    Probe("POST /peak-detection/config", _peaks),
    Probe("POST /roi/config", _region),
    Probe("POST /data/fps", _fps),
    Probe("POST /config", _value),
    Probe("POST /config/reload", _reload),
    Probe("POST …/line-intersection/enable, disable", _switch),
    Probe("POST …/line-intersection/config", _line_setting),
    Probe("GET /config, afterwards", _afterwards),
)
"""What changes nothing on a server that keeps to its interface."""
