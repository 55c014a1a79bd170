"""Configuration files: what cannot be read is refused, and every key has its line."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.config.document import read_document
from nhem_tui.config.problems import ConfigError


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "1: no valid JSON: Expecting value"),
        (b'{\n "a": 1,\n "b": }', "3: no valid JSON: Expecting value"),
        (b"[1]", "must hold a JSON object"),
        (b"\xff\xfe", "is not written in UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number is too long"),
        (b" " * 2_000_000, "is too large"),
    ],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_document(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_keys_that_stand_there_twice_are_found_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(
        '{"server": {"timeout": 5,\n "base_url": "http://lab3",\n "timeout": 9},\n'
        '"roi": [{"a": 1, "a": 2}],\n "server": {"timeout": 7}}'
    )
    document = read_document(path)
    assert document is not None
    assert [str(problem) for problem in document.repeated] == [
        f"{path}:3: server.timeout stands here again, before in line 1",
        f"{path}:5: server stands here again, before in line 1",
        f"{path}:5: server.timeout stands here again, before in line 3",
    ]
    assert document.lines["server", "timeout"] == 5


def test_the_same_name_in_two_places_is_no_repetition(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"a": {"b": 1}, "b": {"b": {"b": 1}, "a": 1}}')
    document = read_document(path)
    assert document is not None
    assert document.repeated == ()


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    assert read_document(tmp_path / "config.json") is None
    (tmp_path / "file").write_text("")
    assert read_document(tmp_path / "file" / "config.json") is None


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigError, match="no regular file"):
            read_document(path)


def test_what_the_system_refuses_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: File name too long"):
        read_document(tmp_path / ("x" * 300))


def test_an_editors_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b'\xef\xbb\xbf{"server": {}}')
    document = read_document(path)
    assert document is not None
    assert document.content == {"server": {}}


TREES = st.recursive(
    st.none() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=15,
)


def keys(tree: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(tree, dict):
        for name, inner in tree.items():
            yield (*above, name)
            yield from keys(inner, (*above, name))


@given(st.dictionaries(st.text(), TREES, max_size=4), st.booleans())
def test_every_key_outside_of_lists_has_its_line(tree: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(tree, indent=1, ensure_ascii=ascii_only)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_bytes(text.encode())
        document = read_document(path)
    assert document is not None
    assert set(document.lines) == set(keys(tree))
    lines = text.split("\n")
    for key, line in document.lines.items():
        depth = len(key)
        found = lines[line - 1]
        assert found.startswith(" " * depth + json.dumps(key[-1], ensure_ascii=ascii_only) + ":")
    assert len(set(document.lines.values())) == len(document.lines)
