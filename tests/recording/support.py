"""Made-up sessions, and what it takes to compare them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from nhem_tui.backend.errors import FaultKind
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.schema import Ended, Identity
from nhem_tui.recording.script import Script
from nhem_tui.recording.writer import FileWriter
from nhem_tui.stream import events as ev

EVER = 1 << 60
NOON = 1_790_000_000.0

Timed = tuple[int, ev.Event]
"""Microseconds since the recording began, and what was heard then."""


def samples(
    first: int,
    count: int,
    t0: float,
    *,
    channel: ev.Channel = "main",
    epoch: int = 1,
    simulated: bool = False,
    utc: float = NOON,
    rate: float = 45.0,
) -> ev.Samples:
    """Samples whose values tell where they belong, not one of them a round number."""
    numbers = np.arange(first, first + count)
    return ev.Samples(
        channel, epoch, numbers, t0 + np.arange(count) / rate,
        100.0 + epoch + np.sin(numbers * 0.37) * 17 / 3, simulated, utc,
    )  # fmt: skip


def status(at: float, frame: int, state: ev.ServerState = "running", epoch: int = 1) -> ev.Event:
    return ev.StatusSeen(at, epoch, state, frame, 104.3, 101.7, frame % 2 == 0, 100, 0.0041)


def image(png: bytes, word: str = "") -> ev.RoiImage:
    return ev.RoiImage(png, word, 101.5, 200, 150)


FAULT = ev.Fault(FaultKind.REFUSED, "nothing listens at 127.0.0.1:8421")


def session() -> list[Timed]:
    """Everything that can happen, in about 31 s, heard in pieces of about 0.1 s."""
    told: list[Timed] = [
        (0, ev.Connected(NOON, "http://lab3:8421", "1.0.0")),
        (1_000, status(NOON, 5)),
        (2_000, samples(1, 5, 0.0, utc=math.nan)),
        (3_000, samples(40, 3, 0.02, channel="roi", rate=2.0, utc=math.nan)),
        (4_000, ev.Notice(NOON, "a ‘fallback’ is in use")),
    ]
    told += _stretch(6, 450, 0.2)
    told += [
        (10_500_000, ev.Trouble(NOON + 10, "GET /status", FAULT)),
        (10_600_000, ev.ConnectionLost(NOON + 10, FAULT)),
        (10_700_000, ev.Retrying(NOON + 10, 1, 0.25, FAULT)),
        (14_000_000, ev.ConnectionRestored(NOON + 14, 3.4)),
        (14_100_000, ev.Gap("main", 1, 456, 499)),
        (14_100_000, samples(500, 40, 13.2)),
        (14_200_000, ev.PictureSeen(NOON + 14, 1, image(b"\x89PNG one"), image(b"\x89PNG two"))),
        (14_300_000, samples(540, 9, 14.1, simulated=True)),
        (15_000_000, ev.Restarted(NOON + 15, 2)),
        (15_100_000, status(NOON + 15, 1, "stopped", 2)),
        (15_200_000, ev.Gap("roi", 2, 1, 3)),
        (15_200_001, samples(4, 3, 14.9, channel="roi", epoch=2, rate=2.0)),
    ]
    told += _stretch(1, 675, 15.3, epoch=2)
    return told


def _stretch(first: int, count: int, t0: float, epoch: int = 1) -> list[Timed]:
    """Samples in pieces of 4 and 5, with a status now and then."""
    told: list[Timed] = []
    start, piece = 0, 4
    while start < count:
        size = min(piece, count - start)
        t = t0 + start / 45.0
        heard = int((t + size / 45.0) * 1e6)
        told.append((heard, samples(first + start, size, t, epoch=epoch)))
        if (start // 9) % 5 == 0:
            told.append((heard + 50, status(NOON + t, first + start, epoch=epoch)))
        start, piece = start + size, 9 - piece
    return told


def write(path: Path, told: Iterable[Timed], *, commit_each: int = 10) -> Path:
    """Write a session file as a recorder does."""
    writer = FileWriter(path, Identity("tests", NOON))
    for number, (heard, entry) in enumerate(told):
        writer.add(heard, entry)
        if number % commit_each == 0:
            writer.commit()
    writer.commit()
    writer.close(Ended(NOON + 40, "stopped by the user"))
    return path


def read(path: Path) -> list[ev.Event]:
    """Every event of a file, in order."""
    with Recording(path) as recording:
        return [what for _, what in Script(recording).between(0, EVER)]


def plain(event: object) -> object:
    """An event with lists for arrays and a word for NaN, so that it can be compared."""
    assert isinstance(event, msgspec.Struct)
    values = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, np.ndarray):
            value = value.tolist()
        elif isinstance(value, float) and math.isnan(value):
            value = "NaN"
        values[name] = value
    return type(event).__name__, values


def assert_same(found: Sequence[ev.Event], expected: Iterable[object]) -> None:
    """Compare events to the last bit."""
    assert [plain(event) for event in found] == [plain(event) for event in expected]
