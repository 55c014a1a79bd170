"""Where files are looked for."""

from __future__ import annotations

import pwd
from pathlib import Path
from typing import NoReturn

import pytest

from nhem_tui.config.paths import standard_places


def test_the_places_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    places = standard_places()
    assert places.files == (
        Path("http_client_config.json"),
        tmp_path / "xdg" / "nhem-tui" / "config.json",
        tmp_path / ".nhem" / "client_config.json",
        Path("/etc/nhem/client_config.json"),
    )
    assert places.state_dir == tmp_path / "state" / "nhem-tui"


def test_a_user_without_a_home_has_places_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(uid: int) -> NoReturn:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.delenv("HOME")
    places = standard_places()
    assert places.user_file == Path("/.config/nhem-tui/config.json")
    assert places.home_file == Path("/.nhem/client_config.json")
    assert places.state_dir == Path("/.local/state/nhem-tui")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert standard_places().user_file == tmp_path / "xdg" / "nhem-tui" / "config.json"
