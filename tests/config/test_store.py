"""Saving: what is saved is what is loaded, and nothing else in the file changes."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.config.layers import load
from nhem_tui.config.problems import ConfigError
from nhem_tui.config.schema import fields, value_of
from nhem_tui.config.store import changed
from nhem_tui.config.store import write as write_document
from tests.config.support import places_below, values_of, write


def save(file: Path, changes: dict[str, Any], **more: str) -> None:
    write_document(changed(file, changes, **more))


CHANGES = st.fixed_dictionaries({}, optional={leaf.path: values_of(leaf) for leaf in fields()})


@given(CHANGES)
def test_what_is_saved_is_loaded_again(changes: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = places_below(Path(folder))
        save(places.user_file, changes)
        loaded = load(environ={}, places=places)
        first = places.user_file.read_bytes()
        save(places.user_file, changes)
        assert places.user_file.read_bytes() == first
    assert {path: value_of(loaded.settings, path) for path in changes} == changes
    origins = {path for path, origin in loaded.origins.items() if origin != "default"}
    assert origins == set(changes)


UNKNOWN = st.dictionaries(
    st.text(max_size=5).map(lambda name: f"x-{name}"),
    st.none() | st.integers() | st.text() | st.lists(st.booleans(), max_size=3),
)


@given(UNKNOWN, UNKNOWN)
def test_everything_else_in_the_file_stays(top: dict[str, Any], inner: dict[str, Any]) -> None:
    before = {**top, "server": {**inner, "timeout": 7}, "profiles": {"lab1": inner}}
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "config.json", before)
        save(path, {"server.timeout": 9.5, "display.theme": "mono"})
        after = json.loads(path.read_text())
    assert after == {
        **top,
        "server": {**inner, "timeout": 9.5},
        "profiles": {"lab1": inner},
        "display": {"theme": "mono"},
    }
    assert list(after) == [*before, "display"]


def test_what_is_none_is_taken_out_of_the_file(tmp_path: Path) -> None:
    before = {"server": {"timeout": 7, "ssh": "a@b"}, "display": {"theme": "mono"}}
    path = write(tmp_path / "config.json", before)
    save(path, {"server.ssh": None, "display.theme": None, "roi.default_x1": None})
    assert json.loads(path.read_text()) == {"server": {"timeout": 7}}


def test_a_file_with_a_key_twice_is_kept(tmp_path: Path) -> None:
    text = '{"server": {"timeout": 7, "timeout": 9}}'
    path = write(tmp_path / "config.json", text)
    with pytest.raises(ConfigError, match="stands here again"):
        save(path, {"server.ssh": "a@b"})
    assert path.read_text() == text


def test_text_of_any_script_stays_readable_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", '{"notes": "实验室 \\ud800"}')
    save(path, {"export.directory": "/data/été"})
    text = path.read_text(encoding="utf-8")
    assert "实验室 \\ud800" in text
    assert "/data/été" in text


def test_the_file_is_private_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "nhem-tui" / "config.json"
    save(path, {"server.password": "hunter2"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]
    path.chmod(0o644)
    save(path, {"server.password": "hunter3"})
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_wrong_value_or_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", {"server": {"timeout": 7}})
    before = path.read_bytes()
    with pytest.raises(ConfigError) as caught:
        save(path, {"server.timeout": 0, "display.window": float("nan"), "display.theme": "mono"})
    assert len(caught.value.problems) == 2
    assert path.read_bytes() == before
    path.write_text('{"server": ')
    with pytest.raises(ConfigError, match="no valid JSON"):
        save(path, {"server.timeout": 7})
    assert path.read_text() == '{"server": '


def test_a_section_of_a_wrong_shape_is_not_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "config.json", {"server": "http://lab3:8421"})
    with pytest.raises(ConfigError, match="server must be an object"):
        save(path, {"server.timeout": 7})


def test_a_failed_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "config.json", {"server": {"timeout": 7}})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="cannot be written: No space left"):
        save(path, {"server.timeout": 9})
    assert [one.name for one in tmp_path.iterdir()] == ["config.json"]
    assert path.read_bytes() == before


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real = write(tmp_path / "dotfiles" / "nhem.json", {})
    link = tmp_path / "config.json"
    link.symlink_to(real)
    save(link, {"server.timeout": 9})
    assert link.is_symlink()
    assert json.loads(real.read_text()) == {"server": {"timeout": 9}}


def test_a_leaf_is_taken_out_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(
        json.dumps({"display": {"theme": "light", "mine": 1}, "export": {"compression": True}})
    )
    save(file, {"display.theme": None, "export.compression": None, "logging.level": None})
    assert json.loads(file.read_text()) == {"display": {"mine": 1}}
