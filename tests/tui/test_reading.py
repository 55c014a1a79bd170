"""Reading the charts: cursor, scrolling back, marks, mouse."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui.reading import nearest, stepped
from nhem_tui.tui.view import View
from tests.tui.opened import SIZE, chart_text, dashboard, more, ready, source, told, turn_wheel
from tests.tui.scripted import live, make_app, samples, signal, until


def buffer() -> SampleBuffer:
    filled = SampleBuffer(500)
    filled.append(samples("main", 1001, 5.0, signal(200), rate=45.0))
    return filled


@given(st.floats(-10, 30))
def test_the_sample_read_is_the_nearest_one(t: float) -> None:
    kept = buffer()
    sample = nearest(kept, t)
    assert sample is not None
    times = kept.last(500).t
    assert abs(sample.t - t) == np.min(np.abs(times - t))
    assert sample.number == 1001 + int(np.argmin(np.abs(times - t)))


@given(st.floats(0, 12), st.integers(-300, 300))
def test_steps_go_from_sample_to_sample_and_stop_at_the_ends(t: float, steps: int) -> None:
    kept = buffer()
    here = nearest(kept, t)
    assert here is not None
    there = stepped(kept, here.t, steps)
    assert there is not None
    found = nearest(kept, there)
    assert found is not None
    assert found.number == min(max(here.number + steps, 1001), 1200)


@given(
    st.lists(st.floats(-30, 30), max_size=20),
    st.floats(20, 100),
    st.sampled_from([1.0, 10.0, 60.0]),
)
def test_scrolling_stays_within_what_is_kept(
    moves: list[float], newest: float, window: float
) -> None:
    view = View(window=window)
    for seconds in moves:
        view = view.scrolled(seconds, 0.0, newest)
        if view.edge is not None:
            assert window <= view.edge < newest


def test_nothing_to_read_in_an_empty_buffer() -> None:
    assert nearest(SampleBuffer(10), 1.0) is None
    assert stepped(SampleBuffer(10), 1.0, 1) is None


async def test_left_freezes_and_reads_sample_by_sample() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        newest = app.monitor.session.main.last(3)
        await pilot.press("left")
        await until(pilot, lambda: screen.view.cursor is not None)
        assert screen.view.frozen
        await pilot.press("left")
        title = str(screen.signal.border_title)
        assert "#261 124" in title
        assert f"{newest.values[1]:.2f}" in title
        await until(pilot, lambda: "│" in chart_text(app).splitlines()[3][20:])
        await pilot.press("right", "right", "right")
        assert "#261 125" in str(screen.signal.border_title)


async def test_the_roi_chart_is_read_when_it_has_the_focus() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        screen.roi.focus()
        await pilot.press("left", "left")
        roi = app.monitor.session.roi.last(2)
        assert screen.view.cursor == float(roi.t[0])


async def test_page_up_scrolls_back_and_page_down_returns_to_live() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        now = chart_text(app)
        await pilot.press("pageup")
        await until(pilot, lambda: chart_text(app) != now)
        for _ in range(9):
            await pilot.press("pageup")
        assert screen.view.edge is not None
        assert screen.view.edge >= screen.view.window
        for _ in range(9):
            await pilot.press("pagedown")
        await until(pilot, lambda: not screen.view.frozen)


async def test_what_is_read_stays_while_new_samples_come() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("left", "left", "left")
        before = chart_text(app)
        received = app.monitor.session.snapshot.received
        source(app).queue.put_nowait(more(app))
        await until(pilot, lambda: app.monitor.session.snapshot.received > received)
        await pilot.pause()
        assert chart_text(app) == before


async def test_b_marks_and_shift_b_takes_the_mark_back() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        for _ in range(40):
            await pilot.press("left")
        await pilot.press("b")
        await until(pilot, lambda: "Mark 1 at frame 261 086" in told(app))
        await pilot.press("end")
        await until(pilot, lambda: "╎" in chart_text(app))
        await pilot.press("B")
        await until(pilot, lambda: "╎" not in chart_text(app))
        assert app.monitor.moments == []


async def test_the_wheel_zooms() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        turn_wheel(screen.signal, down=True)
        await until(pilot, lambda: screen.view.window == 20)
        turn_wheel(screen.roi, down=False)
        await until(pilot, lambda: screen.view.window == 10)


async def test_a_click_reads_the_sample_under_the_mouse() -> None:
    app = make_app(live())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: ready(app))
        screen = dashboard(app)
        await pilot.click("#signal", offset=(40, 5))
        await until(pilot, lambda: screen.view.cursor is not None)
        first = screen.view.cursor
        await pilot.hover("#signal", offset=(50, 5))
        await until(pilot, lambda: screen.view.cursor not in (None, first))
        assert screen.view.cursor is not None
        assert first is not None
        assert screen.view.cursor > first
