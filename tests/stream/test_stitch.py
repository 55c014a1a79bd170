"""Whatever the polls, delays, races and restarts: no sample twice, none missing silently."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.stream.events import Samples
from nhem_tui.stream.ledger import Ledger
from nhem_tui.stream.stitch import (
    SURE_LOOKS,
    AnotherProcess,
    Fresh,
    Look,
    Missing,
    Stitcher,
)
from nhem_tui.stream.window import Window
from tests.stream.model_server import ModelServer
from tests.stream.stitching import Listener, at

polls = st.tuples(
    st.integers(0, 450),  # frames since the last poll: up to 10 s
    st.integers(50, 200),  # count
    st.sampled_from([0, 0, 0, 0, 1, 2]),  # race
    st.sampled_from(["run", "run", "run", "run", "pause", "restart", "back", "ahead", "blank"]),
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
    for _ in range(2):  # how old the first frames are nobody knows
        listener.poll(200)
        server.run(3)
    for frames, count, race, what in steps:
        if what == "restart":
            server.restart()
            # The poller sees a lower count in /status; here it does so at once.
            listener.stitcher.forget()
            listener.begin(server.process)
        elif what == "pause":
            server.rest(1.056)
        elif what in ("back", "ahead"):
            server.skew += 3600.0 if what == "ahead" else -3600.0
            listener.untied.add(server.count + 1)  # the length of that step is lost
        server.run(frames, blank=what == "blank")
        listener.poll(count, race)
    server.run(3)
    listener.poll(200)
    listener.check()
    assert max(t for _, _, t, _ in listener.told) < server.now + 60, "the clock's steps went in"


@settings(max_examples=60, deadline=None)
@given(
    frames=st.lists(st.integers(0, 80), min_size=1, max_size=15),
    hold=st.sampled_from([1, 22, 10**9]),
    tick=st.sampled_from([1e-4, 1e-3, 1e-2, 10.0]),
    seed=st.integers(0, 1000),
)
def test_times_that_say_little_neither_add_nor_drop_a_sample(
    frames: list[int], hold: int, tick: float, seed: int
) -> None:
    server = ModelServer(hold=hold, seed=seed, tick=tick)
    server.run(40)
    listener = Listener(server)
    listener.poll(200)
    for number in frames:
        server.run(number)
        listener.poll(100)
    assert listener.epoch == 1
    assert [n for _, n, _, _ in listener.told] == list(range(1, server.count + 1))
    listener.check(tick=tick)


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
        assert listener.epoch == 2
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
    assert listener.epoch == 1
    listener.check()
    assert listener.told[-1][1] == 93


def test_a_first_reply_that_the_second_contradicts_is_not_told() -> None:
    server = ModelServer(seed=7, hold=1)
    server.run(60)
    damaged = server.window(60)
    assert damaged is not None
    listener = Listener(server)
    listener.take(Window(damaged.first, damaged.t, damaged.values + 1.0))
    server.run(30)
    listener.poll(60)
    listener.check()
    assert [number for _, number, _, _ in listener.told] == list(range(1, 91))


def test_what_waits_to_be_confirmed_is_forgotten_with_its_process() -> None:
    server = ModelServer(seed=9)
    server.run(60)
    listener = Listener(server)
    window = server.window(60)
    assert window is not None
    listener.take(window)
    listener.stitcher.forget()
    listener.process_of[1] = 2
    server.restart()
    server.run(200)
    listener.poll(100)
    assert listener.gaps == [(1, 1, 100)]
    listener.check()


@pytest.mark.parametrize("missed", [150, 2000])
def test_a_server_that_hangs_after_the_very_first_look_does_not_stop_the_time(missed: int) -> None:
    server = ModelServer(seed=7)
    server.run(60)
    listener = Listener(server)
    listener.poll(60, looks=1)
    server.run(missed)
    listener.poll(200)
    listener.check()
    assert listener.gaps == [(1, 61, missed - 40)]
    t = {number: t for _, number, t, _ in listener.told}
    true = server.truth[1, missed - 39][0] - server.truth[1, 60][0]
    assert t[missed - 39] - t[60] == pytest.approx(true, abs=0.05)


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


def test_a_gap_is_told_exactly_and_lasts_as_long_as_it_took() -> None:
    server = ModelServer(capacity=50, seed=9)
    server.run(50)
    listener = Listener(server)
    listener.poll(50)
    server.run(120)
    listener.poll(200)
    assert listener.gaps == [(1, 51, 120)]
    (_, _, begun, _), (_, _, ended, _) = listener.told[49:51]
    assert ended - begun == pytest.approx(server.truth[1, 121][0] - server.truth[1, 50][0])
    listener.check()


def test_a_gap_has_room_even_where_no_time_has_passed() -> None:
    server = ModelServer(seed=5)
    stitcher = Stitcher()
    told = []
    for frames in (60, 200):
        server.run(frames)
        window = server.window(60)
        assert window is not None
        for _ in range(2):
            told += stitcher.feed(window, at(0.0))
    before, missing, after = told
    assert isinstance(before, Fresh)
    assert missing == Missing(61, 200)
    assert isinstance(after, Fresh)
    assert after.t[0] - before.t[-1] > 1.9 / 45, "a step to what is missing, and one from there"


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
    assert listener.epoch == 1
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


# --- labels that are wrong, and processes that look alike -----------------------------------------


@pytest.mark.parametrize("race", [1, 2, 50])
def test_numbers_that_were_too_high_from_the_start_are_put_right(race: int) -> None:
    server = ModelServer(seed=12)
    server.run(90)
    listener = Listener(server)
    for _ in range(2):
        window = server.window(100, raise_labels=race)
        assert window is not None
        listener.take(window)
    assert listener.stitcher.last == 90 + race
    server.run(4)
    listener.poll(100, looks=SURE_LOOKS)
    assert listener.epoch == 2
    assert [(e, n) for e, n, _, _ in listener.told[-4:]] == [(2, n) for n in range(91, 95)]
    listener.told = [item for item in listener.told if item[0] == 2]
    listener.check()


def test_labels_that_are_lower_now_and_then_change_nothing() -> None:
    server = ModelServer(seed=13)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    for turn in range(30):
        server.run(2)
        listener.poll(60, race=-30 if turn % 3 else 0)
    assert listener.epoch == 1
    assert listener.told[-1][1] == 150
    listener.check()


def test_a_counter_that_leaps_is_a_gap_once_it_stays_so() -> None:
    server = ModelServer(seed=14)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    server.run(3)
    for _ in range(SURE_LOOKS):
        window = server.window(100, raise_labels=1_000_000)
        assert window is not None
        listener.take(window)
    assert listener.gaps == [(1, 91, 1_000_090)]
    assert [n for _, n, _, _ in listener.told[-3:]] == [1_000_091, 1_000_092, 1_000_093]
    assert listener.told[-1][2] - listener.told[-4][2] == pytest.approx(3 / 45, abs=0.01)


def test_a_leap_in_one_reply_is_no_leap() -> None:
    server = ModelServer(seed=15)
    server.run(90)
    listener = Listener(server)
    listener.poll(100)
    server.run(3)
    listener.poll(100, race=1_000_000)
    assert listener.gaps == []
    listener.check()
    assert listener.told[-1][1] == 93


def test_frames_that_end_long_before_the_known_ones_are_older() -> None:
    server = ModelServer(seed=16, capacity=1000)
    server.run(90)
    stitcher = Stitcher()
    for _ in range(2):
        window = server.window(200)
        assert window is not None
        stitcher.feed(window, at(server.now))
    assert not stitcher.is_older(window)
    assert stitcher.is_older(window.until(60))
    assert not stitcher.is_older(window.until(88)), "a raised label can do that"
    assert not stitcher.is_older(window.until(60).labelled(200))
    assert not Stitcher().is_older(window)


# --- values and times that are none ---------------------------------------------------------------


def test_a_frame_without_a_value_is_a_gap_of_one() -> None:
    server = ModelServer(seed=17)
    server.run(60)
    listener = Listener(server)
    listener.poll(100)
    server.run(5, blank=True)
    server.run(5)
    listener.poll(100)
    assert listener.gaps == [(1, 65, 65)]
    assert [n for _, n, _, _ in listener.told[-9:]] == [61, 62, 63, 64, 66, 67, 68, 69, 70]
    server.run(5)
    listener.poll(100)
    assert listener.epoch == 1
    listener.check()


def test_a_clock_that_is_set_by_less_than_has_been_watched_does_not_move_it_either() -> None:
    server = ModelServer(seed=18)
    listener = Listener(server)
    for _ in range(60):
        server.run(45)
        listener.poll(100)
    before = listener.told[-1][2]
    server.skew = 30.0
    server.run(10)
    listener.poll(100)
    assert listener.told[-1][2] - before == pytest.approx(10 / 45, abs=0.05)


@pytest.mark.parametrize("skew", [-3600.0, 3600.0, -0.03])
def test_a_clock_that_is_set_does_not_move_session_time(skew: float) -> None:
    server = ModelServer(seed=18)
    server.run(60)
    listener = Listener(server)
    for _ in range(3):
        server.run(5)
        listener.poll(100)
    before = listener.told[-1][2]
    server.skew = skew
    server.run(10)
    listener.poll(100)
    assert listener.told[-1][2] - before == pytest.approx(10 / 45, abs=0.05)
    server.run(300)
    listener.poll(100)
    assert listener.epoch == 1
    assert listener.told[-1][1] == server.count


def test_a_pause_before_anybody_looked_keeps_its_length() -> None:
    server = ModelServer(seed=19)
    server.run(60)
    server.rest(3600.0)
    server.run(20)
    listener = Listener(server)
    listener.poll(100)
    listener.check()


def test_a_pause_of_a_process_that_was_found_stopped_keeps_its_length() -> None:
    server = ModelServer(seed=20)
    server.run(60)
    server.rest(3000.0)
    listener = Listener(server)
    listener.poll(100)  # the newest frame is 50 minutes old
    server.run(20)
    listener.poll(100)
    listener.check()


def test_more_samples_in_one_window_than_are_remembered_are_all_told() -> None:
    events: list[object] = []
    ledger = Ledger(events.append, lambda: None)
    random = np.random.default_rng(0)
    t, values = np.cumsum(random.uniform(0.02, 0.024, 3000)), random.uniform(0, 255, 3000)
    for count, asked in ((100, 0.0), (100, 0.1), (3000, 60.0)):
        ledger.take_main(Window(1, t[:count], values[:count]), Look(asked, asked + 0.01), np.nan)
    told = [event for event in events if isinstance(event, Samples)]
    assert np.concatenate([event.numbers for event in told]).tolist() == [*range(1, 3001)]
    assert len(told) == len(events)
