"""What a recording that begins in the middle must begin with."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nhem_tui.recording.standing import Standing
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Session
from tests.recording.support import FAULT, NOON, samples, status

MET = ev.Connected(NOON, "http://lab3:8421", "1.0.0")
LOST = ev.ConnectionLost(NOON, FAULT)
RETRY = ev.Retrying(NOON, 1, 0.5, FAULT)
TRY = ev.Trying(NOON, 1)
BACK = ev.ConnectionRestored(NOON, 3.0)
RESTART = ev.Restarted(NOON, 2)
TUNED = ev.Tuned(NOON, 105.0, 1.1)
SERVER = ev.Parameters(NOON, {"fps": 45})


def standing(*told: ev.Event) -> tuple[ev.Event, ...]:
    kept = Standing()
    for entry in told:
        kept.note(entry)
    return kept.entries


def test_only_the_newest_of_a_kind_holds() -> None:
    other = ev.Parameters(NOON, {"fps": 60})
    told = (MET, status(NOON, 1), TUNED, SERVER, status(NOON, 2), other, ev.Tuned(NOON, 99.0, 2.0))
    assert standing(*told) == (MET, status(NOON, 2), other, ev.Tuned(NOON, 99.0, 2.0))


def test_what_has_passed_does_not_stand() -> None:
    passing = (samples(1, 5, 0.0), ev.Gap("main", 1, 1, 2), ev.Notice(NOON, "a"))
    assert standing(MET, LOST, RETRY, *passing, BACK) == (MET,)
    assert standing(LOST, RETRY, MET) == (MET,)
    assert standing(MET, LOST, RETRY, TRY, RETRY) == (MET, LOST, RETRY)
    fact = ev.Notice(NOON, "this server has no windows", "no window capture")
    assert standing(MET, fact) == (MET, fact)
    assert standing(fact, MET, replace(fact, over=True)) == (MET,)


@pytest.mark.parametrize(
    "told",
    [
        (MET, status(NOON, 7)),
        (MET, status(NOON, 7), LOST, RETRY),
        (MET, status(NOON, 7), RESTART, status(NOON, 2, "stopped", 2)),
        (MET, LOST, BACK, RESTART, status(NOON, 2, epoch=2), LOST, RETRY),
        (MET, LOST, RETRY, TRY),
        (MET, RESTART, ev.Renumbered(NOON, 3, "main", 2), status(NOON, 9, epoch=3)),
        (MET, ev.Notice(NOON, "words", "no window capture"), status(NOON, 9)),
    ],
)
def test_a_fresh_session_stands_as_the_old_one(told: tuple[ev.Event, ...]) -> None:
    old, fresh = Session(10, 10, lambda: 5.0), Session(10, 10, lambda: 5.0)
    for event in told:
        old.apply(event)
    for entry in standing(*told):
        fresh.apply(entry)
    assert fresh.snapshot == old.snapshot
