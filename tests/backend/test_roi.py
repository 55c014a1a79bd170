"""Where ROI 2 truly lies (contract section 6)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.backend.roi import Roi, roi2_rectangle


@pytest.mark.parametrize("corners", [(100, 100, 300, 250), (1480, 480, 1680, 630)])
def test_away_from_the_origin_it_is_the_top_left_square(corners: tuple[int, int, int, int]) -> None:
    x1, y1, _, _ = corners
    assert roi2_rectangle(*corners) == (x1, y1, x1 + 37, y1 + 37)


def test_at_the_origin_it_is_the_centre() -> None:
    assert roi2_rectangle(0, 0, 200, 150) == (82, 57, 119, 94)


def test_thumbnail_is_scaled_to_the_screen() -> None:
    assert roi2_rectangle(1000, 1000, 1400, 1600) == (1000, 1000, 1074, 1148)


def test_position_in_the_thumbnail_is_cut_not_rounded() -> None:
    # (300 // 2 - 98) * 200 / 300 = 34.67 thumbnail pixels: int gives 34, rounding would give 35.
    left, _, right, _ = roi2_rectangle(98, 1000, 398, 1150)
    assert left == 98 + (34 - 18) * 300 / 200
    assert right == 98 + (34 - 18 + 37) * 300 / 200


def test_negative_position_is_cut_towards_zero_and_clamped() -> None:
    # (201 // 2 - 101) * 200 / 201 = -0.995: int gives 0, floor would give -1; both end at 0.
    assert roi2_rectangle(101, 200, 302, 350)[0] == 101


@given(st.integers(0, 4000), st.integers(0, 4000), st.integers(50, 4000), st.integers(50, 4000))
@settings(max_examples=200, deadline=None)
def test_it_lies_inside_roi_1_with_37_thumbnail_pixels_a_side(
    x1: int, y1: int, width: int, height: int
) -> None:
    left, top, right, bottom = roi2_rectangle(x1, y1, x1 + width, y1 + height)
    assert x1 <= left < right <= x1 + width
    assert y1 <= top < bottom <= y1 + height
    assert right - left == pytest.approx(37 * width / 200)
    assert bottom - top == pytest.approx(37 * height / 150)


def test_derived_sizes_and_centre() -> None:
    roi = Roi(100, 100, 301, 250)
    assert (roi.width, roi.height, roi.centre) == (201, 150, (200, 175))
    assert roi.roi2 == roi2_rectangle(100, 100, 301, 250)


def test_region_without_size_from_the_wire_breaks_nothing() -> None:
    assert Roi(5, 5, 5, 5).roi2 == (5, 5, 5, 5)
