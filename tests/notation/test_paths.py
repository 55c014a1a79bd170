import time
from pathlib import Path

import pytest

from nhem_tui.notation.paths import exists, expanded, is_file, is_folder, stamped

LONG = "x" * 300


def test_what_is_there_is_told_by_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert (exists(file), is_file(file), is_folder(file)) == (True, True, False)
    assert (exists(tmp_path), is_file(tmp_path), is_folder(tmp_path)) == (True, False, True)


@pytest.mark.parametrize("name", ["missing", LONG, f"{LONG}/a", "a\0b"])
def test_what_the_system_does_not_let_us_see_counts_as_missing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert not exists(path)
    assert not is_file(path)
    assert not is_folder(path)


def test_a_folder_that_may_not_be_searched_hides_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", forbidden)  # the one who runs the tests may be allowed all
    assert not exists(tmp_path)
    assert not is_file(tmp_path)
    assert not is_folder(tmp_path)


def test_a_tilde_is_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert expanded("~/a") == Path("/home/me/a")
    assert expanded("a~") == Path("a~")


def test_a_home_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no home for ~nobody-of-that-name"):
        expanded("~nobody-of-that-name/a")


def test_a_stamp_is_the_time_by_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "CET-1")
        time.tzset()
        assert stamped("nhem-roi1", 1_790_000_000.9) == "nhem-roi1-20260921-151320"
    time.tzset()
