"""When a live curve is drawn again, and that nothing stays undrawn."""

from __future__ import annotations

import numpy as np
import pytest

from nhem_tui.plot.model import PeakMark, Size
from nhem_tui.stream.buffer import SampleBuffer
from nhem_tui.tui.curve import Curve, Drawing, Overlay
from nhem_tui.tui.view import View
from tests.tui.scripted import samples, signal

SIZE = Size(100, 20)


def curve_of(count: int) -> tuple[Curve, SampleBuffer]:
    buffer = SampleBuffer(1000)
    buffer.append(samples("main", 1, 0.0, signal(count), rate=45.0))
    return Curve(buffer, pause=0.5), buffer


def test_a_sample_that_does_not_move_the_curve_is_drawn_a_little_later() -> None:
    curve, buffer = curve_of(450)
    view, edge = View(window=600.0), buffer.newest
    assert edge is not None
    assert curve.draw(view, 600.0, SIZE, Overlay(), edge, now=1.0)
    buffer.append(samples("main", 451, edge + 0.02, signal(1) + 30, rate=45.0))
    assert curve.draw(view, 600.0, SIZE, Overlay(), edge + 0.02, now=1.05) is None
    assert curve.pending
    assert curve.draw(view, 600.0, SIZE, Overlay(), edge + 0.02, now=1.5)
    assert not curve.pending
    assert curve.draw(view, 600.0, SIZE, Overlay(), edge + 0.02, now=2.0) is None


def test_another_look_is_drawn_at_once() -> None:
    curve, buffer = curve_of(450)
    edge = buffer.newest
    assert edge is not None
    assert curve.draw(View(), 10.0, SIZE, Overlay(), edge, now=1.0)
    assert curve.draw(View(grid=False), 10.0, SIZE, Overlay(), edge, now=1.0)
    assert curve.draw(View(grid=False), 10.0, Size(60, 10), Overlay(), edge, now=1.0)
    assert curve.draw(View(grid=False), 10.0, Size(60, 10), Overlay(dim=True), edge, now=1.0)


def test_a_lost_connection_opens_a_gap_at_the_right_edge() -> None:
    curve, buffer = curve_of(450)
    newest = buffer.newest
    assert newest is not None
    overlay = Overlay(ahead=1.5)
    drawing = curve.draw(View(), 10.0, SIZE, overlay, newest + 1.5, now=1.0)
    assert drawing is not None
    rows = [row.text for row in drawing.canvas.rows()]
    dots = [max((x for x, char in enumerate(row) if "⠀" < char <= "⣿"), default=0) for row in rows]
    assert max(dots) < 6 + 0.88 * (SIZE.width - 6), "nothing is drawn where nothing was measured"
    zero = rows[-1].rindex("0")
    assert zero == pytest.approx(max(dots), abs=2), "time counts from the newest sample"


def test_a_drawing_tells_how_much_of_it_is_simulated() -> None:
    buffer = SampleBuffer(1000)
    curve = Curve(buffer, pause=0.5)
    shares = []
    for first, simulated in ((1, True), (46, False)):
        t0 = (first - 1) / 45
        buffer.append(samples("main", first, t0, signal(45), rate=45.0, simulated=simulated))
        for window in (10.0, 0.5):
            curve.draw(View(), window, SIZE, Overlay(), buffer.newest or 0.0, now=float(first))
            shares.append(curve.simulated)
    assert shares == ["all", "all", "some", "none"]


def test_what_is_no_longer_kept_is_neither_drawn_nor_unlabelled() -> None:
    buffer = SampleBuffer(900)  # 20 s of a window of 60
    curve, view, size = Curve(buffer, pause=0.5), View(window=60.0), Size(120, 12)
    for second in range(50):
        values = signal(2250)[45 * second : 45 * second + 45]
        made_up = second < 25
        buffer.append(
            samples("main", 45 * second, float(second), values, rate=45, simulated=made_up)
        )
        curve.draw(view, 60.0, size, Overlay(), second + 44 / 45, float(second))
    assert curve.simulated == "none"
    afresh = Curve(buffer, pause=0.5).draw(view, 60.0, size, Overlay(), 49 + 44 / 45, 50.0)
    grown = curve.draw(view, 60.0, size, Overlay(dim=True), 49 + 44 / 45, 50.0)
    assert afresh is not None
    assert grown is not None
    assert inked(grown) == inked(afresh)


def inked(drawing: Drawing) -> list[int]:
    """Cell columns with dots of the curve."""
    dots = (drawing.canvas.codes > 0x2800) & (drawing.canvas.codes <= 0x28FF)
    return [int(column) for column in np.flatnonzero(dots.any(axis=0))]


@pytest.mark.parametrize("height", [5, 8, 13, 40])
def test_the_mark_of_a_peak_never_stands_on_the_curve(height: int) -> None:
    curve, buffer = curve_of(450)
    newest = buffer.newest
    assert newest is not None
    values = buffer.window(0.0, newest)
    at = int(values.values.argmax())
    apex = float(values.t[at])
    peak = PeakMark(apex - 0.2, apex + 0.2, apex, float(values.values[at]), stable=True)
    size, overlay = Size(80, height), Overlay(peaks=lambda _: (peak,))
    bare = curve.draw(View(peaks=True), 10.0, size, Overlay(), newest, now=1.0)
    drawing = curve.draw(View(peaks=True), 10.0, size, overlay, newest, now=1.0)
    assert bare is not None
    assert drawing is not None
    (row, column), *others = np.argwhere(drawing.canvas.codes == ord("▲")).tolist()
    assert not others
    assert chr(bare.canvas.codes[row, column]) in " ·┄"


def test_an_empty_chart_says_why() -> None:
    overlay = Overlay(empty="No samples yet")
    for buffer in (SampleBuffer(1000), curve_of(45)[1]):
        drawing = Curve(buffer, pause=0.5).draw(View(), 10.0, SIZE, overlay, 1.0, now=1.0)
        assert drawing is not None
        rows = [row.text.strip(" │") for row in drawing.canvas.rows()]
        assert ("No samples yet" in rows) == (buffer.newest is None)
