"""The map of the regions: shape, place and outlines, in cells and in pixels."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nhem_tui.backend.roi import Roi
from nhem_tui.plot.model import Size
from nhem_tui.tui import graphics
from nhem_tui.tui.roi_map import (
    INKS,
    NOTHING,
    Box,
    Crossing,
    Finding,
    Point,
    Scene,
    Sketch,
    Stroke,
    draw,
    place,
    spots,
)
from nhem_tui.tui.terminal.fence import Answer

GRAY = np.full((150, 200), 120, np.uint8)
"""As every picture of the server: 200×150, whatever it shows."""

INK: dict[str, graphics.Colour] = {
    "applied": (255, 255, 255),
    "draft": (255, 0, 0),
    "roi2": (0, 255, 0),
    "line": (0, 0, 255),
    "sure": (255, 255, 0),
    "likely": (0, 255, 255),
    "unsure": (255, 0, 255),
}


def text(sketch: Sketch) -> list[str]:
    return ["".join(glyph or " " for glyph in row) for row in sketch.glyphs.tolist()]


def painted(sketch: Sketch) -> tuple[int, int]:
    """Width and height of the picture in cells."""
    rows, columns = np.nonzero(sketch.upper != NOTHING)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def cells_of(sketch: Sketch, ink: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom cell of an outline, all inclusive."""
    rows, columns = np.nonzero(sketch.inks == ink)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@pytest.mark.parametrize(
    ("region", "shape"),
    [
        (Roi(0, 0, 100, 100), (40, 20)),
        (Roi(0, 0, 400, 100), (60, 8)),
        (Roi(0, 0, 100, 400), (10, 20)),
    ],
)
def test_the_picture_has_the_shape_of_the_region_not_of_the_file(
    region: Roi, shape: tuple[int, int]
) -> None:
    drawn = draw(Scene(GRAY, region.width / region.height, region), Size(60, 20))
    assert painted(drawn) == shape
    alone = draw(Scene(GRAY, region.width / region.height), Size(60, 20))
    assert painted(alone) == shape
    assert not alone.inks.any()


def test_roi_2_is_outlined_where_it_truly_lies() -> None:
    away = draw(Scene(GRAY, 4 / 3, Roi(1000, 900, 1200, 1050)), Size(200, 75))
    # The first 37 of 200 columns, and of 150 rows, of which a cell is two.
    assert cells_of(away, "roi2") == (0, 0, 36, 17)
    centred = draw(Scene(GRAY, 4 / 3, Roi(0, 0, 200, 150)), Size(200, 75))
    assert cells_of(centred, "roi2") == (82, 28, 118, 46)
    assert any("ROI 2" in row for row in text(away))


def test_what_is_applied_is_outlined_only_when_it_could_not_be_seen() -> None:
    region = Roi(100, 100, 300, 250)
    assert "applied" not in draw(Scene(GRAY, 4 / 3, region, region), Size(60, 20)).inks
    assert "applied" in draw(Scene(None, 4 / 3, region, region), Size(60, 20)).inks
    assert "draft" not in draw(Scene(None, 4 / 3, region, region), Size(60, 20)).inks


@pytest.mark.parametrize("corners", [(5, 5, 5, 5), (0, 0, 0, 50), (300, 300, 5, 5)])
def test_a_region_of_no_size_is_drawn_nevertheless(corners: tuple[int, int, int, int]) -> None:
    assert draw(Scene(None, 4 / 3, Roi(*corners)), Size(60, 20)).inks.any()


def test_the_draft_is_outlined_beside_the_picture_at_the_same_scale() -> None:
    region, draft = Roi(100, 100, 200, 200), Roi(200, 100, 300, 200)
    drawn = draw(Scene(GRAY, 1, region, draft), Size(80, 20))
    assert painted(drawn) == (40, 20)
    assert cells_of(drawn, "draft") == (40, 0, 79, 19)
    assert (drawn.upper[:, 40:] == NOTHING).all()
    lines = text(drawn)
    assert "ROI 1" in lines[0]
    assert "draft" in lines[-1]


