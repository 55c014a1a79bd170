"""``record``, ``inspect``, ``export``, ``repair``: from a server to files, without a screen."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from nhem_tui.cli.main import main
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.writer import files_of
from tests.cli.support import program, python


@pytest.fixture(scope="module")
def recorded(simulated: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two seconds with pictures."""
    folder = tmp_path_factory.mktemp("recorded")
    path = folder / "night.nhem"
    words = ["--output", str(path), "--seconds", "2", "--pictures", "5", "--quiet"]
    with program(
        "record", *words, "--log-file", str(folder / "log"), "--url", simulated
    ) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith(f"{path}: ")
    return path


def facts(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["inspect", str(path), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_recording_says_what_it_holds(
    recorded: Path, simulated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = facts(recorded, capsys)
    assert found["url"] == simulated
    assert found["server"] == "1.0.0"
    assert found["ended"]["reason"] == "time over"
    assert found["recording"] is False
    main_signal, roi = found["stretches"]
    assert (main_signal["channel"], roi["channel"]) == ("main", "roi")
    assert main_signal["samples"] == main_signal["last"] - main_signal["first"] + 1
    assert main_signal["samples"] > 60
    assert found["rows"]["picture"] >= 5
    assert found["parameters"][0]["values"]["peak_threshold"] == 104.0
    assert main(["inspect", str(recorded)]) == 0
    text = capsys.readouterr().out
    assert f"{simulated}, version 1.0.0" in text
    assert "time over" in text


def test_every_frame_is_exported(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), "--output", "night.csv", "--channel", "main"]) == 0
    assert capsys.readouterr().out.startswith("night.csv: ")
    lines = (line for line in (home / "night.csv").open() if not line.startswith("#"))
    rows = list(csv.DictReader(lines))
    with Recording(recorded) as recording:
        truth = recording.window("main", -1e9, 1e9)
    assert [int(row["number"]) for row in rows] == truth.numbers.tolist()
    assert [float(row["value"]) for row in rows] == truth.values.tolist()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["--format", "json", "--output", "a.dat"], "a.dat"),
        (["--output", "a.npz", "--compress"], "a.npz"),
        (["--output", "a.json", "--compress"], "a.json.gz"),
        (["--output", "a.csv.gz", "--compress"], "a.csv.gz"),
        (["--output", "a.svg"], "a.svg"),
        (["--output", "a.html", "--from", "0.5", "--to", "0:01"], "a.html"),
        (["--output", "a.ansi", "--channel", "roi"], "a.ansi"),
    ],
)
def test_the_format_follows_the_option_or_the_name(
    recorded: Path, home: Path, words: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == name
    assert (home / name).stat().st_size > 500


def test_without_a_name_it_is_the_time_and_the_format_is_the_configured_one(
    recorded: Path, home: Path
) -> None:
    assert main(["export", str(recorded)]) == 0
    (file,) = home.glob("nhem-*-*.csv")
    assert file.read_text().startswith("# program: nhem-tui")


def test_an_export_overwrites_only_by_force(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", str(recorded), "--output", "a.csv", "--no-metadata"]
    (home / "a.csv").write_text("mine")
    assert main(words) == 1
    assert "a.csv exists" in capsys.readouterr().err
    assert (home / "a.csv").read_text() == "mine"
    assert main([*words, "--force"]) == 0
    assert (home / "a.csv").read_text().startswith("channel,")


def test_what_is_live_is_exported_without_a_recording(
    simulated: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "live", "--seconds", "0.5", "--format", "json", "--output", "a.json"]
    assert main([*words, "--quiet", "--url", simulated]) == 0
    found = json.loads((home / "a.json").read_text())
    numbers = found["main"]["number"]
    assert len(numbers) > 20
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert found["metadata"]["source"] == simulated
    assert [path.name for path in home.iterdir() if path.suffix == ".nhem"] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_recording_cleanly(
    simulated: str, tmp_path: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.nhem"
    with program("record", "--output", str(path), "--url", simulated) as process:
        wait_for_samples(path)
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert facts(path, capsys)["ended"]["reason"] == "stopped by the user"
    assert [file.name for file in tmp_path.iterdir()] == ["night.nhem"]


def wait_for_samples(path: Path) -> None:
    """Wait until a file that is being recorded holds some."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and files_of(path)[1].exists():
            with Recording(path) as recording:
                if recording.indices["main"].count:
                    return
        time.sleep(0.02)
    raise AssertionError("nothing was recorded")


def test_a_killed_recording_is_inspected_exported_and_repaired(
    simulated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.nhem"
    with program("record", "--output", str(path), "--url", simulated) as process:
        wait_for_samples(path)
        assert facts(path, capsys)["recording"] is True
        process.kill()
        process.communicate()
    found = facts(path, capsys)
    assert (found["recording"], "ended" in found) == (False, False)
    assert main(["inspect", str(path)]) == 0
    assert "its recorder was killed" in capsys.readouterr().out
    assert main(["export", str(path), "--output", str(tmp_path / "a.csv")]) == 0
    os.truncate(path, path.stat().st_size // 2)
    files_of(path)[1].unlink()
    capsys.readouterr()
    assert main(["repair", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == str(tmp_path / "night-repaired.nhem")
    assert facts(tmp_path / "night-repaired.nhem", capsys)["repaired"] is True


def test_damage_and_foreign_files_end_with_words_and_codes(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.nhem"
    damaged.write_bytes(recorded.read_bytes()[:10_000])
    assert main(["inspect", str(damaged)]) == 5
    told = capsys.readouterr().err
    assert "is damaged" in told
    assert f"hint: nhem-tui repair {damaged}" in told
    foreign = tmp_path / "foreign.nhem"
    foreign.write_text("t,value\n")
    assert main(["inspect", str(foreign)]) == 1
    assert "is not a recording of nhem-tui" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none"), "--output", str(tmp_path / "a.csv")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_nothing_is_created_for_a_server_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["record", "--output", str(tmp_path / "a.nhem"), "--timeout", "0.5"]
    assert main([*words, "--url", "http://127.0.0.1:1"]) == 3
    assert "no server after 0.5 s: nothing listens at 127.0.0.1:1" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_an_existing_recording_is_not_touched(recorded: Path, simulated: str) -> None:
    before = recorded.read_bytes()
    assert main(["record", "--output", str(recorded), "--url", simulated]) == 2
    assert recorded.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ["record"],
        ["record", "--output", "a", "--pictures", "0"],
        ["record", "--output", "a", "--rotate", "often"],
        ["record", "--output", "a", "--rotate", "0h"],
        ["export", "a", "--format", "xls"],
        ["export", "a", "--from", "noon"],
        ["inspect"],
    ],
)
def test_wrong_arguments_are_refused(words: list[str]) -> None:
    assert main(words) == 2


def test_rotation_numbers_the_files(simulated: str, tmp_path: Path) -> None:
    words = ["record", "--output", str(tmp_path / "night.nhem"), "--seconds", "2.5", "--quiet"]
    assert main([*words, "--rotate", "1s", "--url", simulated]) == 0
    first, *others = sorted(tmp_path.iterdir(), key=lambda path: (len(path.name), path.name))
    assert first.name == "night.nhem"
    assert [path.name for path in others][:1] == ["night-2.nhem"]
    numbers: list[int] = []
    for path in (first, *others):
        with Recording(path) as recording:
            numbers += recording.window("main", -1e9, 1e9).numbers.tolist()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_recording_and_exporting_load_no_screen_library() -> None:
    code = (
        "import sys; from nhem_tui.cli.commands import export, inspect, record, repair;"
        "import nhem_tui.recording.repair, nhem_tui.recording.replay, nhem_tui.recording.dataset;"
        "sys.exit(any(name.partition('.')[0] in ('textual', 'rich') for name in sys.modules))"
    )
    assert python(code).returncode == 0
