"""Frames are painted as fast as a line takes them, and none waits in its queue for long."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.tui.terminal.pace import CALM, GIVE_UP, HUSH, MEMORY, MUTE, SELDOM, Pace

TICK = 0.05


@dataclass
class Line:
    """A line with a queue of any length, and a terminal that answers at its end.

    Attributes:
        rate: bytes a second.
        delay: seconds there and back, without the queue.
    """

    rate: float
    delay: float
    free_at: float = 0.0
    answers: list[float] = field(default_factory=list)
    sent: int = 0
    waits: list[float] = field(default_factory=list)

    def send(self, size: int, now: float) -> None:
        self.sent += size
        self.waits.append(max(self.free_at - now, 0.0))
        self.free_at = max(self.free_at, now) + size / self.rate

    def ask(self, now: float) -> None:
        self.answers.append(max(self.free_at, now) + self.delay)


def paint(pace: Pace, line: Line, size: int, now: float) -> None:
    asked = pace.asks(line.sent, size, now)
    if asked == "before":
        line.ask(now)
    line.send(size, now)
    if asked == "after":
        line.ask(now)


def run(
    line: Line, *, frame: int, seconds: float, answers: bool = True, pace: Pace | None = None
) -> list[float]:
    """Paint whenever that is allowed; the times of the paints."""
    pace = pace or Pace()
    painted = []
    for tick in range(round(seconds / TICK)):
        now = tick * TICK
        while answers and line.answers and line.answers[0] <= now:
            pace.answered(line.answers.pop(0))
        if pace.ready(line.sent, 0, now):
            paint(pace, line, frame, now)
            painted.append(now)
    return painted


def test_a_fast_line_gets_every_frame_and_few_questions() -> None:
    line = Line(rate=1e7, delay=0.002)
    asked = 0

    def count(now: float) -> None:
        nonlocal asked
        asked += 1
        Line.ask(line, now)

    line.ask = count  # type: ignore[method-assign]
    painted = run(line, frame=6000, seconds=20)
    assert len(painted) == 400
    assert asked <= 5 + 1 + 20 / SELDOM


@pytest.mark.parametrize("frame", [700, 2000, 6000, 20_000])
@pytest.mark.parametrize(("rate", "delay"), [(30e3, 0.0), (30e3, 0.2), (100e3, 0.2), (8e3, 0.05)])
def test_a_slow_line_holds_little_more_than_one_frame(
    rate: float, delay: float, frame: int
) -> None:
    line = Line(rate, delay)
    painted = run(line, frame=frame, seconds=60)
    assert max(line.waits) <= frame / rate + 0.1, "what a key waits for before its own paint"
    most = min(1 / TICK, rate / frame)
    alone = 1 / (frame / rate + delay + TICK)
    assert len(painted) / 60 > 0.8 * min(most, max(alone, 0.4 / (0.05 + frame / rate)))


def test_a_line_with_a_long_delay_is_filled() -> None:
    line = Line(rate=1e6, delay=0.3)
    painted = run(line, frame=2000, seconds=60)
    late = [at for at in painted if at > 30]
    assert len(late) > 0.9 * 30 / TICK, "not one frame for each answer"


def test_a_line_that_becomes_slow_is_noticed() -> None:
    line, pace = Line(rate=1e7, delay=0.01), Pace()
    run(line, frame=6000, seconds=10, pace=pace)
    slow = Line(rate=30e3, delay=0.01, free_at=10.0, sent=line.sent)
    for tick in range(200):
        now = 10 + tick * TICK
        while slow.answers and slow.answers[0] <= now:
            pace.answered(slow.answers.pop(0))
        if pace.ready(slow.sent, 0, now):
            paint(pace, slow, 6000, now)
    # Until the next question half a second is sent as if nothing had happened.
    assert max(slow.waits[30:]) < 0.5


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    line = Line(rate=1e7, delay=0.0)
    painted = run(line, frame=6000, seconds=15, answers=False)
    early = [at for at in painted if at < MUTE]
    assert 2 <= len(early) <= MUTE / HUSH + 1, "cautious at first"
    assert len([at for at in painted if at > MUTE + HUSH]) > 150


@pytest.mark.parametrize("lost", [1, 2])
def test_an_answer_that_is_lost_at_first_floods_no_slow_line(lost: int) -> None:
    line, pace, asked = Line(rate=30e3, delay=0.2), Pace(), 0

    def ask(now: float) -> None:
        nonlocal asked
        asked += 1
        if asked > lost:
            Line.ask(line, now)

    line.ask = ask  # type: ignore[method-assign]
    run(line, frame=3000, seconds=20, pace=pace)
    assert max(line.waits) < 0.4, "seconds that a key would wait"
    assert pace.lag is not None


def test_a_terminal_that_answers_late_in_its_life_is_waited_for_from_then_on() -> None:
    line, pace = Line(rate=1e6, delay=0.2), Pace()
    run(line, frame=3000, seconds=10, answers=False, pace=pace)
    line.answers.clear()
    assert pace.unanswered == 0
    assert pace.asks(line.sent, 3000, 20.0) == "after"
    pace.answered(20.2)
    assert pace.lag == pytest.approx(0.2)


def test_a_lost_answer_is_asked_for_again() -> None:
    pace = Pace()
    assert pace.asks(0, 100, 0.0) == "before"
    pace.answered(0.01)
    for sent in range(100, 10_000, 1000):
        if pace.ready(sent, 0, 1.0):
            pace.asks(sent, 1000, 1.0)
    assert not pace.ready(10_000, 0, 1.5)
    assert pace.ready(10_000, 0, 1.0 + GIVE_UP + 0.1)
    assert pace.asks(10_000, 100, 7.0) == "after"
    pace.answered(7.02)
    assert pace.ready(10_100, 0, 7.1)


def test_nothing_is_painted_while_this_machine_still_holds_bytes() -> None:
    assert not Pace().ready(100, 1, 5.0)


@given(st.lists(st.tuples(st.sampled_from("ap"), st.floats(0, 10)), max_size=60))
def test_whatever_the_terminal_says_it_is_ready_again_at_last(
    moves: list[tuple[str, float]],
) -> None:
    """Answers that nobody asked for, late ones, none."""
    pace, now, sent = Pace(), 0.0, 0
    for move, wait in moves:
        now += wait
        if move == "a":
            pace.answered(now)
        elif pace.ready(sent, 0, now):
            pace.asks(sent, 5000, now)
            sent += 5000
    assert pace.ready(sent, 0, now + GIVE_UP + MUTE)


def test_the_shortest_delay_is_believed_a_while_longer_than_it_is_measured() -> None:
    pace = Pace()
    for second in range(CALM):
        pace.asks(0, 100, second)
        pace.answered(second + 0.01)
    assert pace.asks(0, 100, MEMORY + 1) == "before"
    pace.answered(MEMORY + 1.4)  # somebody else fills the line just then
    assert pace.asks(0, 100, MEMORY + 1.45) == "after", "that is a queue, not the new delay"