def test_a_small_pane_keeps_short_names_inside_the_outlines() -> None:
    drawn = draw(Scene(GRAY, 4 / 3, Roi(1000, 900, 1200, 1050)), Size(24, 9))
    assert text(drawn)[0].startswith("╭2")


def test_nothing_is_drawn_while_nothing_is_known() -> None:
    drawn = draw(Scene(), Size(10, 4))
    assert (drawn.upper == NOTHING).all()
    assert not drawn.glyphs.any()


corner = st.integers(-(2**53), 2**53) | st.integers(0, 99_900)
side = st.integers(1, 100_000) | st.sampled_from([0, -295, 2**53])
regions = st.builds(lambda x, y, w, h: Roi(x, y, x + w, y + h), corner, corner, side, side)


@given(regions, st.none() | regions, st.booleans(), st.integers(0, 90), st.integers(0, 40))
def test_everything_stays_inside_the_pane(
    region: Roi, draft: Roi | None, seen: bool, width: int, height: int
) -> None:
    scene = Scene(GRAY if seen else None, 4 / 3, region, draft)
    drawn = draw(scene, Size(width, height))
    assert drawn.glyphs.shape == (height, width)
    assert (drawn.glyphs != "").tolist() == (drawn.inks != "").tolist()
    if width and height:
        placed = place(scene, Size(width, height))
        boxes = [box for _, box in placed.outlines] + ([placed.picture] if placed.picture else [])
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height


def test_pixels_are_square_and_outlined_in_colour() -> None:
    scene = Scene(GRAY, 1, Roi(100, 100, 200, 200), Roi(200, 100, 300, 200))
    image = graphics.pixels(scene, INK, (7, 7, 7), Size(400, 300))
    canvas = np.asarray(image)
    assert canvas[150, 100].tolist() == [120, 120, 120]
    assert canvas[150, 300].tolist() == [7, 7, 7]
    assert canvas[150, 399].tolist() == [255, 0, 0]
    assert canvas[10, 10].tolist() == [7, 7, 7]  # above the regions
    assert canvas[51, 51].tolist() in ([0, 255, 0], [255, 255, 255])
    assert set(INK) == set(INKS)


