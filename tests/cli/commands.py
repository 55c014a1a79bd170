"""Every command that asks a server, with arguments that are in order."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command line.

    Attributes:
        line: its words.
        locked: it needs the password.
        measured: it needs a value, which may be NaN.
        numbered: it numbers samples, and so notices when some are missing or there twice.
        good: its exit code on a server as it should be.
    """

    line: str
    locked: bool = False
    measured: bool = False
    numbered: bool = False
    good: int = 0

    @property
    def words(self) -> list[str]:
        return self.line.split()

    def __str__(self) -> str:
        return self.line


READING = (
    Command("health"),
    Command("status"),
    Command("peak-signal", locked=True, measured=True),
    Command("roi get"),
    Command("roi rate"),
    Command("roi image --output roi.png", measured=True),
    Command("peaks get"),
    Command("fps"),
    Command("capture", measured=True, numbered=True),
    Command("capture --roi", measured=True, numbered=True),
    Command("capture --peaks", measured=True, numbered=True),
    Command("waveform --output wave.png", measured=True),
    Command("plot", measured=True, numbered=True),
    Command("plot --roi", measured=True, numbered=True),
    Command("analyze", measured=True),
    Command("server-config get", locked=True),
    Command("server-config get logging", locked=True),
    Command("server-config export", locked=True),
    Command("line-detection status"),
    Command("line-detection config"),
    Command("check", locked=True, measured=True, numbered=True),
    Command("watch --count 5 --seconds 0.2", measured=True, numbered=True),
)
WRITING = (
    Command("start", locked=True),
    Command("stop", locked=True),
    Command("pause", locked=True),
    Command("resume", locked=True),
    Command("roi set 100 100 300 250", locked=True),
    Command("roi rate 10", locked=True),
    Command("peaks set --threshold 110"),
    Command("fps 60", locked=True),
    Command("server-config set logging level DEBUG", locked=True),
    Command("server-config reload", locked=True),
    Command("line-detection enable", locked=True),
    Command("line-detection disable", locked=True),
    Command("line-detection config min_confidence=0.5", locked=True),
    Command("line-detection config --reset", locked=True),
    Command("line-detection run", locked=True, good=1),  # it fails inside every server seen
    Command("demo-flow --seconds 0.1 --yes", locked=True, measured=True, numbered=True),
)
EVERY = (*READING, *WRITING)
