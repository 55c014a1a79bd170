"""The model behind the screens: what it keeps for recordings and exports, and what it says when."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from nhem_tui.config.schema import PeakDetection, Settings
from nhem_tui.stream import events as ev
from nhem_tui.tui.monitor import REMEMBERED, Monitor
from tests.tui.scripted import NOW, lost, samples, status

LATER = NOW + 1000
"""What the clock of this machine says."""


def monitor(threshold: float = 105.0) -> Monitor:
    peaks = PeakDetection(peak_threshold=threshold)
    settings = msgspec.structs.replace(Settings(), peak_detection=peaks)
    return Monitor(settings, monotonic=lambda: 5.0, wall=lambda: LATER)


def roi(*heights: float, first: int = 1, t0: float = 0.0) -> ev.Samples:
    """A level of 90 with peaks 20 samples apart, 2 samples a second."""
    values = np.full(20 * len(heights) + 8, 90.0)
    values[10 : 20 * len(heights) : 20] = heights
    return samples("roi", first, t0, values, rate=2.0)


def main(t0: float = 0.0, first: int = 1) -> ev.Samples:
    """A second of the signal, by the server's clock 25 s before `NOW`."""
    return samples("main", first, t0, np.full(45, 100.0), rate=45.0)


def lines(model: Monitor) -> list[str]:
    return [entry.text for entry in model.journal.entries]


def test_a_recording_begins_with_link_and_process_as_they_are() -> None:
    model = monitor()
    for event in [*lost(), ev.Restarted(NOW, 2)]:
        model.apply(event)
    kinds = [type(entry) for entry in model.standing.entries]
    assert kinds == [
        ev.Tuned, ev.Connected, ev.StatusSeen, ev.ConnectionLost, ev.Retrying, ev.Restarted,
    ]  # fmt: skip


def test_peaks_carry_the_time_of_their_apex_and_gaps_that_of_the_samples_before() -> None:
    model = monitor()
    for event in (main(), ev.Gap("main", 1, 46, 60), roi(120.0)):
        model.apply(event)
    gap, peak = model.journal.entries
    assert "Lost for good" in gap.text
    assert gap.at == NOW - 25 + 44 / 45
    assert "Peak" in peak.text
    assert peak.at == NOW - 25 + 5.0


def test_while_the_server_s_clock_is_unknown_it_is_ours() -> None:
    model = monitor()
    model.apply(roi(120.0))
    assert model.journal.entries[-1].at == LATER


def test_a_jump_begins_with_an_empty_log_and_keeps_the_user_s_own_marks() -> None:
    model = monitor()
    told = [main(), ev.Gap("main", 1, 46, 60), ev.Mark(NOW, 0.1, "then"), roi(120.0)]
    for event in told:
        model.apply(event)
    model.mark(0.5)
    for _ in range(2):
        model.begin_again()
        assert (lines(model), [*model.gaps]) == ([], [])
        assert [mark.text for mark in model.moments] == ["Mark 1"]
        for event in told:
            model.apply(event)
        assert len(lines(model)) == 2
        assert [mark.text for mark in model.moments] == ["Mark 1", "then"]
        assert [*model.gaps] == [told[1]]


def test_marks_are_put_and_taken_away_in_turn() -> None:
    model = monitor()
    model.apply(ev.Mark(NOW, 0.1, "recorded"))
    first, second = model.mark(1.0), model.mark(2.0)
    removal = model.unmark()
    assert removal == ev.Mark(LATER, 2.0, second.text, removed=True)
    assert [mark.t for mark in model.moments] == [0.1, 1.0]
    assert model.unmark() == ev.Mark(LATER, 1.0, first.text, removed=True)
    assert model.unmark() is None  # what was recorded stays
    assert [mark.text for mark in model.moments] == ["recorded"]


def test_a_recording_tunes_the_detector_until_the_user_does() -> None:
    model = monitor(threshold=130.0)
    model.apply(ev.Tuned(NOW, 110.0, 1.1))
    model.apply(roi(120.0))
    assert model.tracker.green + model.tracker.red == 1
    assert model.retune(119.0, 2.0) == ev.Tuned(LATER, 119.0, 2.0)
    model.begin_again()
    model.apply(ev.Tuned(NOW, 110.0, 1.1))
    assert (model.tracker.threshold, model.tracker.difference_threshold) == (119.0, 2.0)
    model.apply(roi(115.0))
    assert model.tracker.green + model.tracker.red == 0