class _Package:
    """A textual-image that found the graphics it was told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, best: str) -> None:
        self.imported: list[str] = []
        self.asked: list[float] = []
        self.answer: Answer | None = Answer(0.001, graphics=True)
        drawn = SimpleNamespace(SixelImage="sixel", TGPImage="kitty", HalfcellImage="half")
        drawn.Image = getattr(drawn, best)
        widgets = SimpleNamespace(SixelImage="sixel widget", TGPImage="kitty widget")

        def load(name: str) -> ModuleType:
            self.imported.append(name)
            monkeypatch.setitem(sys.modules, "textual_image.renderable", drawn)
            monkeypatch.setitem(sys.modules, "textual_image.widget", widgets)
            return ModuleType(name)

        monkeypatch.setattr(graphics, "import_module", load)
        monkeypatch.setattr(graphics, "find_spec", lambda name: name)
        monkeypatch.setattr(graphics.fence, "ask", self.ask)

    def ask(self, patience: float) -> Answer | None:
        self.asked.append(patience)
        return self.answer


@pytest.mark.parametrize(
    ("best", "widget"),
    [("SixelImage", "sixel widget"), ("TGPImage", "kitty widget"), ("HalfcellImage", None)],
)
def test_pixels_where_the_terminal_has_them(
    monkeypatch: pytest.MonkeyPatch, best: str, widget: str | None
) -> None:
    _Package(monkeypatch, best)
    assert graphics.pixel_image() is None  # nobody asked the terminal yet
    graphics.prepare("auto", {"TERM": "xterm-kitty"})
    assert graphics.pixel_image() == widget


@pytest.mark.parametrize(
    ("image", "environ"),
    [
        ("half", {"TERM": "xterm-kitty"}),
        ("off", {"TERM": "xterm-kitty"}),
        ("auto", {"TERM": "xterm-256color", "TMUX": "default,1,0"}),
        ("auto", {"TERM": "tmux-256color"}),
        ("auto", {"TERM": "screen.xterm-256color"}),
        ("auto", {"TERM": "linux"}),
        ("auto", {}),
    ],
)
def test_the_terminal_is_not_asked_where_pixels_are_not_wanted_or_get_lost(
    monkeypatch: pytest.MonkeyPatch, image: str, environ: dict[str, str]
) -> None:
    package = _Package(monkeypatch, "TGPImage")
    graphics.prepare(image, environ)
    assert package.imported == package.asked == []
    assert graphics.pixel_image() is None


@pytest.mark.parametrize("answer", [None, Answer(0.2, graphics=True), Answer(0.001, False)])
def test_half_blocks_where_the_terminal_answers_late_or_has_no_graphics(
    monkeypatch: pytest.MonkeyPatch, answer: Answer | None
) -> None:
    package = _Package(monkeypatch, "SixelImage")
    package.answer = answer
    graphics.prepare("auto", {"TERM": "xterm-kitty", "SSH_CONNECTION": "::1"})
    assert package.imported == []
    assert len(package.asked) == 1


def test_without_the_package_there_are_half_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    package = _Package(monkeypatch, "SixelImage")
    monkeypatch.setattr(graphics, "find_spec", lambda _: None)
    graphics.prepare("auto", {"TERM": "xterm-kitty"})
    assert package.imported == package.asked == []
    assert graphics.pixel_image() is None


FOUND = Finding(
    (Stroke(Point(0, 0), Point(100, 100)), Stroke(Point(-500, 50), Point(1e9, 50))),
    Crossing(Point(50, 50), 0.8),
    100,
    100,
)


def test_what_a_line_detection_found_is_drawn_over_the_picture() -> None:
    sketch = draw(Scene(GRAY, 1, finding=FOUND), Size(40, 20))
    marked = {(x, y) for y, row in enumerate(sketch.glyphs) for x, glyph in enumerate(row) if glyph}
    assert {(0, 0), (38, 19), (1, 10)} <= marked
    assert (5, 15) not in marked
    assert sketch.glyphs[10, 20] == "╳"
    assert sketch.inks[10, 20] == "sure"
    assert sketch.inks[0, 0] == "line"
    beside = draw(Scene(GRAY, 1, finding=replace(FOUND, strokes=(), crossing=None)), Size(40, 20))
    assert not (beside.glyphs != "").any()


def test_a_crossing_has_the_colour_of_its_confidence() -> None:
    place = Point(1, 1)
    found = [Crossing(place, confidence).ink for confidence in (0.7, 0.69, 0.4, 0.39, 0.0)]
    assert found == ["sure", "likely", "likely", "unsure", "unsure"]


def test_a_finding_is_drawn_in_pixels_too() -> None:
    canvas = np.asarray(
        graphics.pixels(Scene(GRAY, 1, finding=FOUND), INK, (7, 7, 7), Size(400, 400))
    )
    assert canvas[20, 20].tolist() == [0, 0, 255]
    assert canvas[204, 204].tolist() == [255, 255, 0]


@pytest.mark.parametrize(
    ("stroke", "ends"),
    [
        (((-100, 20), (50, 20)), [(0, 20), (50, 20)]),
        (((50, 50), (250, 150)), [(50, 50), (99, 75)]),
        (((30, 400), (30, -400)), [(30, 99), (30, 0)]),
        (((-50, 50), (150, -150)), [(0, 0), (0, 0)]),
        (((200, 0), (200, 100)), None),
        (((-50, 20), (-10, 20)), None),
    ],
)
def test_of_a_line_that_part_is_drawn_which_lies_in_the_region(
    stroke: tuple[tuple[int, int], ...], ends: list[tuple[int, int]] | None
) -> None:
    line = Stroke(*(Point(*end) for end in stroke))
    drawn = [cells for _, cells in spots(Finding((line,), None, 100, 100), Box(0, 0, 100, 100))]
    assert [[cells[0], cells[-1]] for cells in drawn] == ([] if ends is None else [ends])


def test_a_finding_in_a_region_of_no_size_is_none() -> None:
    assert spots(replace(FOUND, width=0), Box(0, 0, 9, 9)) == []
