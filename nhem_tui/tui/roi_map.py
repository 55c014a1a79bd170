"""Where the regions lie: the picture of ROI 1 and the outlines around and inside it, as cells.

The map shows as much of the server's screen as ROI 1 and its draft take up together; nothing is
known of what lies outside ROI 1, so it stays empty.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.backend.roi import Roi
from nhem_tui.plot.model import Size
from nhem_tui.plot.picture import Gray, half_blocks

Outline = Literal["applied", "draft", "roi2"]
"""What a rectangle means."""

Found = Literal["line", "sure", "likely", "unsure"]
"""A line that the server found, and where lines cross by how sure that is."""

Ink = Outline | Found
"""What a mark on the picture means."""

INKS: Final[tuple[Ink, ...]] = (*get_args(Outline), *get_args(Found))

NOTHING: Final = -1
"""In place of a gray level where there is no picture."""


class Point(NamedTuple):
    """A place in pixels of ROI 1, from its left upper corner."""

    x: float
    y: float


class Stroke(NamedTuple):
    """A line from one place to another."""

    start: Point
    end: Point


class Crossing(NamedTuple):
    """Where lines cross.

    Attributes:
        place: in ROI 1.
        confidence: of the server, 0–1.
    """

    place: Point
    confidence: float

    @property
    def ink(self) -> Found:
        """As the desktop client coloured it: red, orange, yellow."""
        return (
            "sure" if self.confidence >= 0.7 else "likely" if self.confidence >= 0.4 else "unsure"
        )


class Finding(Struct, frozen=True):
    """What a line detection found in ROI 1.

    Attributes:
        strokes: lines.
        crossing: where they cross, None where they do not.
        width: of ROI 1 in pixels.
        height: likewise.
    """

    strokes: tuple[Stroke, ...]
    crossing: Crossing | None
    width: int
    height: int


class Scene(Struct, frozen=True, eq=False):
    """What is to be drawn.

    Attributes:
        gray: picture of ROI 1 in whatever shape it was sent, None when there is none.
        aspect: width over height of what the picture shows.
        region: where ROI 1 lies on the server's screen in pixels, None while unknown.
        draft: where it would lie, None while nothing is edited.
        finding: what was found in ROI 1, None for nothing.
    """

    gray: Gray | None = None
    aspect: float = 4 / 3
    region: Roi | None = None
    draft: Roi | None = None
    finding: Finding | None = None


class Sketch(Struct, frozen=True, eq=False):
    """Cells; each array has the shape (height, width) of the size drawn for.

    Attributes:
        upper: gray of the upper half of each cell, or `NOTHING`.
        lower: gray of the lower half, or `NOTHING`.
        glyphs: the character drawn over it, empty for none.
        inks: the `Ink` of that character, empty for none.
    """

    upper: NDArray[np.int16]
    lower: NDArray[np.int16]
    glyphs: NDArray[np.str_]
    inks: NDArray[np.str_]

    @classmethod
    def blank(cls, size: Size) -> Sketch:
        """Nothing drawn yet."""
        shape = size.height, size.width
        nothing = np.full(shape, NOTHING, np.int16)
        return cls(nothing, nothing.copy(), np.full(shape, "", "<U1"), np.full(shape, "", "<U7"))


Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom edge in pixels of the server's screen."""


class Box(NamedTuple):
    """Cells from `left` and `top` up to, not including, `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int


class _Border(NamedTuple):
    """The characters of an outline: four corners from the top left, level, upright."""

    corners: str
    level: str
    upright: str


_BORDERS: Final[dict[Outline, _Border]] = {
    "applied": _Border("┌┐└┘", "─", "│"),
    "draft": _Border("┏┓┗┛", "╍", "╏"),
    "roi2": _Border("╭╮╰╯", "─", "│"),
}
_LABELS: Final[dict[Outline, tuple[str, ...]]] = {
    "applied": ("ROI 1", "1"),
    "draft": ("draft",),
    "roi2": ("ROI 2", "2"),
}
"""Names of the outlines, long and short."""


class Grid:
    """Places the server's screen pixels in a pane, centred, without changing their shape."""

    def __init__(self, bounds: Bounds, size: Size, tall: float) -> None:
        """Fit `bounds` into `size`; see `place` for `tall`.

        A side that a server gives no length, or less than none, takes the room of one pixel.
        """
        self._x1, self._y1, x2, y2 = bounds
        width, height = (side if side > 0 else 1.0 for side in (x2 - self._x1, y2 - self._y1))
        across = min(size.width / width, tall * size.height / height)
        self._scale = across, across / tall
        self._offset = (
            (size.width - width * self._scale[0]) / 2,
            (size.height - height * self._scale[1]) / 2,
        )
        self._size = size

    def box(self, bounds: Bounds) -> Box:
        """The cells of a rectangle, at least one and all inside the pane."""
        x1, y1, x2, y2 = bounds
        left, right = self._span(0, x1 - self._x1, x2 - self._x1)
        top, bottom = self._span(1, y1 - self._y1, y2 - self._y1)
        return Box(left, top, right, bottom)

    def _span(self, axis: int, low: float, high: float) -> tuple[int, int]:
        scale, offset, room = self._scale[axis], self._offset[axis], self._size[axis]
        first = min(max(round(low * scale + offset), 0), room - 1)
        return first, min(max(round(high * scale + offset), first + 1), room)


class Placed(Struct, frozen=True):
    """Where things lie in a pane.

    Attributes:
        picture: of ROI 1, None where there is none.
        outlines: in the order they are drawn; a later one lies over an earlier one.
    """

    picture: Box | None
    outlines: tuple[tuple[Outline, Box], ...]


