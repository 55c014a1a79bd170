"""Cleaning and redacting of foreign text."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.backend.sanitize import clean_text, mask_passwords, redact, shown
from nhem_tui.notation.mask import MASK


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("plain 密码错误 [bold]ü[/]", "plain 密码错误 [bold]ü[/]"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c", "abc"),
        ("a\x9b31mb", "ab"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("\x1b(Ba\x1bMb\x1b", "ab"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("nul\x00bell\x07del\x7f", "nulbelldel"),
        ("\u202eabc\u2066d\u200be\ufeff", "abcde"),
        ("\ud800lone", "lone"),
        ("", ""),
    ],
)
def test_cleaning(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clean_text("x" * 20, limit=10) == "x" * 9 + "…"
    assert clean_text("x" * 10, limit=10) == "x" * 10


@given(st.text(), st.integers(1, 50))
@settings(max_examples=200, deadline=None)
def test_cleaned_text_is_printable_short_and_stays_as_it_is(text: str, limit: int) -> None:
    clean = clean_text(text, limit)
    assert len(clean) <= limit
    assert not [c for c in clean if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert clean_text(clean, limit) == clean


SECRETS = st.text(
    st.characters(exclude_characters="•…", exclude_categories=["Cs"]), min_size=1, max_size=12
)


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_secret_is_gone_in_every_spelling(secret: str, before: str, after: str) -> None:
    quoted = quote(secret, safe="")
    lowered = re.sub("%..", lambda hexed: hexed[0].lower(), quoted)
    for spelled in (secret, quoted, lowered):
        assert redact(spelled, secret) == MASK
        assert secret not in redact(before + spelled + after, secret)
    assert redact(quote_plus(secret), secret) == MASK
    assert redact(repr(secret)[1:-1], secret) == MASK


@given(SECRETS.map(str.strip).filter(lambda secret: secret.isprintable() and secret))
@settings(max_examples=100, deadline=None)
def test_secret_split_by_control_characters_is_still_found(secret: str) -> None:
    split = "\x00".join(secret)
    assert secret not in shown(f"x{split}y", [secret])


def test_no_half_of_a_secret_is_left_by_cutting() -> None:
    assert "s3c" not in shown("x" * 7 + "s3cret", ["s3cret"], limit=10)


def test_longer_secret_is_masked_before_its_part() -> None:
    assert shown("eve:pass", ["pass", "eve:pass"]) == MASK


def test_secret_is_gone_where_only_its_blanks_are_spelled_otherwise() -> None:
    assert redact("password=schöner+Tag!&next", "schöner Tag!") == f"password={MASK}&next"


def test_empty_secret_masks_nothing() -> None:
    assert redact("text", "") == "text"


def test_masking_leaves_the_original_alone() -> None:
    config = {"security": {"Password": "x"}, "list": [{"secret_key": 1}, 2]}
    assert mask_passwords(config) == {
        "security": {"Password": MASK},
        "list": [{"secret_key": MASK}, 2],
    }
    assert config["security"] == {"Password": "x"}
