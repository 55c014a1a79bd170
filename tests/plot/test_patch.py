"""Patches turn one drawing into the next, and nothing else is sent."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.plot.canvas import ROLE_NUMBER, ROLES, Canvas
from nhem_tui.plot.patch import BRIDGE, patches

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 5))
CELLS = st.tuples(st.sampled_from("  ⠿⣀a"), st.sampled_from(ROLES))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Canvas, Canvas]:
    width, height = draw(SIZES)
    before = Canvas(width, height)
    for row in range(height):
        for column in range(width):
            before.write(row, column, *draw(CELLS))
    after = before.copy()
    places = st.tuples(st.integers(0, height - 1), st.integers(0, width - 1), CELLS)
    for row, column, cell in draw(st.lists(places, max_size=10)):
        after.write(row, column, *cell)
    return before, after


def looks(canvas: Canvas) -> list[tuple[str, str]]:
    """What is seen of each cell: the role of a blank one is not."""
    text = canvas.codes.tobytes().decode("utf-32-le")
    roles = [ROLES[number] for number in canvas.roles.ravel()]
    return [(char, role if char != " " else "") for char, role in zip(text, roles, strict=True)]


@given(pairs())
def test_a_patched_drawing_looks_like_the_new_one(pair: tuple[Canvas, Canvas]) -> None:
    before, after = pair
    shown = before.copy()
    for patch in patches(before, after):
        shown.write(*patch)
    assert looks(shown) == looks(after)


@given(pairs())
def test_what_looks_the_same_is_sent_only_as_a_bridge(pair: tuple[Canvas, Canvas]) -> None:
    before, after = pair
    width = after.codes.shape[1]
    same = [a == b for a, b in zip(looks(before), looks(after), strict=True)]
    sent = np.zeros(len(same), bool)
    for patch in patches(before, after):
        start = patch.row * width + patch.column
        assert patch.column + len(patch.text) <= width, "a run stays in its row"
        sent[start : start + len(patch.text)] = True
    idle = 0
    for cell, unchanged in zip(sent, same, strict=True):
        idle = idle + 1 if cell and unchanged else 0
        assert idle <= BRIDGE
    assert sent.any() == (not all(same))


def test_a_moved_dot_costs_two_short_runs() -> None:
    before, after = Canvas(100, 3), Canvas(100, 3)
    before.write(1, 10, "⠁", "line")
    after.write(1, 50, "⠁", "line")
    assert [tuple(patch) for patch in patches(before, after)] == [
        (1, 10, " ", ROLES[ROLE_NUMBER["blank"]]),
        (1, 50, "⠁", "line"),
    ]


def test_two_dots_near_each_other_cost_one_run() -> None:
    """To move over four cells costs a terminal as much as to write them again."""
    before, after = Canvas(100, 3), Canvas(100, 3)
    for column in (10, 15, 21):
        after.write(1, column, "⠁", "line")
    assert [tuple(patch) for patch in patches(before, after)] == [
        (1, 10, "⠁    ⠁", "line"),
        (1, 21, "⠁", "line"),
    ]
