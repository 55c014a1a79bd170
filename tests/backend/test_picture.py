"""Pixels of a reply: a PNG, or a word why there is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhem_tui.backend.picture import Picture, picture_bytes

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"
RAW = base64.b64encode(PNG).decode()


@pytest.mark.parametrize(
    "prefix", ["data:image/png;base64,", "DATA:image/png;charset=x;BASE64,", ""]
)
def test_data_url_and_bare_base64_are_decoded(prefix: str) -> None:
    assert picture_bytes("base64", prefix + RAW) == Picture(PNG, "")


@pytest.mark.parametrize(
    ("kind", "pixels", "word"),
    [
        ("text", "roi_not_configured", "roi_not_configured"),
        ("base64", "roi2_extract_failed", "roi2_extract_failed"),
        ("text", "\x1b[31mcapture \u202efailed", "capture failed"),
        ("text", "\x00", "no_picture"),
        ("base64", "", "no_picture"),
        ("base64", "  ", "no_picture"),
        ("base64", "not base64!", "unreadable_picture"),
        ("base64", "data:image/png;base64,", "unreadable_picture"),
        ("base64", "data:image/png;base64," + RAW[:-1], "unreadable_picture"),
        ("base64", "ünïcode", "unreadable_picture"),
        ("base64", base64.b64encode(b"GIF89a").decode(), "unreadable_picture"),
    ],
)
def test_everything_else_gives_a_word(kind: str, pixels: str, word: str) -> None:
    assert picture_bytes(kind, pixels) == Picture(b"", word)


@given(
    st.sampled_from(["base64", "text", "x"]),
    st.text() | st.binary().map(base64.b64encode).map(bytes.decode),
)
@settings(max_examples=200, deadline=None)
def test_junk_never_raises_and_always_gives_exactly_one(kind: str, pixels: str) -> None:
    png, word = picture_bytes(kind, pixels)
    assert bool(png) != bool(word)
