"""What the screen says of the link, from snapshots and events."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from nhem_tui.backend.errors import FaultKind
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui.words import clock_time, error_words, event_words, signed, state_parts, window

FAULT = ev.Fault(FaultKind.REFUSED, "nothing listens")
LOST = Snapshot(link="lost", fault=FAULT, since=10.0, reached=True)


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (replace(LOST, next_retry=14.0), "○ LOST 2.0 s · refused · retry in 2.0 s"),
        (replace(LOST, trying=True), "○ LOST 2.0 s · refused · trying now"),
        (replace(LOST, reached=False), "○ NO CONNECTION 2.0 s · refused"),
    ],
)
def test_a_lost_link_says_since_when_and_what_comes_next(snapshot: Snapshot, words: str) -> None:
    assert "".join(text for text, _ in state_parts(snapshot, 12.0)) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.ConnectionLost(0.0, FAULT), "Connection lost: refused · nothing listens"),
        (ev.ConnectionLost(0.0, FAULT, reached=False), "No connection yet: refused"),
        (ev.Renumbered(0.0, 2, "main", 1), "Frame numbers were 1 too high"),
    ],
)
def test_an_event_has_its_line(event: ev.Event, words: str) -> None:
    told = event_words(event)
    assert told is not None
    assert told[0].startswith(words)


@pytest.mark.parametrize("at", [-62135596800.0, 1e18, math.inf, math.nan])
def test_a_recording_may_hold_times_that_no_clock_shows(at: float) -> None:
    assert clock_time(at) == "--:--:--"


def test_gaps_of_a_server_without_windows_are_counted_and_not_listed() -> None:
    assert event_words(ev.UsualGap("main", 1, 2, 4)) is None
    assert event_words(ev.Trying(0.0, 1)) is None


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (FaultKind.TIMED_OUT, "no answer within 5 s", "timed out · no answer within 5 s"),
        (
            FaultKind.UNAUTHORISED,
            "the server refused the password: UNAUTHORIZED",
            "password refused",
        ),
        (
            FaultKind.UNAUTHORISED,
            "the server refused the password: 密码错误",
            "password refused · 密码错误",
        ),
    ],
)
def test_an_error_is_said_once(kind: FaultKind, text: str, words: str) -> None:
    assert error_words(kind, text) == words


def test_a_constant_level_does_not_lie_below_its_mean() -> None:
    assert signed(104.65 - sum([104.65] * 45) / 45) == "+0.00"
    assert signed(-0.04, 1) == "+0.0"
    assert signed(-0.06, 1) == "−0.1"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.5, "0.5 s"),
        (90, "90 s"),
        (100, "100 s"),
        (120, "2 min"),
        (150, "150 s"),
        (12000, "3 h 20 min"),
        (7200, "2 h"),
    ],
)
def test_a_long_window_is_told_in_minutes_and_hours(seconds: float, words: str) -> None:
    assert window(seconds) == words
