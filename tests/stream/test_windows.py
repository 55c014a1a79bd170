"""From replies to windows: what has no value keeps its number, contradictions are refused."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from nhem_tui.backend.errors import BackendError, BadData
from nhem_tui.backend.types import Point, Realtime, RoiPoint, Status
from nhem_tui.backend.window_types import RoiWindow, RoiWindowMetadata, WindowMetadata
from nhem_tui.backend.window_types import Window as WindowReply
from nhem_tui.stream.window import Window, mended, place
from nhem_tui.stream.windows import (
    LONGEST,
    holds_copies,
    main_window,
    newest_frame,
    realtime_window,
    roi_window,
)

NAN = math.nan


def main_reply(t: Sequence[float], values: Sequence[float], newest: int = 500) -> WindowReply:
    series = tuple(Point(*point) for point in zip(t, values, strict=True))
    metadata = WindowMetadata(current_frame_count=newest)
    return WindowReply(series=series, capture_metadata=metadata)


def roi_reply(t: Sequence[float], values: Sequence[float], first: int = 1) -> RoiWindow:
    points = enumerate(zip(t, values, strict=True), first)
    series = tuple(RoiPoint(at, value, index) for index, (at, value) in points)
    return RoiWindow(
        series=series,
        roi_frame_range=(0, 0),
        main_frame_range=(0, 0),
        capture_metadata=RoiWindowMetadata(),
    )


def steady(count: int, first: int = 1, seed: int = 1) -> Window:
    """Samples with microsecond jitter and values that differ."""
    rng = np.random.default_rng(seed)
    t = np.round(np.cumsum(0.0222 + rng.exponential(0.0006, count)), 6)
    return Window(first, t, np.round(rng.normal(100, 4, count), 3))


# --- replies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "bad"),
    [
        *((where, bad) for where in ("value", "time") for bad in (NAN, math.inf, -math.inf)),
        *(("time", bad) for bad in (LONGEST, -LONGEST, 1e12, 1e305)),
    ],
)
def test_a_point_that_is_none_keeps_its_number(where: str, bad: float) -> None:
    t, values = [0.0, 0.02, 0.05, 0.07], [1.0, 2.0, 3.0, 4.0]
    (values if where == "value" else t)[2] = bad
    windows = main_window(main_reply(t, values)), roi_window(roi_reply(t, values))
    for window, first in zip(windows, (497, 1), strict=True):
        assert window is not None
        assert (window.first, window.last) == (first, first + 3)
        assert np.isnan(window.values).tolist() == [False, False, True, False]
        assert window.t[[0, 1, 3]].tolist() == [0.0, 0.02, 0.07]
        assert np.all(np.diff(window.t) >= 0)
        if where == "value":
            assert window.t[2] == 0.05, "the server has told its time"


def test_the_longest_time_has_room_for_microseconds() -> None:
    assert np.spacing(np.nextafter(LONGEST, 0)) < 0.5e-6


def test_points_that_are_none_at_the_end_wait_for_their_values() -> None:
    window = main_window(main_reply([0.0, 0.02, 0.04, 0.06], [1.0, 2.0, NAN, NAN]))
    assert window is not None
    assert (window.first, window.last, window.values.tolist()) == (497, 498, [1.0, 2.0])


def test_a_reply_without_samples_is_no_window() -> None:
    assert main_window(main_reply([], [])) is None
    assert roi_window(roi_reply([], [])) is None


def test_a_window_without_any_value_says_so() -> None:
    with pytest.raises(BadData, match="NaN in the reply"):
        main_window(main_reply([0.0, 0.02], [NAN, NAN]))


def test_time_that_runs_backwards_is_a_clock_that_was_set() -> None:
    t = [0.0, 0.02, 0.04, -3599.94, -3599.92]
    for window in (
        main_window(main_reply(t, [1.0] * 5)),
        roi_window(roi_reply(t, [1.0] * 5)),
        realtime_window(Realtime(frame_count=5, series=main_reply(t, range(5)).series), None),
    ):
        assert window is not None
        assert window.t.tolist() == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08])


@pytest.mark.parametrize(
    ("t", "expected"),
    [
        ([0.0, -3600.0], [0.0, 0.0]),
        ([0.0, -3600.0, -3599.5], [0.0, 0.5, 1.0]),
        ([0.0, 0.5, -3600.0], [0.0, 0.5, 1.0]),
    ],
)
def test_a_clock_that_was_set_among_the_first_samples_does_not_run_backwards(
    t: list[float], expected: list[float]
) -> None:
    window = roi_window(roi_reply(t, [1.0] * len(t)))
    assert window is not None
    assert window.t.tolist() == expected


def test_more_frames_than_were_counted_and_numbers_that_jump_are_refused() -> None:
    with pytest.raises(BadData, match="more samples than"):
        main_window(main_reply([0.0, 0.02], [1.0, 2.0], newest=1))
    reply = roi_reply([0.0, 0.5], [1.0, 2.0])
    with pytest.raises(BadData, match="jumps"):
        roi_window(
            RoiWindow(
                series=(reply.series[0], RoiPoint(0.5, 2.0, 3)),
                roi_frame_range=(0, 0),
                main_frame_range=(0, 0),
                capture_metadata=RoiWindowMetadata(),
            )
        )


@pytest.mark.parametrize(
    ("values", "copied"),
    [([7.0] * 3, True), ([NAN] * 3, True), ([7.0, 8.0, 7.0], False), ([7.0], False)],
)
def test_a_series_of_one_value_is_told_from_a_history(values: list[float], *, copied: bool) -> None:
    t = [0.25 * n for n in range(len(values))]
    assert holds_copies(Realtime(frame_count=9, series=main_reply(t, values).series)) == copied


@pytest.mark.parametrize(
    ("last", "first", "values"),
    [(None, 7, [1.0, 2.0, 3.0]), (2, 7, [1.0, 2.0, 3.0]), (7, 8, [2.0, 3.0]), (8, 9, [3.0])],
)
def test_by_the_count_alone_the_newest_frames_are_new(
    last: int | None, first: int, values: list[float]
) -> None:
    series = main_reply([0.0, 0.02, 0.04], [1.0, 2.0, 3.0]).series
    window = realtime_window(Realtime(frame_count=9, series=series), last)
    assert window is not None
    assert (window.first, window.values.tolist()) == (first, values)
    for newest in (9, 10):
        assert realtime_window(Realtime(frame_count=9, series=series), newest) is None
    assert realtime_window(Realtime(frame_count=9, series=()), last) is None


def test_of_a_state_only_a_newer_frame_with_a_value_is_a_measurement() -> None:
    status = Status(status="running", frame_count=9, current_value=7.5, baseline=7.0)
    for last in (None, 8):
        window = newest_frame(status, last)
        assert window is not None
        assert (window.first, window.values.tolist()) == (9, [7.5])
    assert newest_frame(status, 9) is None
    with pytest.raises(BackendError, match="NaN"):
        newest_frame(msgspec.structs.replace(status, current_value=NAN), 8)


# --- where a window lies --------------------------------------------------------------------------


@pytest.mark.parametrize("tick", [1e-6, 1e-4, 1e-3, 1e-2, 10.0])
@pytest.mark.parametrize("raised", [0, 1, 3, 8])
def test_labels_that_the_race_raised_are_seen_by_the_values(tick: float, raised: int) -> None:
    made = steady(120)
    coarse = np.round((made.t[40:] - made.t[40]) / tick) * tick
    window = Window(41 + raised, coarse, made.values[40:])
    assert place(made.until(100), window) == 41


@pytest.mark.parametrize("tick", [1e-4, 1e-3, 10.0])
def test_a_curve_that_never_changes_is_placed_by_its_labels(tick: float) -> None:
    made = steady(200)
    flat = np.full(200, 101.5)
    known = Window(1, np.round(made.t[:100] / tick) * tick, flat[:100])
    for first in (1, 30, 90):
        t = made.t[first - 1 : first + 60]
        assert (
            place(known, Window(first, np.round((t - t[0]) / tick) * tick, flat[: len(t)])) == first
        )


def test_steps_to_the_microsecond_tell_where_a_flat_curve_lies() -> None:
    made = steady(100)
    flat = Window(1, made.t, np.full(100, 101.5))
    part = Window(700, flat.t[20:80] - flat.t[20], flat.values[20:80])
    assert place(flat, part) == 21


def test_a_window_of_another_process_fits_nowhere() -> None:
    assert place(steady(100), steady(60, first=31, seed=2)) is None


@pytest.mark.parametrize("raised", [0, 1, 3])
def test_held_values_show_by_their_changes_that_labels_are_raised(raised: int) -> None:
    made = steady(120)
    held = np.repeat(made.values[:6], 22)[:120]
    known = Window(1, np.round(made.t[:100], 3), held[:100])
    window = Window(41 + raised, np.round(made.t[40:] - made.t[40], 3), held[40:])
    assert place(known, window) == 41


@pytest.mark.parametrize("tick", [1e-6, 1e-3])
def test_a_held_value_is_no_place_without_the_labels(tick: float) -> None:
    made = steady(200)
    held = np.repeat(made.values[:10], 22)[:200]
    known = Window(1, np.round(made.t[:100] / tick) * tick, held[:100])
    t = made.t[100:160]
    beyond = Window(101, np.round((t - t[0]) / tick) * tick, held[100:160])
    assert place(known, beyond) is None


def test_mended_times_keep_every_step_that_is_possible() -> None:
    like = Window(1, np.array([0.0, 0.02, 0.04, 1.0]), np.zeros(4))
    t = np.array([0.0, 0.02, 5.0, 5.02, 3605.0, 3605.02, 5.1])
    assert mended(t, like).tolist() == pytest.approx([0, 0.02, 5, 5.02, 3605, 3605.02, 3605.04])
    kept = mended(t, like, 10.0)
    assert kept.tolist() == pytest.approx([0, 0.02, 5, 5.02, 5.04, 5.06, 5.08])
    assert mended(t[:1], like).tolist() == [0.0]
