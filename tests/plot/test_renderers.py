"""What both renderers promise, whatever they are given."""

from __future__ import annotations

import math
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nhem_tui.plot import braille, plotext
from nhem_tui.plot.envelope import envelope
from nhem_tui.plot.frame import PEAK_GLYPHS, Frame
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.layout import columns_of, layout, time_at
from nhem_tui.plot.model import ChartOptions, PeakMark, Row, Series, Size, Viewport
from nhem_tui.plot.viewport import data_range, next_limits
from tests.plot.charts import (
    BARE,
    any_options,
    any_series,
    check_shape,
    dots,
    roles,
    sane_grays,
    sizes,
    viewports,
)

renderers = pytest.mark.parametrize("renderer", [braille, plotext], ids=["braille", "plotext"])

WINDOW = Viewport(0.0, 2.2, 100.0, 120.0)
EMPTY = Series(np.empty(0), np.empty(0))


def wave(count: int = 1000, level: float = 110.0) -> Series:
    t = np.linspace(0, 2.2, count)
    return Series(t, level + 8 * np.sin(7 * t))


def curve_cells(rows: list[Row], *names: str) -> set[tuple[int, int]]:
    wanted = set(names or ("line", "line.dim"))
    return {
        (y, x)
        for y, (row, line) in enumerate(zip(rows, roles(rows), strict=True))
        for x, role in enumerate(line)
        if role in wanted and row.text[x] != " "
    }


@renderers
@pytest.mark.filterwarnings("error")  # it would be printed over the screen
@settings(max_examples=80)
@given(data=st.data())
def test_every_row_is_exactly_as_wide_as_asked(renderer: ModuleType, data: st.DataObject) -> None:
    viewport = data.draw(viewports())
    options = data.draw(any_options(viewport))
    series = data.draw(any_series())
    series = Series(series.t + viewport.t0, series.values)
    size = data.draw(sizes)
    check_shape(renderer.render(viewport, series, size, options), size)


@renderers
@pytest.mark.parametrize("size", [Size(0, 0), Size(0, 9), Size(9, 0), Size(1, 1), Size(400, 120)])
def test_smallest_and_largest(renderer: ModuleType, size: Size) -> None:
    options = ChartOptions(baseline=104.0, threshold=110.0, cursor=1.0, marks=(0.5,))
    for series in (wave(), EMPTY):
        check_shape(renderer.render(WINDOW, series, size, options), size)


@settings(max_examples=40)
@given(any_series(sane_grays), st.integers(1, 60), st.integers(1, 16), st.booleans())
def test_both_fill_the_same_cells(series: Series, width: int, height: int, sweep: bool) -> None:
    options = ChartOptions(baseline=105.0, sweep=2.2 if sweep else None)
    one, other = (
        r.render(WINDOW, series, Size(width, height), options) for r in (braille, plotext)
    )
    assert roles(one) == roles(other)
    assert curve_cells(one) == curve_cells(other)


@renderers
def test_the_terminal_does_not_limit_the_size(
    renderer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "5")
    rows = renderer.render(WINDOW, wave(), Size(150, 40), BARE)
    check_shape(rows, Size(150, 40))
    assert {x for _, x in curve_cells(rows)} == set(range(150))


