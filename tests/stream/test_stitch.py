"""Whatever the polls, delays, races and restarts: no sample twice, none missing silently."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.stream.stitch import AnotherProcess, Fresh, Look, Missing, Stitcher
from nhem_tui.stream.window import Window
from tests.stream.model_server import ModelServer


def at(moment: float) -> Look:
    """A look that took no time."""
    return Look(moment, moment)


class Listener:
    """Feeds a stitcher as the poller does and checks what it tells against the truth."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.stitcher = Stitcher()
        self.process = 1
        self.told: list[tuple[int, int, float, float]] = []
        self.gaps: list[tuple[int, int, int]] = []
        self.untied: set[int] = set()

    def poll(self, count: int, race: int = 0) -> None:
        for _ in range(4):
            window = self.server.window(count, raise_labels=race)
            race = 0  # never twice in a row: the race was not seen in 9281 requests
            if window is None:
                return
            if self.stitcher.last is not None and window.first >= self.stitcher.last:
                self.untied.add(window.first)  # no two shared samples: the step is unknown
            for outcome in self.stitcher.feed(window, at(self.server.now)):
                match outcome:
                    case AnotherProcess():
                        self.process += 1
                    case Missing(first, last):
                        self.gaps.append((self.process, first, last))
                    case Fresh(numbers, t, values):
                        self.told += [
                            (self.process, int(n), float(s), float(v))
                            for n, s, v in zip(numbers, t, values, strict=True)
                        ]
            if not self.stitcher.pending:
                return
            count = 200

    def check(self) -> None:
        keys = [(process, number) for process, number, _, _ in self.told]
        assert len(keys) == len(set(keys)), "a sample was told twice"
        for process, number, _, value in self.told:
            assert self.server.truth[process, number][1] == value, "a sample under a wrong number"
        for process in {key[0] for key in keys}:
            numbers = {number for p, number in keys if p == process}
            missing = {
                n for p, first, last in self.gaps if p == process for n in range(first, last + 1)
            }
            assert not numbers & missing, "a sample was told and called lost"
            every = numbers | missing
            assert every == set(range(min(every), max(every) + 1)), "a silent gap"
            if process > 1:
                assert min(every) == 1, "what a new process did before it was seen is a gap"
        times = [t for _, _, t, _ in self.told]
        assert times == sorted(times), "time ran backwards"
        for (p0, n0, t0, _), (p1, n1, t1, _) in zip(self.told, self.told[1:], strict=False):
            if p0 == p1 and n1 == n0 + 1 and n1 not in self.untied:
                true = self.server.truth[p1, n1][0] - self.server.truth[p0, n0][0]
                assert t1 - t0 == pytest.approx(true, abs=5e-6), "not the server's own spacing"


polls = st.tuples(
    st.integers(0, 450),  # frames since the last poll: up to 10 s
    st.integers(50, 200),  # count
    st.sampled_from([0, 0, 0, 0, 1, 2]),  # race
    st.sampled_from(["run", "run", "run", "run", "pause", "restart"]),
)


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(polls, min_size=1, max_size=12),
    capacity=st.sampled_from([10, 50, 100, 1000]),
    hold=st.sampled_from([1, 22]),
    seed=st.integers(0, 1000),
)
def test_every_sequence_of_polls_tells_each_sample_once(
    steps: list[tuple[int, int, int, str]], capacity: int, hold: int, seed: int
) -> None:
    server = ModelServer(capacity=capacity, hold=hold, seed=seed)
    server.run(30)
    listener = Listener(server)
    listener.poll(200)
    for frames, count, race, what in steps:
        if what == "restart":
            server.restart()
            # The poller sees a lower count in /status; here it does so at once.
            listener.stitcher.forget()
            listener.process += 1
        elif what == "pause":
            server.rest(1.056)
        server.run(frames)
        listener.poll(count, race)
    server.run(3)
    listener.poll(200)
    listener.check()


@pytest.mark.parametrize("overtaken", [60, 200, 500])
def test_a_restart_that_overtook_the_counter_is_noticed_by_the_fingerprint(overtaken: int) -> None:
    server = ModelServer(seed=3)
    server.run(80)
    listener = Listener(server)
    listener.poll(200)
    server.restart()
    server.run(overtaken)
    listener.poll(200)
    server.run(2)
    listener.poll(50)
    if overtaken <= 80 + 100:  # labels overlap what is known: contents decide
        assert listener.process == 2
        listener.check()


