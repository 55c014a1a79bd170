"""The lock of a recording, while another recorder gives it back."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from nhem_tui.recording.lock import FileLock, is_locked
from nhem_tui.recording.names import lock_path


@pytest.mark.parametrize("made_anew", [False, True])
def test_a_lock_file_removed_between_opening_and_locking_it_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_anew: bool
) -> None:
    path = tmp_path / "night.nhem"
    flock, others = fcntl.flock, [lock_path(path)]

    def flock_late(descriptor: int, how: int) -> None:
        if others:
            other = others.pop()
            other.unlink()
            if made_anew:
                other.touch()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock_late)
    lock = FileLock(path)
    assert is_locked(path)
    lock.release()
    assert not is_locked(path)
