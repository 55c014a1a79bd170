"""The log file: private, rotated, and without the password."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from nhem_tui.cli import logs

SECRET = "pass word/31415"


def open_log(path: Path, max_bytes: int = 100_000, backups: int = 2) -> logging.Logger:
    logs.start(path, level="DEBUG", max_bytes=max_bytes, backups=backups, secrets=[SECRET, ""])
    return logging.getLogger("nhem.test")


def test_the_password_reaches_the_file_in_no_spelling(tmp_path: Path) -> None:
    logger = open_log(tmp_path / "nhem.log")
    logger.info("plain %s", SECRET)
    logger.info("GET /config?password=pass+word%2F31415 and pass%20word%2F31415")
    try:
        raise RuntimeError(f"cannot send {SECRET}")
    except RuntimeError:
        logger.exception("failed")
    text = (tmp_path / "nhem.log").read_text()
    assert "RuntimeError" in text
    for spelling in (SECRET, "pass+word%2F31415", "pass%20word%2F31415"):
        assert spelling not in text
    assert text.count("•••") == 4


def test_a_secret_learned_later_stays_out_as_well(tmp_path: Path) -> None:
    secrets: list[str] = []
    path = tmp_path / "nhem.log"
    logs.start(path, level="INFO", max_bytes=100_000, backups=2, secrets=secrets)
    secrets.append(SECRET)
    logging.getLogger("nhem.test").info("sent %s", SECRET)
    assert path.read_text().endswith("sent •••\n")
    secrets.append(f"{SECRET}92")
    logging.getLogger("nhem.test").info("sent %s", f"{SECRET}92")
    assert path.read_text().endswith("sent •••\n")


def test_nothing_is_there_before_the_first_line(tmp_path: Path) -> None:
    logger = open_log(tmp_path / "state" / "nhem" / "nhem.log")
    assert [*tmp_path.iterdir()] == []
    logger.info("line")
    assert (tmp_path / "state" / "nhem").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / "nhem" / "nhem.log").read_text().endswith("line\n")


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("file/state/nhem.log", "Not a directory"),
        ("", "Is a directory"),
        (f"new/{'x' * 300}/nhem.log", "File name too long"),
        ("/proc/state/nhem.log", "No such file or directory"),  # also where the tests run as root
    ],
)
def test_what_could_not_be_written_is_told_at_once(tmp_path: Path, name: str, refusal: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=refusal):
        open_log(tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_the_file_is_private_and_rotates(tmp_path: Path) -> None:
    logger = open_log(tmp_path / "state" / "nhem.log", max_bytes=500)
    for number in range(50):
        logger.info("line %d", number)
    names = sorted(path.name for path in (tmp_path / "state").iterdir())
    assert names == ["nhem.log", "nhem.log.1", "nhem.log.2"]
    for name in names:
        assert (tmp_path / "state" / name).stat().st_mode & 0o777 == 0o600


def test_a_log_without_old_files_begins_anew_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "nhem.log"
    logger = open_log(path, max_bytes=1000, backups=0)
    sizes = []
    for number in range(100):
        logger.info("line %d", number)
        sizes.append(path.stat().st_size)
    assert max(sizes) <= 1000
    assert sizes != sorted(sizes)
    assert path.read_text().endswith("line 99\n")
    assert [one.name for one in tmp_path.iterdir()] == ["nhem.log"]


def test_nothing_is_written_to_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger().addHandler(logging.StreamHandler())
    logger = open_log(tmp_path / "nhem.log")
    logger.error("trouble")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    logging.getLogger().handlers[0].stream.write = full
    logger.error("more trouble")
    assert capfd.readouterr() == ("", "")
