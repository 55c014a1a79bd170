"""What changes on the server by itself or by other clients, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nhem_tui.backend import limits
from nhem_tui.notation.numerals import spelled
from nhem_tui.stream.events import ServerState
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.roi_words import corners, region

_STATES: Final[Mapping[ServerState, tuple[str, Severity]]] = {
    "running": ("Detection has started on the server", "info"),
    "stopped": ("Detection has stopped on the server", "warning"),
    "error": ("The server says that detection has failed", "error"),
}

_LABELS: Final[Mapping[str, str]] = {
    "peak_threshold": limits.THRESHOLD.label,
    "difference_threshold": limits.DIFFERENCE_THRESHOLD.label,
    "margin_frames": limits.MARGIN_FRAMES.label,
    "min_region_length": limits.MIN_REGION_LENGTH.label,
    "roi": "ROI",
    "roi_frame_rate": "ROI rate",
    "fps": "data rate",
}


def of_state(before: ServerState | None, after: ServerState) -> tuple[str, Severity] | None:
    """The line another state of detection is worth; None for the same one, and for the first."""
    return None if before in (None, after) else _STATES[after]


def of_parameters(
    before: Mapping[str, object] | None, after: Mapping[str, object]
) -> tuple[str, Severity] | None:
    """Likewise for the parameters in force, as in `Parameters`."""
    changed = [
        f"{label} {_value(before[name])} → {_value(after[name])}"
        for name, label in _LABELS.items()
        if before is not None and name in before and name in after and before[name] != after[name]
    ]
    return (f"On the server: {', '.join(changed)}", "info") if changed else None


def _value(value: object) -> str:
    if (roi := region(value)) is not None:
        return corners(roi)
    if isinstance(value, int | float):
        return spelled(value)
    return "none" if value is None else str(value)
