"""Numbers as people type them."""

from __future__ import annotations

import pytest

from nhem_tui.notation.numerals import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("-5", -5), ("+5", 5), ("5.0", 5), ("0.5", 0.5), (".5", 0.5), ("1e3", 1000)],
)
def test_plain_numbers_are_read_and_whole_ones_are_whole(text: str, number: float) -> None:
    read = read_number(text)
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize("text", ["", "1_00", "５", "0x10", "nan", "inf", "1e999", "1,5", "five"])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    assert read_number(text) is None
