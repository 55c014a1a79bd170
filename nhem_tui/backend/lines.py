"""Endpoints of line-intersection detection, which fails on servers seen (contract §3, row 26)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from nhem_tui.backend import limits
from nhem_tui.backend.caller import Caller
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.line_types import LineConfig, LineDetection, LineStatus
from nhem_tui.backend.roi import Roi
from nhem_tui.backend.types import ControlReply
from nhem_tui.backend.wire import Call, encode_json

_BASE: Final = "/api/roi/line-intersection"
_PATIENCE: Final = 30.0  # seconds; 7 to 8 were measured


class _Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON body of a manual detection."""

    password: str
    roi_coordinates: Roi | None = None
    image_data: str | None = None
    detection_params: Mapping[str, object] | None = None
    include_debug_info: bool = False

    def __repr__(self) -> str:
        return "_Request()"  # the password is in it


class Lines(Caller):
    """Line detection: settings, switch, one-shot."""

    async def detect_lines(
        self,
        *,
        roi: Roi | None = None,
        image_data: str | None = None,
        parameters: Mapping[str, object] | None = None,
        debug: bool = False,
    ) -> LineDetection:
        """Detect lines once, in a region of the screen or in a base64 picture.

        Freezes the whole server for 7-8 s and adds a sample to the ROI history, so ask the user
        first. A failure stands in `LineDetection.result.error_message`.

        Raises:
            InvalidValue: not exactly one of `roi` and `image_data` is given.
            Unauthorised: the password is wrong, which the server says with status 200.
        """
        self._refuse_if_read_only(f"POST {_BASE}")
        if (roi is None) == (image_data is None):
            raise InvalidValue("line detection needs either a region or a picture")
        if roi is not None:
            limits.check_roi(roi.x1, roi.y1, roi.x2, roi.y2)
        request = _Request(
            self._password(f"POST {_BASE}"), roi, image_data, parameters, include_debug_info=debug
        )
        call = Call(
            "POST",
            _BASE,
            body=encode_json(request),
            content_type="application/json",
            timeout=_PATIENCE,
        )
        return await self._ask(call, LineDetection)

    async def line_config(self) -> LineConfig:
        """Read the settings of line detection; the password travels in the URL."""
        return await self._get(f"{_BASE}/config", LineConfig, locked=True)

    async def set_line_config(self, settings: Mapping[str, float | str | bool]) -> LineConfig:
        """Change settings by the server's names (`limits.LINE_LIMITS`).

        The three values of a HSV triple go together.

        Raises:
            InvalidValue: unknown name, out of range, or part of a triple.
        """
        _check_line_settings(settings)
        return await self._post(f"{_BASE}/config", LineConfig, settings)

    async def reset_line_config(self) -> LineConfig:
        """Set all settings back to the server's defaults, which also switches it off."""
        return await self._post(f"{_BASE}/config/reset", LineConfig)

    async def enable_lines(self) -> ControlReply:
        """Switch line detection on, also in the server's file."""
        return await self._post(f"{_BASE}/enable", ControlReply)

    async def disable_lines(self) -> ControlReply:
        """Switch line detection off, also in the server's file."""
        return await self._post(f"{_BASE}/disable", ControlReply)

    async def line_status(self) -> LineStatus:
        """Read whether line detection is on, and its settings."""
        return await self._get(f"{_BASE}/status", LineStatus)


def _check_line_settings(settings: Mapping[str, object]) -> None:
    """Check names, ranges and complete triples.

    Raises:
        InvalidValue: the first thing that is wrong.
    """
    if not settings:
        raise InvalidValue("no setting of line detection is given")
    for name, value in settings.items():
        if name in limits.LINE_LIMITS:
            limits.LINE_LIMITS[name].check(value)
        elif name not in limits.LINE_CHOICES:
            raise InvalidValue(f"line detection has no setting {name!r}")
        elif value not in limits.LINE_CHOICES[name]:
            choices = " or ".join(str(choice).lower() for choice in limits.LINE_CHOICES[name])
            raise InvalidValue(f"{name} must be {choices}")
    for triple in ("hsv_green_lower", "hsv_green_upper"):
        if sum(f"{triple}_{i}" in settings for i in range(3)) in (1, 2):
            raise InvalidValue(f"{triple} needs all three values: hue, saturation, value")
