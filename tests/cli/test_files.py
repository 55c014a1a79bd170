"""Files are written whole, privately where needed, and never over another by accident."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import write_file


def test_a_file_is_written_and_nothing_else(tmp_path: Path) -> None:
    write_file(tmp_path / "wave.png", b"picture", force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["wave.png"]
    assert (tmp_path / "wave.png").read_bytes() == b"picture"


def test_an_existing_file_stays_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "wave.png"
    path.write_bytes(b"old")
    with pytest.raises(CommandError, match="exists") as caught:
        write_file(path, b"new", force=False)
    assert caught.value.code is ExitCode.USAGE
    assert path.read_bytes() == b"old"
    write_file(path, b"new", force=True)
    assert path.read_bytes() == b"new"


def test_a_secret_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_file(path, b"secret", force=True, private=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_failed_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wave.png"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CommandError, match="No space left") as caught:
        write_file(path, b"new", force=True)
    assert caught.value.code is ExitCode.REFUSED
    assert [one.name for one in tmp_path.iterdir()] == ["wave.png"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["missing/wave.png", "."])
def test_a_path_that_cannot_hold_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError):
        write_file(tmp_path / name, b"", force=True)


def test_a_pipe_or_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("-")):
        with pytest.raises(CommandError, match="no regular file"):
            write_file(path, b"new", force=True)
    assert pipe.is_fifo()


def test_a_link_stays_one(tmp_path: Path) -> None:
    data, link = tmp_path / "disk" / "wave.png", tmp_path / "wave.png"
    data.parent.mkdir()
    data.write_bytes(b"old")
    link.symlink_to(data)
    write_file(link, b"new", force=True)
    assert link.is_symlink()
    assert data.read_bytes() == b"new"