def place(scene: Scene, size: Size, *, tall: float = 2.0) -> Placed:
    """Place a scene in a pane of some area.

    Args:
        scene: what is to be drawn.
        size: of the pane, in cells.
        tall: height of a cell over its width; 1 where `size` is in pixels.
    """
    region, draft = scene.region, scene.draft
    if region is None:
        whole = 0.0, 0.0, scene.aspect, 1.0
        return Placed(None if scene.gray is None else Grid(whole, size, tall).box(whole), ())
    grid = Grid(_bounds(region if draft is None else _around(region, draft)), size, tall)
    here, edited = grid.box(_bounds(region)), draft is not None and draft != region
    outlines: list[tuple[Outline, Box]] = [("roi2", grid.box(region.roi2))]
    if edited or scene.gray is None:
        outlines.insert(0, ("applied", here))
    if draft is not None and edited:
        outlines.append(("draft", grid.box(_bounds(draft))))
    return Placed(None if scene.gray is None else here, tuple(outlines))


def draw(scene: Scene, size: Size) -> Sketch:
    """Draw the map as large as it goes into `size`."""
    sketch = Sketch.blank(size)
    if min(size) <= 0:
        return sketch
    placed = place(scene, size)
    if placed.picture is not None and scene.gray is not None:
        _paint(sketch, scene.gray, placed.picture)
        if scene.finding is not None:
            _mark(sketch, scene.finding, placed.picture)
    for ink, box in placed.outlines:
        _outline(sketch, box, ink)
    return sketch


def _bounds(roi: Roi) -> Bounds:
    return roi.x1, roi.y1, roi.x2, roi.y2


def _around(first: Roi, second: Roi) -> Roi:
    return Roi(
        min(first.x1, second.x1),
        min(first.y1, second.y1),
        max(first.x2, second.x2),
        max(first.y2, second.y2),
    )


def _paint(sketch: Sketch, gray: Gray, box: Box) -> None:
    size = Size(box.right - box.left, box.bottom - box.top)
    cells = half_blocks(gray, size, aspect=size.width / (2 * size.height))
    place = np.s_[box.top : box.bottom, box.left : box.right]
    sketch.upper[place], sketch.lower[place] = cells.upper, cells.lower


def spots(finding: Finding, box: Box) -> list[tuple[Found, list[tuple[int, int]]]]:
    """The cells (or pixels) of `box`, which shows ROI 1, that a finding marks: column and row."""
    if finding.width <= 0 or finding.height <= 0:
        return []
    scale = (box.right - box.left) / finding.width, (box.bottom - box.top) / finding.height
    marked: list[tuple[Found, list[tuple[int, int]]]] = []
    for stroke in finding.strokes:
        ends = _inside(stroke, finding)
        if ends is not None:
            (x1, y1), (x2, y2) = (_placed(end, scale, box) for end in ends)
            steps = max(abs(x2 - x1), abs(y2 - y1)) + 1
            xs, ys = np.linspace(x1, x2, steps).round(), np.linspace(y1, y2, steps).round()
            marked.append(("line", list(zip(xs.astype(int), ys.astype(int), strict=True))))
    crossing = finding.crossing
    if crossing is not None and _inside(Stroke(crossing.place, crossing.place), finding):
        marked.append((crossing.ink, [_placed(crossing.place, scale, box)]))
    return marked


def _placed(point: Point, scale: tuple[float, float], box: Box) -> tuple[int, int]:
    x, y = box.left + int(point.x * scale[0]), box.top + int(point.y * scale[1])
    return min(x, box.right - 1), min(y, box.bottom - 1)


def _inside(stroke: Stroke, finding: Finding) -> Stroke | None:
    """The part of a line that lies in ROI 1, None where there is none."""
    (x1, y1), (x2, y2) = stroke
    enters, leaves = 0.0, 1.0
    for start, step, size in ((x1, x2 - x1, finding.width), (y1, y2 - y1, finding.height)):
        if step == 0:
            if not 0 <= start <= size:
                return None
            continue
        one, other = -start / step, (size - start) / step
        enters, leaves = max(enters, min(one, other)), min(leaves, max(one, other))
    if enters > leaves:
        return None
    return Stroke(
        Point(x1 + enters * (x2 - x1), y1 + enters * (y2 - y1)),
        Point(x1 + leaves * (x2 - x1), y1 + leaves * (y2 - y1)),
    )


def _mark(sketch: Sketch, finding: Finding, box: Box) -> None:
    for ink, places in spots(finding, box):
        for column, row in places:
            sketch.glyphs[row, column] = "·" if ink == "line" else "╳"
            sketch.inks[row, column] = ink


def _outline(sketch: Sketch, box: Box, ink: Outline) -> None:
    """Draw the edges of `box` over its outermost cells, with its name where it fits."""
    border, glyphs = _BORDERS[ink], sketch.glyphs
    left, top, right, bottom = box.left, box.top, box.right - 1, box.bottom - 1
    across, down = np.s_[left : right + 1], np.s_[top : bottom + 1]
    for row in (top, bottom):
        glyphs[row, across], sketch.inks[row, across] = border.level, ink
    for column in (left, right):
        glyphs[down, column], sketch.inks[down, column] = border.upright, ink
    for corner, row, column in zip(
        border.corners, (top, top, bottom, bottom), (left, right, left, right), strict=True
    ):
        glyphs[row, column] = corner
    room = right - left - 1
    label = next((name for name in _LABELS[ink] if len(name) <= room), "")
    # Each name has a corner of its own: outlines lie on each other more often than not.
    row = bottom if ink == "draft" else top
    first = right - len(label) if ink == "applied" else left + 1
    glyphs[row, first : first + len(label)] = list(label)
