"""What the model says after events, as the status panel and the recorder read it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace

from nhem_tui.backend.errors import FaultKind
from nhem_tui.stream import events as ev
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.stream.session import Session
from nhem_tui.stream.simulated import sine_mask

FAULT = ev.Fault(FaultKind.REFUSED, "nothing listens")


def samples(first: int, count: int, *, rate: float = 45.0, t0: float = 0.0) -> ev.Samples:
    numbers = np.arange(first, first + count)
    t = np.linspace(t0, t0 + (count - 1) / rate, count)
    values = np.linspace(100.0, 99.0 + count, count)
    return ev.Samples("main", 1, numbers, t, values, False, math.nan)


def status(state: ev.ServerState, *, peak: bool = False) -> ev.StatusSeen:
    return ev.StatusSeen(0.0, 1, state, 500, 101.0, 100.0, peak, 100, 0.004)


class Hand:
    """A clock set by hand."""

    now = 10.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def session(clock: Hand) -> Session:
    return Session(1000, 100, clock)


def test_the_rate_is_measured_by_the_samples_own_times(session: Session) -> None:
    session.apply(samples(1, 200, rate=44.4))
    assert session.snapshot.rate == pytest.approx(44.4)


def test_a_gap_does_not_lower_the_measured_rate(session: Session) -> None:
    session.apply(samples(1, 100))
    session.apply(ev.Gap("main", 1, 101, 145))
    session.apply(samples(146, 100, t0=145 / 45 + 2.0))  # it stood still as well meanwhile
    assert session.snapshot.rate == pytest.approx(45.0)
    assert session.snapshot.lost == 45
    assert session.snapshot.received == 200


def test_a_pause_does_not_lower_the_measured_rate(session: Session) -> None:
    session.apply(samples(1, 100))
    session.apply(samples(101, 100, t0=100 / 45 + 1.056))
    assert session.snapshot.rate == pytest.approx(45.0)


def test_the_rate_is_unknown_while_stopped_or_lost(session: Session) -> None:
    session.apply(samples(1, 200))
    session.apply(status("stopped"))
    assert session.snapshot.rate is None
    session.apply(samples(201, 200, t0=10))
    session.apply(ev.ConnectionLost(0.0, FAULT))
    assert session.snapshot.rate is None


def test_the_newest_value_stays_when_a_status_of_an_older_frame_comes(session: Session) -> None:
    session.apply(samples(1, 50))
    session.apply(status("running"))
    assert session.snapshot.value == 149.0


def test_a_server_without_a_frame_has_no_value(session: Session) -> None:
    session.apply(ev.StatusSeen(0.0, 1, "stopped", 0, 0.0, 0.0, False, 0, 0.004))
    assert session.snapshot.value is None
    assert session.snapshot.baseline is None


def test_what_the_server_sent_without_a_value_is_unknown(session: Session) -> None:
    session.apply(ev.StatusSeen(0.0, 1, "running", 5, math.nan, math.nan, False, 5, 0.004))
    assert (session.snapshot.value, session.snapshot.baseline) == (None, None)
    assert session.snapshot.state == "running"


def test_the_newest_frame_is_that_told_and_before_it_that_counted(session: Session) -> None:
    session.apply(status("running"))
    assert session.snapshot.frame_count == 500
    session.apply(samples(1, 50))
    assert session.snapshot.frame_count == 50
    session.apply(ev.StatusSeen(0.0, 1, "running", 10**9, 101.0, 100.0, False, 100, 0.004))
    assert session.snapshot.frame_count == 50
    session.apply(ev.Restarted(0.0, 2))
    session.apply(ev.StatusSeen(0.0, 2, "stopped", 0, 0.0, 0.0, False, 0, 0.004))
    assert session.snapshot.frame_count == 0


def test_numbers_put_right_count_as_the_server_does(session: Session) -> None:
    session.apply(samples(1, 50))
    session.note_paused()
    session.apply(ev.Renumbered(0.0, 2, "main", 1))
    session.apply(ev.StatusSeen(0.0, 2, "stopped", 49, 101.0, 100.0, False, 49, 0.004))
    assert (session.snapshot.epoch, session.snapshot.frame_count) == (2, 49)
    assert session.snapshot.paused


def test_the_rate_of_frames_seen_now_and_then_is_that_of_their_numbers(session: Session) -> None:
    for number in range(1, 300, 4):
        session.apply(samples(number, 1, t0=number / 44.4))
        session.apply(ev.UsualGap("main", 1, number + 1, number + 3))
    assert session.snapshot.rate == pytest.approx(44.4)
    assert session.snapshot.lost == 225


def test_facts_stay_until_they_are_over(session: Session) -> None:
    session.apply(ev.Notice(0.0, "something passing"))
    for fact in ("no window capture", "no ROI samples", "no window capture"):
        session.apply(ev.Notice(0.0, "words", fact))
    assert session.snapshot.facts == ("no ROI samples", "no window capture")
    session.apply(ev.Notice(0.0, "words", "no ROI samples", over=True))
    assert session.snapshot.facts == ("no window capture",)


def test_a_pause_is_remembered_until_detection_runs_again(session: Session) -> None:
    session.apply(status("stopped"))
    session.note_paused()
    session.apply(status("stopped"))
    assert session.snapshot.paused
    session.apply(status("running"))
    assert not session.snapshot.paused


def test_a_pause_that_others_ended_unseen_is_forgotten(session: Session) -> None:
    session.note_paused()
    session.apply(status("stopped"))
    session.apply(replace(status("stopped"), frame_count=501))
    assert not session.snapshot.paused
    session.note_paused()
    session.apply(replace(status("stopped"), frame_count=501))
    assert session.snapshot.paused


def test_a_restart_forgets_the_pause(session: Session) -> None:
    session.note_paused()
    session.apply(ev.Restarted(0.0, 2))
    assert not session.snapshot.paused
    assert session.snapshot.epoch == 2


def test_of_a_process_that_is_gone_nothing_is_said_to_be_so_now(session: Session) -> None:
    session.apply(replace(samples(1, 200), simulated=True))
    session.apply(replace(samples(1, 200), channel="roi"))
    session.apply(status("running", peak=True))
    known = session.snapshot
    assert None not in (known.value, known.baseline, known.roi_value, known.rate, known.roi_rate)
    assert known.simulated
    assert known.peak_signal
    session.apply(ev.Restarted(0.0, 2))
    known = session.snapshot
    assert {known.value, known.baseline, known.roi_value, known.rate, known.roi_rate} == {None}
    assert not known.simulated
    assert not known.peak_signal


def test_there_is_no_rate_while_nothing_comes(session: Session) -> None:
    for stop in (
        lambda: session.apply(status("stopped")),
        lambda: session.apply(ev.ConnectionLost(0.0, FAULT)),
        session.note_disconnected,
    ):
        session.apply(samples(1, 200))
        session.apply(replace(samples(1, 200), channel="roi"))
        session.apply(status("running"))
        assert None not in (session.snapshot.rate, session.snapshot.roi_rate)
        stop()
        assert {session.snapshot.rate, session.snapshot.roi_rate} == {None}


def test_rising_edges_of_the_servers_signal_are_counted_with_hold_off(
    session: Session, clock: Hand
) -> None:
    for peak in (True, True, False, True, False):  # one flickering event
        clock.now += 0.1
        session.apply(status("running", peak=peak))
    assert session.snapshot.server_peaks == 1
    clock.now += 5
    session.apply(status("running", peak=True))
    assert session.snapshot.server_peaks == 2


def test_a_loss_and_a_return_are_states_with_times(session: Session, clock: Hand) -> None:
    session.apply(samples(1, 10))
    clock.now = 20.0
    session.apply(ev.ConnectionLost(0.0, FAULT))
    session.apply(ev.Retrying(0.0, 1, 2.5, FAULT))
    lost = session.snapshot
    assert (lost.link, lost.since, lost.next_retry, lost.data_at) == ("lost", 20.0, 22.5, 10.0)
    session.apply(ev.Trying(0.0, 1))
    assert (session.snapshot.next_retry, session.snapshot.trying) == (None, True)
    session.apply(ev.Retrying(0.0, 2, 5.0, FAULT))
    assert (session.snapshot.next_retry, session.snapshot.trying) == (25.0, False)
    session.apply(ev.Trying(0.0, 2))
    session.apply(ev.ConnectionRestored(0.0, 3.0))
    assert session.snapshot.link == "up"
    assert session.snapshot.fault is None
    assert not session.snapshot.trying


def test_a_server_is_reached_once_it_has_answered(session: Session) -> None:
    session.apply(ev.ConnectionLost(0.0, FAULT, reached=False))
    assert not session.snapshot.reached
    session.apply(ev.Connected(0.0, "http://lab3:8421", "1.0.0"))
    session.apply(ev.ConnectionLost(0.0, FAULT))
    assert session.snapshot.reached


@pytest.mark.parametrize("capacity", [10, 64])
def test_the_buffer_keeps_the_newest_in_order(capacity: int) -> None:
    buffer, number = SampleBuffer(capacity), 1
    for count in (3, 7, 1, 25, 4, 80, 2):
        buffer.append(samples(number, count, t0=number / 45))
        number += count
        kept = buffer.last(capacity)
        assert kept.numbers.tolist() == list(range(max(1, number - capacity), number))
        assert np.all(np.diff(kept.t) >= 0)


def test_a_window_reaches_one_sample_beyond_its_edges() -> None:
    buffer = SampleBuffer(100)
    buffer.append(samples(1, 91))
    assert buffer.window(20.5 / 45, 30.5 / 45).numbers.tolist() == list(range(21, 33))


def test_resizing_keeps_the_newest() -> None:
    buffer = SampleBuffer(100)
    buffer.append(samples(1, 80))
    buffer.resize(30)
    buffer.append(samples(81, 5, t0=80 / 45))
    assert buffer.last(100).numbers.tolist() == list(range(56, 86))


def test_numbers_of_two_processes_are_never_neighbours() -> None:
    buffer = SampleBuffer(100)
    buffer.append(samples(1, 5))
    other = samples(6, 5, t0=1.0)
    buffer.append(ev.Samples("main", 2, other.numbers, other.t, other.values, False, math.nan))
    assert np.count_nonzero(np.diff(buffer.last(100).keys) != 1) == 1


@pytest.mark.parametrize("fps", [25, 44.4, 45, 60])
def test_the_servers_sine_is_known_at_any_frame_rate(fps: float) -> None:
    t = np.arange(12) / fps
    assert sine_mask(120 + 10 * np.sin(np.pi * t)).all()


def test_a_measured_curve_is_not_taken_for_the_servers_sine() -> None:
    t = np.arange(60) / 45
    noise = np.random.default_rng(1).normal(0, 0.02, 60)
    for values in (
        120 + 10 * np.sin(np.pi * t) + noise,
        120 + 6 * np.sin(np.pi * t),
        np.full(60, 120.0),
        np.full(60, 127.0),
        117 + t,
        np.round(100 + 3 * np.sin(t)),
        np.array([1e308, -1e308] * 30),
        np.full(7, 120.0),
    ):
        assert not sine_mask(values).any()


def test_only_the_samples_of_the_sine_are_taken_for_it() -> None:
    sine = 120 + 10 * np.sin(np.pi * np.arange(40) / 45)
    measured = np.repeat([95.2, 96.1], 20)
    mask = sine_mask(np.concatenate((measured, sine[:30], sine[:25], measured)))
    assert mask.tolist() == [False] * 40 + [True] * 55 + [False] * 40
