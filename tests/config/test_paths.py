"""Where files are looked for."""

from __future__ import annotations

from pathlib import Path

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