def test_parameters_are_kept_with_since_when_they_were_in_force() -> None:
    model = monitor(threshold=130.0)
    model.apply(ev.Tuned(NOW, 110.0, 1.1))  # before any sample: the settings were never in force
    model.apply(ev.Parameters(NOW, {"fps": 45}))
    model.apply(roi(90.0))
    model.apply(ev.Parameters(NOW, {"fps": 60}))
    model.retune(120.0, 1.5)
    assert [(one.t, one.owner, one.values) for one in model.in_force] == [
        (None, "client", {"peak_threshold": 110.0, "difference_threshold": 1.1}),
        (None, "server", {"fps": 45}),
        (13.5, "server", {"fps": 60}),
        (13.5, "client", {"peak_threshold": 120.0, "difference_threshold": 1.5}),
    ]
    assert ev.Parameters(NOW, {"fps": 60}) in model.standing.entries
    assert ev.Tuned(LATER, 120.0, 1.5) in model.standing.entries


def test_what_is_kept_for_exports_is_bounded() -> None:
    model = monitor()
    for n in range(REMEMBERED + 50):
        model.apply(ev.Gap("main", 1, n, n))
        model.apply(samples("roi", 1 + n, n / 2, np.full(1, 90.0), rate=2.0))
        model.retune(100.0 + n % 7, 1.1)
    assert len(model.gaps) == len(model.in_force) == REMEMBERED


def test_a_peak_settled_by_other_parameters_is_told_as_well() -> None:
    model = monitor(threshold=110.0)
    high = np.array([90.0] * 10 + [112.0, 95.0] + [111.0] * 6)
    model.apply(samples("roi", 1, 0.0, high, rate=2.0))  # the rival may yet outgrow the first core
    assert lines(model) == []
    model.retune(111.5, 1.1)  # now there is no rival
    (line,) = lines(model)
    assert "top 112.0" in line
    assert math.isclose(model.tracker.settled[0].t_apex, 5.0)


def test_what_others_change_on_the_server_is_told_and_what_comes_from_here_is_not() -> None:
    now = [100.0]
    model = Monitor(Settings(), monotonic=lambda: now[0], wall=lambda: LATER)
    before = {"peak_threshold": 104.0, "roi": [1, 2, 60, 70], "fps": 45.0}
    for event in (status("stopped", 0, 0.0, 0.0), ev.Parameters(NOW, before)):
        model.apply(event)
    assert lines(model) == []
    model.apply(status("running", 1, 100.0, 100.0))
    model.apply(ev.Parameters(NOW, before | {"peak_threshold": 130.0, "roi": [1, 2, 80, 90]}))
    assert lines(model) == [
        "Detection has started on the server",
        "On the server: threshold 104 → 130, ROI 1,2–60,70 → 1,2–80,90",
    ]
    model.note_change()
    now[0] += 2
    model.apply(status("stopped", 1, 100.0, 100.0))
    model.apply(ev.Parameters(NOW, before))
    assert len(lines(model)) == 2
    now[0] += 10
    model.apply(status("error", 1, 100.0, 100.0))
    assert lines(model)[2:] == ["The server says that detection has failed"]


def test_what_was_forgotten_is_not_counted_any_more() -> None:
    model = monitor()
    for event in (main(), ev.Gap("main", 1, 46, 60), roi(120.0)):
        model.apply(event)
    assert (model.session.snapshot.received, model.session.snapshot.lost) == (45, 15)
    model.clear()
    known = model.session.snapshot
    assert (known.received, known.lost, known.value, known.roi_value) == (0, 0, None, None)


def test_peaks_are_found_by_the_servers_parameters_but_for_those_the_user_chose() -> None:
    told = ev.Parameters(NOW, {"peak_threshold": 104.0, "difference_threshold": 2.1})
    model = monitor()  # with what is shipped
    assert model.apply(told) == ev.Tuned(NOW, 104.0, 2.1)
    assert (model.tracker.threshold, model.tracker.difference_threshold) == (104.0, 2.1)
    assert model.apply(told) is None
    model = monitor(110.0)
    assert model.apply(told) == ev.Tuned(NOW, 110.0, 2.1)
    assert ev.Tuned(NOW, 110.0, 2.1) in model.standing.entries
    odd = ev.Parameters(NOW, {"peak_threshold": None, "difference_threshold": math.nan})
    assert monitor().apply(odd) is None
    replayed = Monitor(Settings(), monotonic=lambda: 5.0, wall=lambda: LATER, follow=False)
    assert replayed.apply(told) is None