@renderers
def test_a_gap_is_not_drawn_over(renderer: ModuleType) -> None:
    numbers = np.concatenate((np.arange(0, 30), np.arange(60, 98)))
    t = numbers / 44
    size = Size(100, 12)
    series = with_gaps(t, np.full(t.size, 110.0), numbers)
    rows = renderer.render(WINDOW, series, size, BARE)
    dt = columns_of(WINDOW, size, BARE).dt
    last, first = (int(edge / dt) // 2 for edge in (29 / 44, 60 / 44))
    assert {x for _, x in curve_cells(rows)} == {*range(last + 1), *range(first, 100)}


@given(st.sets(st.integers(1, 95), min_size=1))
def test_between_the_two_sides_of_any_gap_is_nothing(missing: set[int]) -> None:
    numbers = np.array(sorted(set(range(97)) - missing))
    t = numbers / 44
    size = Size(120, 10)
    series = with_gaps(t, 110 + 9 * np.sin(t * 30), numbers)
    seen = dots(braille.render(WINDOW, series, size, BARE), size, BARE)
    frame = Frame.of(WINDOW, size, BARE)
    column = np.floor(t / frame.columns.dt).astype(int) - frame.columns.first
    drawn = set(np.flatnonzero(seen.any(axis=0)).tolist())
    for left, right, step in zip(column, column[1:], np.diff(numbers), strict=False):
        between = set(range(left + 1, right)) & set(range(frame.columns.width))
        assert drawn & between == (between if step == 1 else set())


@renderers
def test_an_outlier_stands_at_the_edge_and_flattens_nothing(renderer: ModuleType) -> None:
    calm = wave()
    wild = Series(calm.t, calm.values.copy())
    wild.values[400] = 1e9
    views = []
    for series in (calm, wild):
        spread = data_range(series.values)
        limits = next_limits(None, spread.low, spread.high, 0.0)
        viewport = Viewport(0.0, 2.2, limits.low, limits.high)
        views.append(renderer.render(viewport, series, Size(100, 20), BARE))
    before, after = map(curve_cells, views)
    at = int(calm.t[400] / (2.2 / 199)) // 2
    assert (0, at) in after
    assert (0, at) not in before
    assert {cell for cell in before ^ after if abs(cell[1] - at) > 1} == set()


@renderers
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.filterwarnings("error")
def test_what_is_no_number_breaks_the_line(renderer: ModuleType, value: float) -> None:
    t = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    series = Series(t, np.array([110.0, 110.0, value, 110.0, 110.0]))
    columns = {x for _, x in curve_cells(renderer.render(WINDOW, series, Size(100, 10), BARE))}
    dt = columns_of(WINDOW, Size(100, 10), BARE).dt
    cells = [int(moment / dt) // 2 for moment in t]
    assert columns == {*range(cells[0], cells[1] + 1), *range(cells[3], cells[4] + 1)}


@renderers
def test_peaks_differ_by_shape_and_colour_and_stand_above_their_apex(renderer: ModuleType) -> None:
    options = ChartOptions(
        grid=False,
        peaks=(
            PeakMark(0.1, 0.4, 0.22, 118.0, stable=True),
            PeakMark(1.0, 1.3, 1.12, 118.0, stable=False),
            PeakMark(1.9, 2.2, 2.02, 118.0, stable=True, provisional=True),
        ),
    )
    size = Size(100, 20)
    rows = renderer.render(Viewport(0.0, 2.2, 90.0, 130.0), wave(), size, options)
    marks = {
        row.text[x]: (y, x, line[x])
        for y, (row, line) in enumerate(zip(rows, roles(rows), strict=True))
        for x in range(size.width)
        if row.text[x] in PEAK_GLYPHS.values()
    }
    assert {glyph: role for glyph, (_, _, role) in marks.items()} == {
        "▲": "peak.green",
        "▽": "peak.red",
        "△": "peak.green",
    }
    for y, x, _ in marks.values():
        below = [rows[lower].text[x] for lower in range(y + 1, len(rows) - 2)]
        above = [rows[upper].text[x] for upper in range(y)]
        assert any(cell.strip() for cell in below)
        assert not any(cell.strip() for cell in above)


@renderers
@pytest.mark.parametrize("end", [1.0, 1.3])  # one narrower than a dot, too
def test_the_curve_has_the_colour_of_a_peak_where_it_is(renderer: ModuleType, end: float) -> None:
    viewport, size = Viewport(0.0, 2.2, 90.0, 130.0), Size(100, 20)
    options = ChartOptions(grid=False, peaks=(PeakMark(1.0, end, 1.0, 118.0, stable=False),))
    rows = renderer.render(viewport, wave(), size, options)
    left, right = (Frame.of(viewport, size, options).cell_at(t) for t in (1.0, end))
    assert left is not None
    assert right is not None
    assert {x for _, x in curve_cells(rows, "peak.red")} == set(range(6 + left, 6 + right + 1))


def test_where_two_peaks_meet_the_newest_stays() -> None:
    options = ChartOptions(
        grid=False,
        axes=False,
        peaks=(
            PeakMark(1.0, 1.1, 1.06, 110.0, stable=False),
            PeakMark(0.9, 1.1, 1.05, 110.0, stable=True),
        ),
    )
    rows = braille.render(Viewport(0.0, 2.2, 90.0, 150.0), wave(), Size(20, 10), options)
    assert [c for row in rows for c in row.text if c in PEAK_GLYPHS.values()] == ["▽"]


def test_a_lost_connection_dims_the_curve_its_baseline_and_its_peaks() -> None:
    peaks = (PeakMark(0.1, 2.0, 1.0, 110.0, True),)
    options = ChartOptions(dim=True, peaks=peaks, baseline=105.0, time_origin=2.0)
    rows = braille.render(WINDOW, wave(), Size(80, 15), options)
    used = {role for line in roles(rows) for role in line}
    assert {"line.dim", "baseline.dim"} <= used
    assert not used & {"line", "baseline", "peak.green"}
    assert any("▲" in row.text for row in rows), "its shape still tells what it was"


def test_the_baseline_ends_at_the_newest_sample_once_the_connection_is_lost() -> None:
    size, ends = Size(80, 15), []
    for dim in (False, True):
        options = ChartOptions(dim=dim, baseline=105.0, time_origin=1.7)
        rows = braille.render(WINDOW, EMPTY, size, options)
        ends.append(max(row.text.rfind("┄") for row in rows))
    newest = Frame.of(WINDOW, size, options).cell_at(1.7)
    assert newest is not None
    assert ends == [73, layout(size, options).left + newest]


def test_a_chart_keeps_room_for_a_baseline_that_is_still_to_come() -> None:
    size = Size(80, 15)
    before, after = ChartOptions(margin=True), ChartOptions(margin=True, baseline=105.0)
    assert layout(size, before) == layout(size, after)


def test_the_cursor_crosses_everything_and_hides_no_dot() -> None:
    size = Size(80, 15)
    without, cursor = ChartOptions(), ChartOptions(cursor=1.0)
    plain, read = (braille.render(WINDOW, wave(), size, o) for o in (without, cursor))
    np.testing.assert_array_equal(dots(plain, size, without), dots(read, size, cursor))
    at = Frame.of(WINDOW, size, cursor).cell_at(1.0)
    assert at is not None
    column = layout(size, cursor).left + at
    assert [line[column] == "cursor" for line in roles(read)] == [True] * 13 + [False] * 2
    assert all(row.text[column] != " " for row in read[:13])


def test_levels_outside_the_axis_are_not_drawn() -> None:
    options = ChartOptions(baseline=90.0, threshold=math.nan)
    used = {
        role
        for line in roles(braille.render(WINDOW, EMPTY, Size(80, 15), options))
        for role in line
    }
    assert not used & {"baseline", "threshold"}


def sweep_frames(noise: float, frames: int, size: Size) -> list[list[Row]]:
    """The display at 44 samples a second, frame by frame, a sample each."""
    random = np.random.default_rng(1)
    t = np.arange(200 + frames) / 44
    values = 110 + 5 * np.sin(t * 7) + random.normal(0, noise, t.size)
    return [
        braille.render(
            Viewport(t[end] - 2.2, t[end], 90.0, 130.0),
            Series(t[: end + 1], values[: end + 1]),
            size,
            ChartOptions(sweep=t[end], time_origin=t[end], baseline=104.0),
        )
        for end in range(200, 200 + frames)
    ]


@pytest.mark.parametrize("sweep", [False, True])
def test_columns_keep_their_width_as_the_window_moves(sweep: bool) -> None:
    """Else all of them would stand elsewhere after each sample."""
    ends = [n / 45 for n in range(1000, 100_000, 37)]
    widths = {
        columns_of(
            Viewport(end - 2.2, end, 0, 255),
            Size(100, 20),
            ChartOptions(sweep=end if sweep else None),
        ).dt
        for end in ends
    }
    assert len(widths) == 1


def test_a_step_of_the_sweep_touches_few_cells() -> None:
    """This is what makes it cheap on a slow link: the rest of the screen stands still."""
    size = Size(120, 25)
    shown = sweep_frames(0.3, 90, size)
    rows_changed, columns_changed = [], []
    for before, after in pairwise(shown):
        pairs = list(zip(before, after, strict=True))
        rows_changed.append(sum(a != b for a, b in pairs))
        touched = {
            x
            for a, b in pairs
            for x, (old, new) in enumerate(zip(a.text, b.text, strict=True))
            if old != new
        }
        columns_changed.append(len(touched))
    assert sum(rows_changed) / len(rows_changed) < 6
    assert max(columns_changed) <= 8


def test_the_sweep_writes_over_the_oldest_and_leaves_a_blank_ahead() -> None:
    size = Size(60, 10)
    options = ChartOptions(grid=False, axes=False, sweep=5.0)
    t = np.linspace(0, 5, 2000)
    rows = braille.render(
        Viewport(2.8, 5.0, 100, 120), Series(t, np.full(t.size, 110.0)), size, options
    )
    line = [row.text for row in rows]
    bars = {x for text in line for x, c in enumerate(text) if c == "┃"}
    assert len(bars) == 1
    at = bars.pop()
    cells = {x for _, x in curve_cells(rows)}
    assert cells == set(range(60)) - {(at + ahead) % 60 for ahead in range(4)}


@given(st.integers(0, 99), st.booleans(), st.floats(0, 1e6))
def test_a_pointed_at_cell_is_the_cell_of_its_time(cell: int, sweep: bool, newest: float) -> None:
    viewport, size = Viewport(newest - 2.2, newest, 0, 255), Size(100, 20)
    options = ChartOptions(sweep=newest if sweep else None)
    t = time_at(viewport, size, options, cell)
    inside = layout(size, options)
    if t is None:
        assert not inside.left <= cell < inside.left + inside.width
    else:
        back = Frame.of(viewport, size, options).cell_at(t)
        assert back == cell - inside.left or (sweep and back is None)


@given(viewports(), sizes, st.booleans())
@example(Viewport(-3.2, -1.0, 0, 255), Size(30, 8), True)
def test_labels_of_the_time_axis_never_run_into_each_other(
    viewport: Viewport, size: Size, relative: bool
) -> None:
    options = ChartOptions(time_origin=viewport.t1 if relative else None)
    plan = layout(size, options)
    rows = braille.render(viewport, EMPTY, size, options)
    if plan.bottom == 0 or plan.width <= 0:
        return
    starts = [x for x, cell in enumerate(roles(rows)[-1]) if cell == "label"]
    for token in rows[-1].text.split():
        # A label is a number or a clock time and nothing but one.
        number = token.replace("−", "-").removesuffix("s")
        assert all(math.isfinite(float(part)) for part in number.split(":"))
    assert bool(starts) == bool(rows[-1].text.strip())


def test_an_envelope_in_advance_draws_the_same() -> None:
    size, options = Size(90, 20), ChartOptions(baseline=104.0)
    columns = columns_of(WINDOW, size, options)
    curve = envelope(wave().t, wave().values, columns)
    assert braille.paint(WINDOW, curve, size, options).rows() == braille.render(
        WINDOW, wave(), size, options
    )