def test_a_window_with_raised_labels_is_put_right() -> None:
    server = ModelServer(seed=5)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    server.run(4)
    listener.poll(60, race=1)
    assert [n for _, n, _, _ in listener.told][-4:] == [91, 92, 93, 94]
    listener.check()


def test_raised_labels_of_the_very_first_window_are_put_right() -> None:
    server = ModelServer(seed=6)
    server.run(90)
    listener = Listener(server)
    listener.poll(100, race=2)
    assert listener.told[-1][1] == 90
    listener.check()


def test_one_damaged_reply_is_not_taken_for_a_restart() -> None:
    server = ModelServer(seed=7, hold=1)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    server.run(3)
    good = server.window(60)
    assert good is not None
    damaged = Window(good.first, good.t, np.full(len(good.t), 1e9))
    assert listener.stitcher.feed(damaged, at(server.now)) == []
    listener.poll(60)
    assert listener.process == 1
    listener.check()
    assert listener.told[-1][1] == 93


def test_an_outlier_in_an_overlap_changes_nothing() -> None:
    server = ModelServer(seed=8)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    server.run(3)
    window = server.window(60)
    assert window is not None
    window.values[20] = 1e9
    fresh = [o for o in listener.stitcher.feed(window, at(server.now)) if isinstance(o, Fresh)]
    assert fresh[0].numbers.tolist() == [91, 92, 93]


def test_a_gap_is_told_exactly() -> None:
    server = ModelServer(capacity=50, seed=9)
    server.run(50)
    listener = Listener(server)
    listener.poll(50)
    server.run(120)
    listener.poll(200)
    assert listener.gaps == [(1, 51, 120)]
    listener.check()


def test_a_server_with_coarse_times_is_followed_by_its_values() -> None:
    stitcher = Stitcher()
    values = np.round(np.random.default_rng(1).normal(100, 5, 120), 3)
    for stop in (100, 100, 110, 120):
        t = np.round(np.arange(stop - 60, stop) * 0.0223 + stop * 1e-4, 2)
        told = stitcher.feed(Window(stop - 59, t - t[0], values[stop - 60 : stop]), at(stop * 0.02))
    assert stitcher.last == 120
    assert [o for o in told if isinstance(o, AnotherProcess)] == []


def test_a_window_that_begins_with_the_newest_sample_goes_on_from_there() -> None:
    server = ModelServer(capacity=60, hold=1, seed=10)
    server.run(60)
    listener = Listener(server)
    listener.poll(60)
    server.run(59)
    listener.poll(60)
    assert listener.process == 1
    assert listener.stitcher.last == 119
    listener.check()


def test_the_same_values_at_other_times_come_from_another_process() -> None:
    values = 120 + 10 * np.sin(np.pi * np.arange(60) / 45)  # what any server without ROI makes up
    rng = np.random.default_rng(2)
    stitcher = Stitcher()
    outcomes = []
    for _ in range(2):
        t = np.cumsum(np.round(0.0222 + rng.exponential(0.0006, 60), 6))
        for _ in range(3):
            outcomes += stitcher.feed(Window(1, t - t[0], values), at(1.0))
    assert [type(outcome) for outcome in outcomes] == [Fresh, AnotherProcess, Fresh]


def test_the_time_of_a_sample_not_remembered_is_reckoned_by_the_usual_step() -> None:
    stitcher = Stitcher()
    assert stitcher.time_of(1) is None
    t = np.linspace(0.0, 0.2, 11)
    for _ in range(2):
        stitcher.feed(Window(100, t, np.arange(11.0)), at(0.0))
    assert stitcher.time_of(100) == 0.0
    assert stitcher.time_of(105) == pytest.approx(0.1)
    assert stitcher.time_of(112) == pytest.approx(0.24)
    assert stitcher.time_of(90) == pytest.approx(-0.2)


def test_a_short_second_look_does_not_shorten_the_first() -> None:
    server = ModelServer(seed=11)
    server.run(100)
    stitcher = Stitcher()
    outcomes = []
    for count in (100, 50):
        window = server.window(count)
        assert window is not None
        outcomes += stitcher.feed(window, at(server.now))
        server.run(3)
    (told,) = outcomes
    assert isinstance(told, Fresh)
    assert told.numbers.tolist() == list(range(1, 104))
