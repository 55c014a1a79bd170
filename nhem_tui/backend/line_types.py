"""Replies of line-intersection detection (contract section 3, rows 26 to 32)."""

from __future__ import annotations

from typing import Any

from msgspec import field

from nhem_tui.backend.types import DualRealtime, Loose, Reply
from nhem_tui.backend.whole import Whole


class LineResult(Loose, frozen=True, kw_only=True):
    """What was found; a failure stands in `error_message` although the reply says success."""

    has_intersection: bool = False
    intersection: Any = None
    confidence: float | None = None
    line_count: Whole | None = None
    detected_lines: Any = None
    processing_time_ms: float | None = None
    error_message: str | None = None


class LineDetection(Reply, frozen=True, kw_only=True):
    """Reply of a manual detection."""

    success: bool
    result: LineResult | None = None
    processing_info: Any = None
    debug_info: Any = None
    error_details: Any = None


class EnhancedRealtime(DualRealtime, frozen=True, kw_only=True):
    """Reply of ``/data/realtime/enhanced``; the line result always failed where seen."""

    line_intersection: LineResult | None = None


class LineConfig(Reply, frozen=True, kw_only=True):
    """Settings of line detection by name; after a change only those changed."""

    data: dict[str, Any]


class LineState(Loose, frozen=True, kw_only=True):
    """Whether line detection is on, and its settings by name."""

    enabled: bool
    status: str = ""
    config: dict[str, Any] = field(default_factory=dict)


class LineStatus(Reply, frozen=True, kw_only=True):
    """Reply of ``/api/roi/line-intersection/status``."""

    data: LineState
