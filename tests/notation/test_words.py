"""What was probably meant."""

from __future__ import annotations

from nhem_tui.notation.words import did_you_mean, nearest


def test_the_nearest_word_is_proposed_whatever_its_case() -> None:
    assert nearest("TIMOUT", ["timeout", "theme"]) == "timeout"
    assert did_you_mean("timout", ["timeout", "theme"]) == "; did you mean timeout?"


def test_a_word_that_is_only_begun_is_meant() -> None:
    assert nearest("stat", ["start", "status"]) == "status"
    assert nearest("s", ["start", "status"]) == ""


def test_some_are_proposed_only_where_no_other_is_near() -> None:
    assert nearest("sta", ["start", "stop", "status"], last=["start", "stop"]) == "status"
    assert nearest("stp", ["start", "stop", "status"], last=["start", "stop"]) == "stop"


def test_nothing_is_proposed_for_what_is_near_to_nothing() -> None:
    assert did_you_mean("xyzzy", ["timeout", "theme"]) == ""
