"""The server's configuration: the file, its copy in memory, and how the two part company.

Memory is changed first and the whole of it is checked when it is saved. One bad value therefore
poisons every later save until the file is read again (contract section 9).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Final

from nhem_tui.simulator.exchange import Json

SECTIONS: Final = (
    "server",
    "data_processing",
    "roi_capture",
    "peak_detection",
    "security",
    "logging",
)
"""The sections an import must have."""

LINE_DEFAULTS: Final[Json] = {
    "enabled": False,
    "hsv_green_lower": [40, 50, 50],
    "hsv_green_upper": [80, 255, 255],
    "canny_low_threshold": 25,
    "canny_high_threshold": 80,
    "hough_threshold": 50,
    "hough_min_line_length": 15,
    "hough_max_line_gap": 8,
    "min_confidence": 0.4,
    "roi_processing_mode": "roi1_only",
    "cache_timeout_ms": 100,
    "max_processing_time_ms": 300,
    "min_angle_degrees": 10.0,
    "max_angle_degrees": 80.0,
    "parallel_threshold": 0.01,
}
"""Line detection as it is after a reset."""

_INTEGERS: Final[Mapping[tuple[str, ...], tuple[int, int]]] = {
    ("data_processing", "fps"): (1, 120),
    ("data_processing", "buffer_size"): (10, 1000),
    ("data_processing", "max_frame_count"): (100, 100_000),
    ("roi_capture", "default_config", "x1"): (0, 10**9),
    ("roi_capture", "default_config", "y1"): (0, 10**9),
    ("roi_capture", "default_config", "x2"): (1, 10**9),
    ("roi_capture", "default_config", "y2"): (1, 10**9),
    ("peak_detection", "margin_frames"): (1, 20),
    ("peak_detection", "min_region_length"): (1, 10),
}
_NUMBERS: Final[Mapping[tuple[str, ...], tuple[float, float]]] = {
    ("roi_capture", "frame_rate"): (0.1, 30),
    ("roi_capture", "update_interval"): (0.1, 10),
    ("peak_detection", "threshold"): (0, 200),
    ("peak_detection", "difference_threshold"): (0, 10),
}
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class CannotSave(Exception):
    """The configuration in memory does not fit the schema."""


def shipped(*, password: str, fps: float, buffer_size: int) -> Json:
    """Return the file as it is shipped, with what the options change."""
    return {
        "server": {"host": "0.0.0.0", "port": 8421, "socket_port": 30415},  # noqa: S104 - a text
        "data_processing": {
            "fps": int(fps) if fps == int(fps) else fps,
            "buffer_size": buffer_size,
            "max_frame_count": 10000,
        },
        "roi_capture": {
            "frame_rate": 4,
            "update_interval": 0.5,
            "default_config": {"x1": 100, "y1": 100, "x2": 300, "y2": 250},
        },
        "peak_detection": {
            "threshold": 104.0,
            "margin_frames": 5,
            "difference_threshold": 1.1,
            "min_region_length": 5,
        },
        "line_detection": {**LINE_DEFAULTS, "enabled": True},
        "security": {"password": password},
        "logging": {"level": "INFO"},
    }


def is_valid(data: Json) -> bool:
    """Tell whether a configuration fits the schema; objects of a wrong type pass, as there."""
    for limits, kinds in ((_INTEGERS, int), (_NUMBERS, (int, float))):
        for path, (low, high) in limits.items():
            value = _look_up(data, path)
            if value is not None and not (isinstance(value, kinds) and low <= value <= high):
                return False
    level = _look_up(data, ("logging", "level"))
    return level is None or level in _LEVELS


class ConfigStore:
    """The file and its copy in memory.

    Attributes:
        data: the copy in memory, which handlers change before they save.
    """

    def __init__(self, data: Json) -> None:
        self._file = json.dumps(data, ensure_ascii=False)
        self.data: Json = json.loads(self._file)

    def section(self, name: str) -> Json:
        """Return a section of the copy in memory, empty if it is missing or no object."""
        return _section(self.data, name)

    def saved(self, name: str) -> Json:
        """Return a section of the file, empty if it is missing or no object."""
        return _section(json.loads(self._file), name)

    def merge(self, section: str, values: Mapping[str, object]) -> None:
        """Change values of a section in memory; nested ones are replaced as a whole."""
        self.data[section] = {**self.section(section), **values}

    def change(self, section: str, **values: object) -> None:
        """Change values in memory and save.

        Raises:
            CannotSave: memory, changed by now, does not fit the schema.
        """
        self.merge(section, values)
        self.save()

    def try_change(self, section: str, **values: object) -> None:
        """Change values in memory and save; nobody is told if that fails."""
        with contextlib.suppress(CannotSave):
            self.change(section, **values)

    def save(self) -> None:
        """Write memory to the file.

        Raises:
            CannotSave: it does not fit the schema; the file is left as it is.
        """
        if not is_valid(self.data):
            raise CannotSave
        self._file = json.dumps(self.data, ensure_ascii=False, indent=2)

    def reload(self) -> None:
        """Read the file again."""
        self.data = json.loads(self._file)


def _look_up(data: Json, path: tuple[str, ...]) -> object:
    found: object = data
    for name in path:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def _section(tree: Json, name: str) -> Json:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}
