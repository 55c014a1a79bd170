"""What is known of captured windows without numpy is what the stream knows with it."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.analysis import peaks
from nhem_tui.cli import captured
from nhem_tui.cli.made_up import made_up
from nhem_tui.stream.simulated import sine_mask


def sine(count: int, start: float, rate: float) -> list[float]:
    return [120 + 10 * math.sin(math.pi * (start + i / rate)) for i in range(count)]


MEASURED = st.floats(0, 255)
STRETCH = st.builds(sine, st.integers(1, 20), st.floats(0, 2), st.sampled_from([10, 30, 45, 120]))


@given(st.lists(STRETCH | st.lists(MEASURED, max_size=12), max_size=4))
def test_made_up_frames_are_those_of_the_stream(parts: list[list[float]]) -> None:
    values = [value for part in parts for value in part]
    assert made_up(values) == sine_mask(np.array(values)).tolist()


def test_a_stretch_is_told_from_what_was_measured_around_it() -> None:
    noise = random.Random(1)
    measured = [noise.uniform(90, 110) for _ in range(20)]
    verdict = made_up([*measured, *sine(20, 0.3, 45), *measured])
    assert verdict == [False] * 20 + [True] * 20 + [False] * 20


@pytest.mark.parametrize("step", [0.0, 1.0, -0.5])
def test_a_straight_line_is_measured(step: float) -> None:
    assert not any(made_up([120.0 + step * i for i in range(20)]))


def test_what_may_still_change_is_the_same_everywhere() -> None:
    assert captured.SIDE == peaks.SIDE
