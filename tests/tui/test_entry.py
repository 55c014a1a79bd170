"""Numbers as they are typed."""

from __future__ import annotations

import pytest

from nhem_tui.backend import limits
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui.entry import number
from tests.tui.simulated import NOT_A_NUMBER


@pytest.mark.parametrize("limit", [limits.THRESHOLD, limits.MARGIN_FRAMES, limits.ROI_COORDINATE])
@pytest.mark.parametrize("text", [*NOT_A_NUMBER, "-1", "1e400", "9" * 5000])
def test_what_is_no_allowed_number_is_refused_in_words(limit: limits.Limit, text: str) -> None:
    with pytest.raises(InvalidValue, match=f"{limit.label} must be {limit.range_text[:8]}"):
        number(limit, text)


@pytest.mark.parametrize(
    "text,value",
    [("104", 104), (" 104.5 ", 104.5), ("+60", 60), ("1e2", 100), ("5.", 5), ("60.0", 60)],
)
def test_plain_digits_are_a_number(text: str, value: float) -> None:
    if value < 50:
        assert number(limits.MARGIN_FRAMES, text) == value
    else:
        assert number(limits.THRESHOLD, text) == value


def test_a_whole_number_comes_back_as_one() -> None:
    assert isinstance(number(limits.MARGIN_FRAMES, "5.0"), int)


@pytest.mark.parametrize("value", [104, 104.0, 0.1, 199.99999, 0.30000000000000004])
def test_what_is_spelled_reads_back(value: float) -> None:
    assert float(spelled(value)) == pytest.approx(value, rel=1e-11)
    assert len(spelled(value)) < 16
