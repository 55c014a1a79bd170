"""Exports: equal to what was recorded, sample by sample, when other programs open them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import re
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhem_tui.recording import export as module
from nhem_tui.recording.dataset import Dataset, Metadata, of_buffers, of_recording
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.export import (
    FORMATS,
    CancelledError,
    Format,
    Order,
    export,
    format_of,
    shown,
)
from nhem_tui.recording.reader import Recording
from nhem_tui.recording.recorder import Recorder
from nhem_tui.stream import events as ev
from nhem_tui.stream.buffer import SampleBuffer, Slice
from tests.recording.support import NOON, samples, session, write

PARAMETERS = {"peak_threshold": 104.5, "difference_threshold": 1.1, "roi": [1, 2, 3, 4]}


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    told = [*session(), (32_000_000, ev.Mark(NOON + 32, 8.5, "needle\nin")),
            (33_000_000, ev.Parameters(NOON + 33, PARAMETERS))]  # fmt: skip
    with Recording(write(tmp_path / "night.nhem", told)) as recording:
        yield recording


@pytest.fixture
def data(recording: Recording) -> Dataset:
    return of_recording(recording)


def rows() -> list[tuple[str, int, int, float, float, bool]]:
    """Every sample of the session, main first."""
    pieces = [entry for _, entry in session() if isinstance(entry, ev.Samples)]
    return [
        (piece.channel, piece.epoch, *row, piece.simulated)
        for channel in ("main", "roi")
        for piece in pieces
        if piece.channel == channel
        for row in zip(piece.numbers.tolist(), piece.t.tolist(), piece.values.tolist(), strict=True)
    ]


def columns(channel: str) -> dict[str, list[Any]]:
    found = [row[1:] for row in rows() if row[0] == channel]
    names = ("epoch", "number", "t", "value", "simulated")
    return {name: [row[n] for row in found] for n, name in enumerate(names)}


def parse(text: str) -> list[tuple[str, int, int, float, float, bool]]:
    lines = (line for line in io.StringIO(text) if not line.startswith("#"))
    return [
        (
            row["channel"],
            int(row["epoch"]),
            int(row["number"]),
            float(row["t"]),
            float(row["value"]),
            row["simulated"] == "1",
        )
        for row in csv.DictReader(lines)
    ]


def test_csv_holds_every_sample(data: Dataset, tmp_path: Path) -> None:
    path = export(data, Order("csv", tmp_path / "night.csv"))
    found, expected = parse(path.read_text()), rows()
    assert [row[:3] + row[4:] for row in found] == [row[:3] + row[4:] for row in expected]
    assert np.abs(np.array([row[3] for row in found]) - [row[3] for row in expected]).max() <= 5e-7


def test_csv_says_above_the_samples_what_they_are(data: Dataset, tmp_path: Path) -> None:
    text = export(data, Order("csv", tmp_path / "night.csv")).read_text()
    comments = [line[2:] for line in text.splitlines() if line.startswith("#")]
    facts = dict(line.split(": ", 1) for line in comments if not line.startswith(("gap", "mark")))
    assert facts["source"] == "http://lab3:8421"
    assert facts["server"] == "1.0.0"
    assert facts["utc"] == repr(NOON)
    assert facts["samples.main"] == str(len([row for row in rows() if row[0] == "main"]))
    assert facts["simulated.main"] == "9"
    parameters = json.loads(facts["parameter"])
    assert parameters["values"] == PARAMETERS
    assert (parameters["owner"], parameters["t"]) == ("server", data.metadata.t_last)
    assert facts["units.value"] == "gray level, nominally 0 to 255"
    gaps = [json.loads(line[5:]) for line in comments if line.startswith("gap: ")]
    assert gaps[0] == {"channel": "main", "epoch": 1, "first": 456, "last": 499}
    assert [line for line in comments if line.startswith("mark")] == [r'mark: [8.5,"needle\nin"]']


@pytest.mark.parametrize("compress", [False, True])
def test_npz_holds_every_sample_bit_by_bit(data: Dataset, tmp_path: Path, compress: bool) -> None:
    path = export(data, Order("npz", tmp_path / "night.npz", compress=compress))
    with np.load(path, allow_pickle=False) as found:
        assert set(found) == {
            "metadata",
            *(f"{channel}_{name}" for channel in ("main", "roi") for name in columns("main")),
        }
        for channel in ("main", "roi"):
            for name, expected in columns(channel).items():
                assert found[f"{channel}_{name}"].tolist() == expected
        facts = json.loads(str(found["metadata"]))
    assert [one["values"] for one in facts["parameters"]] == [PARAMETERS]
    assert facts["gaps"][1] == {"channel": "roi", "epoch": 2, "first": 1, "last": 3}


def test_json_holds_every_sample_bit_by_bit(data: Dataset, tmp_path: Path) -> None:
    found = json.loads(export(data, Order("json", tmp_path / "night.json")).read_text())
    assert {channel: found[channel] for channel in ("main", "roi")} == {
        "main": columns("main"),
        "roi": columns("roi"),
    }
    assert found["metadata"]["marks"] == [[8.5, "needle\nin"]]


def test_without_metadata_there_is_nothing_but_the_samples(data: Dataset, tmp_path: Path) -> None:
    text = export(data, Order("csv", tmp_path / "a.csv", metadata=False)).read_text()
    assert text.startswith("channel,epoch,number,t,value,simulated\nmain,1,1,0.000000,")
    found = json.loads(export(data, Order("json", tmp_path / "a.json", metadata=False)).read_text())
    assert [*found] == ["main", "roi"]
    with np.load(export(data, Order("npz", tmp_path / "a.npz", metadata=False))) as arrays:
        assert "metadata" not in arrays
    for kind in ("ansi", "html"):
        drawn = export(data, Order(kind, tmp_path / f"a.{kind}", metadata=False)).read_text()
        assert "peak_threshold" not in drawn


@pytest.mark.parametrize("name", ["csv", "json", "ansi", "html"])
def test_compressed_files_are_gzip_and_hold_the_same(
    data: Dataset, tmp_path: Path, name: module.Format
) -> None:
    plain = export(data, Order(name, tmp_path / f"a.{name}"))
    packed = export(data, Order(name, tmp_path / f"b.{name}", compress=True))
    assert packed == tmp_path / f"b.{name}.gz"
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert packed.stat().st_size < plain.stat().st_size


def test_a_part_and_a_channel_can_be_chosen(recording: Recording, tmp_path: Path) -> None:
    part = of_recording(recording, channels=("main",), t0=5.0, t1=7.0)
    found = parse(export(part, Order("csv", tmp_path / "part.csv")).read_text())
    expected = [row for row in rows() if row[0] == "main" and 5.0 <= row[3] <= 7.0]
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    assert part.metadata.samples == {"main": len(expected)}
    assert all(gap.channel == "main" for gap in part.metadata.gaps)
    assert part.metadata.marks == ()


@pytest.mark.parametrize(
    ("t0", "t1", "kept"),
    [
        (0.0, 1.0, []),
        (0.0, 8.0, [("roi", 1)]),  # from 1.0 to 14.9 s, whenever those samples were taken
        (5.0, 13.0, [("main", 456), ("roi", 1)]),  # one begins and neither ends in the window
        (14.0, 16.0, [("roi", 1)]),
        (20.0, 30.0, []),
    ],
)
def test_gaps_outside_of_the_window_are_left_out(
    recording: Recording, t0: float, t1: float, kept: list[tuple[str, int]]
) -> None:
    part = of_recording(recording, t0=t0, t1=t1)
    assert [(gap.channel, gap.first) for gap in part.metadata.gaps] == kept


def roi(values: np.ndarray[Any, Any], t0: float = 0.0, first: int = 1) -> ev.Samples:
    """ROI samples, 20 a second."""
    numbers = np.arange(first, first + len(values))
    return ev.Samples("roi", 1, numbers, t0 + np.arange(len(values)) / 20, values, False, NOON)


def test_peaks_are_found_by_the_parameters_that_were_in_force(tmp_path: Path) -> None:
    values = np.full(200, 90.0)
    values[[40, 140]] = 112.0
    values[141:] = 95.0
    values[150] = 107.0  # none any more, by what came meanwhile
    told = [
        (0, ev.Tuned(NOON, 105.0, 1.1)),
        (1, ev.Parameters(NOON, {"peak_threshold": 130.0, "difference_threshold": 9.0})),
        (2, roi(values[:100])),
        (3, ev.Tuned(NOON, 111.0, 1.5)),
        (4, roi(values[100:], 5.0, 101)),
        (5, ev.Tuned(NOON, 95.0, 1.5)),
    ]
    with Recording(write(tmp_path / "a.nhem", told)) as recording:
        data = of_recording(recording)
        assert [(one.apex, one.stable, one.provisional) for one in data.peaks().found] == [
            (2.0, False, False),
            (7.0, True, False),
            (9.7, False, True),  # by the newest ones, in what the detector still held: as live
        ]
        known = [(one.t, one.owner, one.values) for one in data.metadata.parameters]
        assert known == [
            (None, "client", {"peak_threshold": 105.0, "difference_threshold": 1.1}),
            (None, "server", {"peak_threshold": 130.0, "difference_threshold": 9.0}),
            (4.95, "client", {"peak_threshold": 111.0, "difference_threshold": 1.5}),
            (9.95, "client", {"peak_threshold": 95.0, "difference_threshold": 1.5}),
        ]
        early = of_recording(recording, t1=4.0).metadata.parameters
        assert [one.t for one in early] == [None, None]
        text = export(data, Order("svg", tmp_path / "a.svg")).read_text()
        facts = json.loads(export(data, Order("json", tmp_path / "a.json")).read_text())["metadata"]
        lines = export(data, Order("csv", tmp_path / "a.csv")).read_text().splitlines()
    peaks = [json.loads(line.removeprefix("# peak: ")) for line in lines if "# peak: " in line]
    assert peaks == facts["peaks"]
    assert [(one["t_apex"], one["color"]) for one in peaks] == [
        (2.0, "red"),
        (7.0, "green"),
        (9.7, "red"),
    ]
    assert text.count("fill-opacity") == 3
    assert ">95.0</text>" in text  # the newest threshold of the detector that found them


@pytest.mark.parametrize("rate", [20.0, 1.0, 0.4])  # rows of 200 samples, of 10, and of 4
def test_a_cut_changes_no_peak(tmp_path: Path, rate: float) -> None:
    rng = np.random.default_rng(3)
    values = 96 + 6 * np.sin(np.arange(4000) / 40) + rng.normal(0, 3, 4000)
    values[1500:2200] = 110 + rng.normal(0, 1, 700)  # one long core, over many rows
    told: list[tuple[int, ev.Event]] = [(0, ev.Tuned(NOON, 104.0, 1.1))]
    for n in range(0, 4000, 2):
        t = np.array([n, n + 1]) / rate
        pair = ev.Samples("roi", 1, np.array([n, n + 1]), t, values[n : n + 2], False, NOON)
        told.append((int(t[1] * 1e6) + 1, pair))
    with Recording(write(tmp_path / "a.nhem", told, commit_each=500)) as recording:
        whole = of_recording(recording).peaks().found
        assert len(whole) > 50
        for _ in range(40):
            t0 = float(rng.uniform(0, 3900)) / rate
            t1 = t0 + float(rng.uniform(2, 400)) / rate
            part = of_recording(recording, t0=t0, t1=t1).peaks().found
            assert part == [peak for peak in whole if peak.end >= t0 and peak.start <= t1]


@pytest.mark.parametrize("kind", FORMATS)
def test_charts_begin_with_the_first_frame(tmp_path: Path, kind: Format) -> None:
    told = [
        (0, samples(1, 45, 0.0)),
        (1, samples(1, 840, -420.0, channel="roi", rate=2.0)),
        (2, samples(900, 4, 0.0, channel="roi", rate=2.0)),
        (3, ev.Mark(NOON, -5.0, "early")),
    ]
    with Recording(write(tmp_path / "a.nhem", told)) as recording:
        data, chosen = of_recording(recording), of_recording(recording, t0=-100.0)
        early = of_recording(recording, channels=("roi",), t1=-1.0)
        for whole in (data, chosen, early):
            export(whole, Order(kind, tmp_path / f"{whole.count}.{kind}"))
        is_chart = kind in ("svg", "ansi", "html", "png", "pdf")
        found = shown(data, kind).metadata
        assert found.t_first == (0.0 if is_chart else -420.0)
        assert found.samples == {"main": 45, "roi": 4 if is_chart else 844}
        assert found.marks == (() if is_chart else ((-5.0, "early"),))
        assert shown(chosen, kind) is chosen
        assert shown(early, kind) is early


def test_gaps_of_samples_at_hand_are_those_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = SampleBuffer(1000)
    buffer.append(samples(100, 50, 0.0))
    buffer.append(samples(200, 50, 3.0, epoch=2))
    monkeypatch.setattr(Slice, "keys", None)  # of all samples: too slow for each gap
    ends = [(1, 99), (1, 100), (1, 150), (2, 1), (2, 248), (2, 249), (3, 1)]
    gaps = tuple(ev.Gap("main", epoch, first, first) for epoch, first in ends)
    others = (ev.Gap("roi", 1, 120, 130),)
    data = of_buffers({"main": buffer.last(100)}, Metadata(gaps=gaps + others))
    assert data.metadata.gaps == gaps[2:5]


def test_nothing_to_export_is_said(recording: Recording, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no samples"):
        export(of_recording(recording, t0=500.0), Order("csv", tmp_path / "none.csv"))
    assert not (tmp_path / "none.csv").exists()


def test_samples_at_hand_are_exported_as_they_were_when_it_began(tmp_path: Path) -> None:
    buffer = SampleBuffer(100)
    buffer.append(samples(1, 100, 0.0))
    data = of_buffers({"main": buffer.last(50)}, Metadata(source="lab3"))
    for _ in range(3):
        buffer.append(samples(101, 100, 3.0))
    found = parse(export(data, Order("csv", tmp_path / "live.csv")).read_text())
    assert [row[2] for row in found] == list(range(51, 101))
    assert data.metadata.t_last == pytest.approx(99 / 45)


@pytest.mark.parametrize("roi", [False, True])
def test_svg_is_xml_with_a_curve_that_breaks_at_gaps(
    recording: Recording, tmp_path: Path, roi: bool
) -> None:
    data = of_recording(recording, channels=("main",), t0=8.0, t1=14.05)
    if roi:
        data = of_recording(recording, channels=("roi",))
    text = export(data, Order("svg", tmp_path / "a.svg", size=(8.0, 4.0))).read_text()
    tree = ET.fromstring(text)  # noqa: S314 - made here
    assert (tree.get("width"), tree.get("height")) == ("800", "400")
    space = "{http://www.w3.org/2000/svg}"
    facts = json.loads(tree.findtext(f"{space}metadata") or "")
    assert facts["samples"] == data.metadata.samples
    curve = next(p for p in tree.iter(f"{space}path") if p.get("clip-path"))
    assert (curve.get("d") or "").count("M") == 2  # one break


def test_a_pause_is_not_drawn_over(tmp_path: Path) -> None:
    told = [(0, samples(1, 100, 0.0)), (1, samples(101, 100, 3.0))]  # no number is missing
    with Recording(write(tmp_path / "night.nhem", told)) as recording:
        text = export(of_recording(recording), Order("svg", tmp_path / "a.svg")).read_text()
    curve = next(line for line in re.findall(r"<path [^>]*>", text) if "clip-path" in line)
    assert curve.count("M") == 2


def test_an_svg_shows_both_channels_below_each_other(data: Dataset, tmp_path: Path) -> None:
    text = export(data, Order("svg", tmp_path / "a.svg", size=(8.0, 6.0))).read_text()
    tree = ET.fromstring(text)  # noqa: S314 - made here
    space = "{http://www.w3.org/2000/svg}"
    assert (tree.get("width"), tree.get("height")) == ("800", "600")
    panels = tree.findall(f"{space}svg")
    assert [(panel.get("y"), panel.get("height")) for panel in panels] == [
        ("0", "300"),
        ("300", "300"),
    ]
    titles = [panel.findtext(f"{space}title") or "" for panel in panels]
    assert titles[0].startswith("Main signal")
    assert titles[1].startswith("ROI gray value")
    names = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(names) == len(set(names)) == 2


def test_charts_on_a_page_that_is_too_small_are_whole(data: Dataset, tmp_path: Path) -> None:
    text = export(data, Order("svg", tmp_path / "a.svg", size=(1.0, 1.0))).read_text()
    page, *panels = ET.fromstring(text).iter("{http://www.w3.org/2000/svg}svg")  # noqa: S314 - ours
    assert (page.get("width"), page.get("height")) == ("160", "240")
    places = [tuple(panel.get(name) for name in ("y", "width", "height")) for panel in panels]
    assert places == [("0", "160", "120"), ("120", "160", "120")]


@pytest.mark.filterwarnings("error")  # it would be printed below the command
@pytest.mark.parametrize("size", [(1.0, 1.0), (1.0, 6.0), (10.0, 1.0)])
def test_small_pages_are_printed_without_a_warning(
    data: Dataset, tmp_path: Path, size: tuple[float, float]
) -> None:
    path = export(data, Order("png", tmp_path / "a.png", size=size))
    assert path.read_bytes().startswith(b"\x89PNG")


def test_ansi_and_html_show_both_charts_and_say_what_is_simulated(
    data: Dataset, tmp_path: Path
) -> None:
    ansi = export(data, Order("ansi", tmp_path / "a.ansi", size=(10.0, 6.0))).read_text()
    title = "Main signal · http://lab3:8421 · 2026-09-21 14:13:20 UTC · PARTLY SIMULATED"
    assert title in ansi
    assert "ROI gray value" in ansi
    assert "\x1b[38;2;" in ansi
    assert sum(any(block in line for block in "▌▐▀▄█") for line in ansi.splitlines()) > 8
    page = export(data, Order("html", tmp_path / "a.html")).read_text()

    class Reader(HTMLParser):
        tags: list[str] = []  # noqa: RUF012 - one instance
        text = ""

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tags.append(tag)

        def handle_data(self, data: str) -> None:
            self.text += data

    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("pre") == 2
    assert title in reader.text
    assert '"peak_threshold":104.5' in reader.text


def test_words_from_a_file_cannot_steer_a_terminal_or_a_page(tmp_path: Path) -> None:
    evil = ev.Connected(NOON, "http://\x1b]0;x\x07<script>", "\x1b[2J</pre><script>")
    told = [(0, evil), (1, samples(1, 50, 0.0)), (2, ev.Mark(NOON, 0.5, "\x1b[31m<b>"))]
    with Recording(write(tmp_path / "evil.nhem", told)) as recording:
        data = of_recording(recording)
        ansi = export(data, Order("ansi", tmp_path / "a.ansi")).read_text()
        html = export(data, Order("html", tmp_path / "a.html")).read_text()
        text = export(data, Order("csv", tmp_path / "a.csv")).read_text()
    assert "\x1b]" not in ansi
    assert "\x1b[2J" not in ansi
    assert "\x1b[31m" not in ansi
    assert "<script>" not in html
    assert "\x1b" not in html + text


def test_a_day_is_drawn_from_its_extremes(tmp_path: Path) -> None:
    spike = samples(50_000, 1000, 50_000 / 45)
    spike.values[500] = 250.0
    told = [
        *((n, samples(1 + n * 1000, 1000, n * 1000 / 45)) for n in range(49)),
        (49, samples(49_001, 999, 49_000 / 45)),
        (50, spike),
    ]
    with Recording(write(tmp_path / "long.nhem", told)) as recording:
        data = of_recording(recording)
        text = export(data, Order("svg", tmp_path / "a.svg", size=(4.0, 3.0))).read_text()
    assert "260" in text  # the axis reaches up to one sample of fifty thousand
    assert len(text) < 100_000


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_print_formats_name_what_is_missing_before_anything_is_written(
    data: Dataset, tmp_path: Path, kind: module.Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhem_tui.recording.formats.figures.find_spec", lambda _: None)
    with pytest.raises(RecordingError, match=f"{kind} needs matplotlib") as caught:
        export(data, Order(kind, tmp_path / "a"))
    assert f"--python {sys.executable} install matplotlib" in caught.value.hint
    assert [file.name for file in tmp_path.iterdir()] == ["night.nhem"]


def test_png_and_pdf_are_what_they_are_called(data: Dataset, tmp_path: Path) -> None:
    from PIL import Image

    with Image.open(export(data, Order("png", tmp_path / "a.png", size=(6.0, 4.0)))) as picture:
        assert picture.size == (1200, 800)
        assert "peak_threshold" in str(picture.info["Description"])
        assert len(picture.convert("RGB").getcolors(100_000) or ()) > 5
    assert export(data, Order("pdf", tmp_path / "a.pdf")).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["csv", "npz", "json", "ansi", "html"])
def test_a_file_is_there_whole_or_not_at_all(
    data: Dataset, tmp_path: Path, kind: module.Format
) -> None:
    target = tmp_path / f"a.{kind}"
    seen: list[list[str]] = []
    stop = threading.Event()

    def report(share: float) -> None:
        seen.append([file.name for file in tmp_path.iterdir() if file.name == target.name])
        stop.set()

    with pytest.raises(CancelledError):
        export(data, Order(kind, target), report=report, cancelled=stop)
    assert seen
    assert not any(seen)
    assert [file.name for file in tmp_path.iterdir()] == ["night.nhem"]


def test_progress_runs_from_0_to_1(data: Dataset, tmp_path: Path) -> None:
    for kind in ("csv", "npz", "json", "html"):
        told: list[float] = []
        export(data, Order(kind, tmp_path / f"a.{kind}"), report=told.append)
        assert told == sorted(told)
        assert (told[-1], told.count(1.0)) == (1.0, 1)
        assert told[0] > 0


def test_an_existing_file_is_overwritten_only_when_asked(data: Dataset, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("mine")
    with pytest.raises(RecordingError, match=r"a\.csv exists"):
        export(data, Order("csv", target))
    assert target.read_text() == "mine"
    export(data, Order("csv", target, overwrite=True))
    assert target.read_text() != "mine"
    with pytest.raises(RecordingError, match="is a folder"):
        export(data, Order("csv", tmp_path, overwrite=True))
    with pytest.raises(RecordingError, match="not a folder"):
        export(data, Order("csv", tmp_path / "nowhere" / "a.csv"))


def test_what_is_no_file_is_not_replaced_by_one(data: Dataset, tmp_path: Path) -> None:
    pipe, link, elsewhere = (tmp_path / name for name in ("pipe", "link.csv", "there.csv"))
    os.mkfifo(pipe)
    for path in (pipe, Path("-")):
        with pytest.raises(RecordingError, match="no regular file"):
            export(data, Order("csv", path, overwrite=True))
    assert pipe.is_fifo()
    elsewhere.touch()
    link.symlink_to(elsewhere)
    export(data, Order("csv", link, overwrite=True))
    assert link.is_symlink()
    assert elsewhere.stat().st_size > 0


@pytest.mark.parametrize("name", ["night.nhem", "hard.csv", "soft.csv", "night.nhem-wal"])
def test_a_recording_is_never_replaced_by_its_own_export(
    data: Dataset, recording: Recording, tmp_path: Path, name: str
) -> None:
    (tmp_path / "hard.csv").hardlink_to(recording.path)
    (tmp_path / "soft.csv").symlink_to(recording.path)
    (tmp_path / "night.nhem-wal").touch()
    before = recording.path.read_bytes()
    with pytest.raises(RecordingError, match="is the recording itself"):
        export(data, Order("csv", tmp_path / name, overwrite=True))
    assert recording.path.read_bytes() == before


def test_what_is_being_recorded_is_never_overwritten(data: Dataset, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "other.nhem")
    with pytest.raises(RecordingError, match="is being recorded"):
        export(data, Order("csv", tmp_path / "other.nhem", overwrite=True))
    recorder.take(samples(1, 5, 0.0))
    assert recorder.close().samples == 5
    export(data, Order("csv", tmp_path / "other.nhem", overwrite=True))


def test_a_name_in_gz_is_what_it_says(data: Dataset, tmp_path: Path) -> None:
    packed = export(data, Order("csv", tmp_path / "a.csv.gz"))
    assert gzip.decompress(packed.read_bytes()).startswith(b"# program: nhem-tui")
    with pytest.raises(RecordingError, match="npz compresses by itself"):
        export(data, Order("npz", tmp_path / "a.npz.gz"))
    assert not (tmp_path / "a.npz.gz").exists()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.csv", "csv"), ("a.JSON.GZ", "json"), ("a", None), ("a.b/c", None)]
)
def test_the_ending_says_the_format(name: str, kind: str | None) -> None:
    assert format_of(Path(name)) == kind


def test_an_ending_that_is_no_format_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match=r"\.xls is none of the formats: csv, npz"):
        format_of(Path("a.xls"))


def test_a_disk_that_refuses_is_an_error_in_words(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(RecordingError, match=r"cannot write .*a\.csv: No space left"):
        export(data, Order("csv", tmp_path / "a.csv"))
    assert [file.name for file in tmp_path.iterdir()] == ["night.nhem"]


def test_of_the_server_s_clocks_the_newest_counts(tmp_path: Path) -> None:
    told = [
        (n, samples(1 + 3 * n, 3, n / 15, utc=utc))
        for n, utc in enumerate((math.nan, NOON, NOON + 7, math.nan))
    ]
    with Recording(write(tmp_path / "a.nhem", told)) as recording:
        assert of_recording(recording).metadata.utc == NOON + 7


def test_an_unknown_clock_is_said_to_be_unknown(tmp_path: Path) -> None:
    with Recording(
        write(tmp_path / "a.nhem", [(0, samples(1, 3, 0.0, utc=math.nan))])
    ) as recording:
        data = of_recording(recording)
        assert data.metadata.utc is None
        text = export(data, Order("csv", tmp_path / "a.csv")).read_text()
    assert "# utc: null\n" in text
