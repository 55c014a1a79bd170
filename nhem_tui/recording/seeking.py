"""Where the user wants to go in a recording: words into a target."""

from __future__ import annotations

import re
from typing import Final, cast

from msgspec import Struct

from nhem_tui.recording.places import Landmark

HELP: Final = (
    "12.5 or 1:02:03 · #260807, of epoch 2 #260807@2 · peak, gap, mark (-peak for the one before)"
)

_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d(?:\.\d{1,6})?)", re.ASCII)
_SECONDS: Final = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_FRAME: Final = re.compile(r"#\s*(\d{1,15})(?:\s*@\s*(\d{1,9}))?", re.ASCII)
_LANDMARK: Final = re.compile(r"([-+]?)\s*(gap|peak|mark)s?", re.IGNORECASE)


class Frames(Struct, frozen=True):
    """So many frames on, or back where it is below 0."""

    count: int


class Moment(Struct, frozen=True):
    """Seconds after the first frame."""

    t: float


class FrameNumber(Struct, frozen=True):
    """A frame of a server process, None for whichever has it."""

    number: int
    epoch: int | None = None


class NextLandmark(Struct, frozen=True):
    """The next of a kind, or the one before (`direction` below 0)."""

    kind: Landmark
    direction: int


Target = Frames | Moment | FrameNumber | NextLandmark


def parse_target(text: str) -> Target:
    """Read a target as `HELP` describes it.

    Raises:
        ValueError: it is none; the text says what there is.
    """
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return Moment(float(text))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups(default="0")
        return Moment(int(hours) * 3600 + int(minutes) * 60 + float(seconds))
    if frame := _FRAME.fullmatch(text):
        return FrameNumber(int(frame[1]), int(frame[2]) if frame[2] else None)
    if landmark := _LANDMARK.fullmatch(text):
        kind = cast(Landmark, landmark[2].lower())
        return NextLandmark(kind, -1 if landmark[1] == "-" else 1)
    raise ValueError(f"write {HELP}")
