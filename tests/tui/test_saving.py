"""New files: whole, and never over another."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from nhem_tui.tui.saving import save_new


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    paths = [save_new(folder, "report", ".json", word) for word in (b"one", b"two", b"three")]
    assert [path.name for path in paths] == ["report.json", "report-2.json", "report-3.json"]
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three"]


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    (tmp_path / "report.json").symlink_to(target)
    assert save_new(tmp_path, "report", ".json", b"x").name == "report-2.json"
    assert not target.exists()


def test_a_relative_folder_is_told_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert save_new(Path(), "report", ".json", b"x") == tmp_path / "report.json"


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"):
        save_limited(tmp_path, b"x" * 4096)
    assert list(tmp_path.iterdir()) == []


def save_limited(folder: Path, content: bytes) -> None:
    """Save while files may have 1024 bytes at most."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        save_new(folder, "report", ".json", content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
