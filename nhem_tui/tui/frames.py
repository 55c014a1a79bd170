"""Frames of the display."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class FrameCount:
    """Counted by the dashboard, shown by the diagnostics.

    Attributes:
        painted: drawings of a chart handed to the terminal.
        skipped: drawings that were due and left out, as the terminal was still behind.
    """

    painted: int = 0
    skipped: int = 0
