"""``record``, ``inspect``, ``export``, ``repair``: from a server to files, without a screen."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nhem_tui.backend.errors import FaultKind
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.headless import Course
from nhem_tui.cli.main import main
from nhem_tui.cli.parser import parse
from nhem_tui.recording.names import files_of
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.recorder import Rotation
from nhem_tui.recording.schema import Ended, Identity
from nhem_tui.recording.writer import FileWriter
from nhem_tui.simulator.server import SimulatorOptions
from nhem_tui.stream import events as ev
from tests.cli.support import StubServer, program, python, simulated_server, status
from tests.cli.support import recorded as recorded_reply
from tests.recording.support import NOON, samples, write
from tests.recording.support import status as stood


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
    assert found["type"] == "recording"
    assert found["url"] == simulated
    assert found["server"] == "1.0.0"
    assert found["ended"]["reason"] == "time over"
    assert found["recording"] is False
    assert (found["part"], found["repaired"]) == (1, False)
    main_signal, roi = found["stretches"]
    assert (main_signal["channel"], roi["channel"]) == ("main", "roi")
    assert main_signal["samples"] == main_signal["last"] - main_signal["first"] + 1
    assert main_signal["samples"] > 60
    assert found["rows"]["picture"] >= 5
    server, client = (
        [one["values"] for one in found["parameters"] if one["owner"] == owner][-1]
        for owner in ("server", "client")
    )
    assert server["peak_threshold"] == 104.0
    assert client == {"peak_threshold": 104.0, "difference_threshold": 1.1}  # as the server
    assert main(["inspect", str(recorded)]) == 0
    text = capsys.readouterr().out
    assert f"{simulated}, version 1.0.0" in text
    assert "time over" in text


def test_what_it_holds_is_told_in_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [
        (1, samples(1, 45, 0.0)),
        (2, ev.Gap("main", 1, 46, 55)),
        (3, samples(56, 45, 55 / 45)),
        (4, samples(7, 1, 2.0, channel="roi")),
    ]
    write(home / "short.nhem", told)
    assert main(["inspect", "short.nhem"]) == 0
    text = capsys.readouterr().out
    rows = {words[0]: words[1:] for line in text.splitlines() if (words := line.split())}
    assert rows["main"][:6] == ["1", "1", "100", "90", "10", "0"]
    assert rows["main"][-1] == "45.0"
    assert rows["roi"][:6] == ["1", "7", "7", "1", "0", "0"]
    assert rows["roi"][-1] == "-"
    assert rows["Gaps"] == ["1"]
    assert "repaired" not in text
    assert "still had" not in text


def test_what_it_holds_from_before_it_began_is_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [(0, samples(1, 45, 0.0)), (14_000_000, samples(1, 9, -420.0, channel="roi", rate=2.0))]
    write(home / "short.nhem", told)
    assert main(["inspect", "short.nhem"]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "Duration" in line)
    assert line.endswith("0:00:14, and samples the server still had from 0:07:00 before")
    assert main(["export", "short.nhem", "--output", "a.svg", "--from", "-420"]) == 0
    assert "9 roi" in capsys.readouterr().out
    assert main(["export", "short.nhem", "--output", "a.html"]) == 0
    assert capsys.readouterr().out == "a.html: 45 main samples\n"


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
        (["--output", "a.html.gz"], "a.html.gz"),
        (["--output", "a.svg"], "a.svg"),
        (["--output", "a.html", "--from", "0.5", "--to", "0:01"], "a.html"),
        (["--output", "a.ansi", "--channel", "roi"], "a.ansi"),
    ],
)
def test_the_format_follows_the_option_or_the_name(
    recorded: Path, home: Path, words: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["path"]) == ("exported", name)
    assert (home / name).stat().st_size > 500


def test_without_a_name_it_is_the_time_and_the_format_is_the_configured_one(
    recorded: Path, home: Path
) -> None:
    assert main(["export", str(recorded)]) == 0
    (file,) = home.glob("nhem-*-*.csv")
    assert file.read_text().startswith("# program: nhem-tui")


def test_a_part_may_be_named_by_its_frames(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Recording(recorded) as recording:
        numbers = recording.window("main", -1e9, 1e9).numbers.tolist()
    words = ["export", str(recorded), "--output", "a.csv", "--channel", "main", "--no-metadata"]
    assert main([*words, "--from", f"#{numbers[10]}", "--to", f"#{numbers[19]}@1"]) == 0
    rows = csv.DictReader((home / "a.csv").open())
    assert [int(row["number"]) for row in rows] == numbers[10:20]
    capsys.readouterr()
    assert main([*words, "--force", "--from", f"#{numbers[10]}@2"]) == 2
    assert f"frame #{numbers[10]}@2 was not recorded" in capsys.readouterr().err
    assert main([*words, "--force", "--from", "#999999999"]) == 2
    assert "frame #999999999 was not recorded" in capsys.readouterr().err
    assert main([*words, "--force", "--from", f"#{numbers[9]}", "--to", f"#{numbers[8]}"]) == 2
    assert "is later than" in capsys.readouterr().err


def test_how_long_to_measure_is_for_what_is_live(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), "--seconds", "3", "--output", "a.csv"]) == 2
    assert "--seconds is for live only" in capsys.readouterr().err
    assert [*home.iterdir()] == []


@pytest.mark.parametrize("option", ["--url=http://lab3", "--ssh=a@b", "--ask-password"])
def test_a_recording_needs_no_server(
    recorded: Path, option: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), option, "--output", "a.csv"]) == 2
    assert f"{option.partition('=')[0]} is for live only" in capsys.readouterr().err
    assert [*home.iterdir()] == []


def test_a_part_without_samples_is_no_file(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), "--from", "1:00:00", "--output", "a.csv"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: there are no samples to export",
        f"hint: nhem-tui inspect {recorded} tells which there are",
    ]
    assert [*home.iterdir()] == []


def test_an_end_before_the_beginning_is_refused(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for source in (str(recorded), "live"):
        words = ["export", source, "--from", "0:10", "--to", "5", "--output", "a.csv"]
        assert main(words) == 2
        assert capsys.readouterr().err == "error: --from 10 is later than --to 5\n"
    assert [*home.iterdir()] == []


def test_the_configured_folder_is_made_below_the_home(recorded: Path, home: Path) -> None:
    (home / "http_client_config.json").write_text('{"export": {"directory": "~/measured/today"}}')
    assert main(["export", str(recorded)]) == 0
    assert len([*(home / "measured" / "today").glob("nhem-*-*.csv")]) == 1


def test_a_name_in_gz_is_packed(recorded: Path, home: Path) -> None:
    assert main(["export", str(recorded), "--output", "a.csv.gz"]) == 0
    assert gzip.decompress((home / "a.csv.gz").read_bytes()).startswith(b"# program: nhem-tui")


def test_an_ending_that_is_no_format_is_refused(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(recorded), "--output", "a.xls"]) == 2
    told = capsys.readouterr().err
    assert ".xls is none of the formats" in told
    assert "--format" in told
    assert main(["export", str(recorded), "--output", "a.xls", "--format", "csv"]) == 0
    assert main(["export", str(recorded), "--output", "a.npz.gz"]) == 2
    assert [path.name for path in home.iterdir() if path.name[0] == "a"] == ["a.xls"]


def test_a_recording_is_not_replaced_by_its_own_export(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.nhem"
    path.write_bytes(recorded.read_bytes())
    words = ["export", str(path), "--force", "--format", "csv", "--output", str(path)]
    assert main(words) == 2
    assert "is the recording itself" in capsys.readouterr().err
    assert path.read_bytes() == recorded.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_an_export_leaves_nothing_half_written(
    recorded: Path, home: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def report(share: float) -> None:
        seen.extend(path.name for path in home.iterdir())
        os.kill(os.getpid(), number)

    monkeypatch.setattr("nhem_tui.cli.commands.export._reporter", lambda _: report)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        assert main(["export", str(recorded), "--output", "a.csv"]) == 130
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert any(name.startswith(".a.csv.") for name in seen)
    assert [path.name for path in home.iterdir() if "a.csv" in path.name] == []


def test_an_export_overwrites_only_by_force(
    recorded: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", str(recorded), "--output", "a.csv", "--no-metadata"]
    (home / "a.csv").write_text("mine")
    assert main(words) == 2
    assert "--force overwrites it" in capsys.readouterr().err
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


def with_garbage(stub: StubServer) -> str:
    """Let a server run whose first answer fails, and whose samples cannot be read."""
    stub.tell("GET /status", (500, b"{}"), status(status="running"))
    stub.tell("GET /health", recorded_reply("health"))
    stub.fallback = (200, b"\xff\xfe garbage")
    return stub.url


def test_without_a_sample_the_last_fault_says_why_and_how_it_ended(
    stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = with_garbage(stub)
    for words in (
        ["record", "--output", "a.nhem"],
        ["export", "live", "--output", "a.csv"],
    ):
        assert main([*words, "--seconds", "0.1", "--json", "--quiet", "--url", url]) == 5
        told = capsys.readouterr()
        if words[0] == "record":
            assert json.loads(told.out)["type"] == "recorded"
        error = json.loads(told.err.splitlines()[-1])
        assert (error["exit"], error["kind"]) == (5, "bad data")
        assert error["endpoint"].startswith("GET /data/")
        assert error["text"].startswith("no sample came: ")
    assert [path.name for path in home.iterdir() if path.name[0] == "a"] == ["a.nhem"]


def test_a_full_disk_ends_the_command_with_the_recording(
    simulated: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, free = home / "night.nhem", os.statvfs(home)
    full = os.statvfs_result((*free[:4], 0, *free[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _: full if path.exists() else free)
    began = time.monotonic()
    assert main(["record", "--output", str(path), "--seconds", "60", "--url", simulated]) == 1
    assert time.monotonic() - began < 50, "it went on until its time was over"
    said = "error: recording ended: the disk is full; what came before is kept\n"
    assert said in capsys.readouterr().err
    with Recording(path) as recording:
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "the disk is full"


def test_what_went_wrong_beside_samples_is_no_failure() -> None:
    course = Course()
    course.note(ev.ConnectionLost(NOON, ev.Fault(FaultKind.REFUSED, "nothing listens")))
    with pytest.raises(CommandError, match="no sample came: nothing listens"):
        course.check()
    course.note(samples(1, 45, 0.0))
    course.check()


def test_a_server_that_is_not_there_is_told_to_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["record", "--output", "a.nhem", "--json", "--timeout", "0.5"]
    assert main([*words, "--url", "http://127.0.0.1:1"]) == 3
    error = json.loads(capsys.readouterr().err)
    assert (error["kind"], error["endpoint"]) == ("refused", "GET /status")


def test_a_slow_server_has_time_for_each_of_its_answers(home: Path) -> None:
    with simulated_server(SimulatorOptions(running=True)) as server:
        server.faults.set("slow", 0.3)  # each reply, and the timeout below is for each
        words = ["export", "live", "--seconds", "0.1", "--timeout", "0.5", "--output", "a.csv"]
        assert main([*words, "--quiet", "--url", server.url]) == 0
    assert (home / "a.csv").stat().st_size > 1000


def test_a_server_that_measures_nothing_is_recorded_all_the_same(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated_server(SimulatorOptions(running=False)) as server:
        words = ["record", "--seconds", "0.1", "--output", "a.nhem", "--timeout", "30"]
        began = time.monotonic()
        assert main([*words, "--quiet", "--url", server.url]) == 0
        assert time.monotonic() - began < 10  # it does not wait for samples
    assert capsys.readouterr().out.startswith("a.nhem: 0 samples")
    assert facts(home / "a.nhem", capsys)["rows"]["state"] > 0


@pytest.mark.parametrize("command", ["record", "export"])
def test_who_is_interrupted_before_its_time_says_so(
    simulated: str, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "a.nhem"
    words = ["record"] if command == "record" else ["export", "live", "--format", "csv"]
    words += ["--output", str(path), "--seconds", "60", "--url", simulated]
    with program(*words) as process:
        assert process.stderr is not None
        while "detection is running" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert path.exists() is (command == "record")


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
    assert (found["recording"], found["ended"]) == (False, None)
    assert main(["inspect", str(path)]) == 0
    assert "its recorder was killed" in capsys.readouterr().out
    assert main(["export", str(path), "--output", str(tmp_path / "a.csv")]) == 0
    os.truncate(path, path.stat().st_size // 2)
    capsys.readouterr()
    assert main(["repair", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["path"]) == ("repaired", str(tmp_path / "night-repaired.nhem"))
    assert told["samples"] > 0
    assert facts(tmp_path / "night-repaired.nhem", capsys)["repaired"] is True
    assert main(["inspect", str(tmp_path / "night-repaired.nhem")]) == 0
    assert "; repaired" in capsys.readouterr().out


@pytest.mark.parametrize("states", [0, 3])
def test_a_repair_that_saves_no_sample_says_so(
    states: int, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [(n, stood(NOON + n, n)) for n in range(states)]
    path = write(home / "night.nhem", [*told, (9, samples(1, 45, 0.0))])
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE samples SET crc = 0")
    assert main(["repair", str(path)]) == 5
    assert "can be saved of" in (err := capsys.readouterr().err) or "no sample that could" in err
    assert (home / "night-repaired.nhem").exists() is bool(states)


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
    assert main(["inspect", str(foreign)]) == 2
    assert "is not a recording of nhem-tui" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none"), "--output", str(tmp_path / "a.csv")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main(["repair", str(tmp_path / "none")]) == 2
    assert main(["repair", str(recorded), "--output", str(foreign)]) == 2
    assert foreign.read_text() == "t,value\n"


@pytest.mark.parametrize(
    "change",
    [
        "REPLACE INTO mark VALUES (1, 0, 9e999, 'never', 0)",
        "REPLACE INTO gap VALUES (1, 9, 1, 1, 2)",
        "REPLACE INTO gap VALUES (1, 0, 1, 1, 'x')",
        "UPDATE identity SET body = json_set(body, '$.started', 1e18)",
    ],
)
def test_what_cannot_have_been_recorded_ends_with_words_and_codes(
    recorded: Path, tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.nhem"
    path.write_bytes(recorded.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    for words in (["inspect", "--json"], ["export", "--output", str(tmp_path / "a.html")]):
        assert main([words[0], str(path), *words[1:]]) == 5
        assert "is damaged" in capsys.readouterr().err


def test_nothing_is_created_for_a_server_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["record", "--output", str(tmp_path / "a.nhem"), "--timeout", "0.5"]
    assert main([*words, "--url", "http://127.0.0.1:1"]) == 3
    assert "no server after 0.5 s: nothing listens at 127.0.0.1:1" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_an_existing_recording_is_not_touched(
    recorded: Path, simulated: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = recorded.read_bytes()
    assert main(["record", "--output", str(recorded), "--url", simulated]) == 2
    assert "hint: choose another name" in capsys.readouterr().err
    assert recorded.read_bytes() == before


def test_a_file_without_the_log_beside_it_is_told_of(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.nhem"
    data = bytearray(recorded.read_bytes())
    data[18:20] = b"\2\2"  # as while it is written
    path.write_bytes(data)
    for words in (["inspect"], ["export", "--output", "a.csv"], ["repair"]):
        assert main([words[0], str(path), *words[1:]]) == 0
        assert "warning" in (told := capsys.readouterr()).err
        assert "both files belong together" in told.err
    assert facts(path, capsys)["log_missing"] is True
    assert facts(recorded, capsys)["log_missing"] is False


def test_a_log_that_is_not_there_is_not_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, copy = tmp_path / "night.nhem", tmp_path / "copy.nhem"
    writer = FileWriter(path, Identity("tests", 0.0))
    copy.write_bytes(path.read_bytes())
    writer.close(Ended(0.0, "done"))
    assert main(["inspect", str(copy)]) == 0
    told = capsys.readouterr()
    assert "is not there any more" in told.err
    assert "unknown: its end was in the -wal" in told.out


@pytest.mark.parametrize(
    "words",
    [
        ["record"],
        ["record", "--output", "a", "--pictures", "0"],
        ["record", "--output", "a", "--rotate", "often"],
        ["record", "--output", "a", "--rotate", "0h"],
        ["record", "--output", "a", "--rotate", "6H"],
        ["record", "--output", "a", "--rotate", "1KB"],
        ["record", "--output", "a", "--rotate", "1023K"],
        ["export", "a", "--format", "xls"],
        ["record", "--output", "a", "--rotate", "٣h"],
        ["record", "--output", "a", "--pictures", "1_6"],
        ["export", "a", "--from", "noon"],
        ["export", "a", "--from", "1_6"],
        ["export", "a", "--from", "1:61:99"],
        ["export", "a", "--to", "peak"],
        ["export", "a", "--from", "0:٣"],
        ["replay", "a", "--speed", "٣"],
        ["inspect"],
    ],
)
def test_wrong_arguments_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert f"usage: nhem-tui {words[0]} " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "rotation"),
    [
        ("90s", Rotation(seconds=90)),
        ("5m", Rotation(seconds=300)),
        ("1.5h", Rotation(seconds=5400)),
        ("1d", Rotation(seconds=86_400)),
        ("5M", Rotation(size=5 << 20)),
        ("100MB", Rotation(size=100 << 20)),
        ("100mb", Rotation(size=100 << 20)),
        ("1024K", Rotation(size=1 << 20)),
        ("2G", Rotation(size=2 << 30)),
        ("2000000", Rotation(size=2_000_000)),
    ],
)
def test_rotation_is_by_time_or_by_size(text: str, rotation: Rotation) -> None:
    args = parse(["record", "--output", "night.nhem", "--rotate", text])
    assert args.rotate == rotation


def test_rotation_numbers_the_files(
    simulated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["record", "--output", str(tmp_path / "night.nhem"), "--seconds", "2.5", "--quiet"]
    assert main([*words, "--rotate", "1s", "--url", simulated]) == 0
    first, *others = sorted(tmp_path.iterdir(), key=lambda path: (len(path.name), path.name))
    assert first.name == "night.nhem"
    assert [path.name for path in others][:1] == ["night-2.nhem"]
    assert capsys.readouterr().out.startswith(f"{others[-1]} and {len(others)} before: ")
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
