"""The lines of ``watch``: their keys are a promise to scripts."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from nhem_tui.backend.errors import FaultKind
from nhem_tui.cli.records import Teller, words
from nhem_tui.stream import events as ev

FAULT = ev.Fault(FaultKind.REFUSED, "nothing listens")
NO_IMAGE = ev.RoiImage(b"", "roi_not_configured", 0.0, 0, 0)


def samples(channel: ev.Channel, *, simulated: bool = False) -> ev.Samples:
    return ev.Samples(
        channel,
        2,
        np.array([41, 42]),
        np.array([0.1, 1 / 3]),
        np.array([101.5, 102.25]),
        simulated,
        0.0,
    )


def seen(state: ev.ServerState, epoch: int = 1) -> ev.StatusSeen:
    return ev.StatusSeen(5.0, epoch, state, 7, 101.5, 100.25, True, 6, 0.004)


CASES: list[tuple[ev.Event, list[str], list[str]]] = [
    (
        samples("main"),
        [
            '{"type": "sample", "epoch": 2, "frame": 41, "t": 0.1, "value": 101.5}',
            '{"type": "sample", "epoch": 2, "frame": 42, "t": 0.333333, "value": 102.25}',
        ],
        [
            "frame        41      0.100000 s   101.500",
            "frame        42      0.333333 s   102.250",
        ],
    ),
    (
        samples("roi"),
        [
            '{"type": "roi_sample", "epoch": 2, "roi_index": 41, "t": 0.1, "value": 101.5}',
            '{"type": "roi_sample", "epoch": 2, "roi_index": 42, "t": 0.333333, "value": 102.25}',
        ],
        [
            "roi          41      0.100000 s   101.500",
            "roi          42      0.333333 s   102.250",
        ],
    ),
    (
        ev.Gap("main", 1, 10, 14),
        ['{"type": "gap", "channel": "main", "epoch": 1, "first": 10, "last": 14}'],
        ["gap: 5 main samples lost, 10–14"],
    ),
    (
        seen("running"),
        [
            '{"type": "state", "epoch": 1, "state": "running", "frame": 7, "value": 101.5,'
            ' "baseline": 100.25, "peak_signal": true, "buffered": 6, "at": 5.0}'
        ],
        ["detection is running, frame 7"],
    ),
    (
        ev.Connected(5.0, "http://lab3:8421", "1.0.0"),
        ['{"type": "connected", "url": "http://lab3:8421", "version": "1.0.0", "at": 5.0}'],
        ["connected to http://lab3:8421, server version 1.0.0"],
    ),
    (
        ev.ConnectionLost(5.0, FAULT),
        ['{"type": "lost", "kind": "refused", "text": "nothing listens", "at": 5.0}'],
        ["connection lost (refused): nothing listens"],
    ),
    (
        ev.ConnectionRestored(5.0, 1.23456),
        ['{"type": "restored", "outage": 1.235, "at": 5.0}'],
        ["connection restored after 1.2 s"],
    ),
    (
        ev.Restarted(5.0, 3),
        ['{"type": "restarted", "epoch": 3, "at": 5.0}'],
        ["the server has restarted: epoch 3, numbers begin again"],
    ),
    (
        ev.Renumbered(5.0, 2, "main", 1),
        ['{"type": "renumbered", "epoch": 2, "channel": "main", "shift": 1, "at": 5.0}'],
        ["main numbers were 1 too high: epoch 2 goes on right"],
    ),
    (
        ev.UsualGap("main", 1, 10, 14),
        ['{"type": "gap", "channel": "main", "epoch": 1, "first": 10, "last": 14}'],
        ["gap: 5 main samples lost, 10–14"],
    ),
    (
        ev.Trouble(5.0, "GET /status", FAULT),
        [
            '{"type": "trouble", "endpoint": "GET /status", "kind": "refused",'
            ' "text": "nothing listens", "at": 5.0}'
        ],
        ["GET /status (refused): nothing listens"],
    ),
    (
        ev.Notice(5.0, "a fallback"),
        ['{"type": "notice", "text": "a fallback", "at": 5.0}'],
        ["a fallback"],
    ),
    (ev.Retrying(5.0, 1, 0.25, FAULT), [], []),
    (ev.Trying(5.0, 1), [], []),
    (ev.Parameters(5.0, {"fps": 45.0}), [], []),
    (ev.PictureSeen(5.0, 1, NO_IMAGE, NO_IMAGE), [], []),
]


@pytest.mark.parametrize(("event", "lines", "texts"), CASES)
def test_each_event_has_its_lines(event: ev.Event, lines: list[str], texts: list[str]) -> None:
    records = list(Teller(roi=True).records(event))
    assert [json.dumps(record) for record in records] == lines
    assert [words(record) for record in records] == texts


def test_samples_that_the_server_made_up_say_so() -> None:
    for record in Teller(roi=False).records(samples("main", simulated=True)):
        assert record["simulated"] is True
        assert words(record).endswith("SIMULATED")


def test_only_changes_of_state_are_told() -> None:
    teller = Teller(roi=False)
    states = [seen("running"), seen("running"), seen("stopped"), seen("stopped", epoch=2)]
    told = [record for event in states for record in teller.records(event)]
    assert [(record["state"], record["epoch"]) for record in told] == [
        ("running", 1),
        ("stopped", 1),
        ("stopped", 2),
    ]


def test_the_roi_is_told_only_when_asked_for() -> None:
    teller = Teller(roi=False)
    assert list(teller.records(samples("roi"))) == []
    assert list(teller.records(ev.Gap("roi", 1, 1, 2))) == []


@pytest.mark.parametrize(
    "nothing",
    [
        ev.StatusSeen(5.0, 1, "running", 7, math.nan, math.inf, False, 7, 0.004),
        ev.StatusSeen(5.0, 1, "stopped", 0, 0.0, 0.0, False, 0, 0.004),  # before the first frame
    ],
)
def test_a_state_without_a_value_has_none(nothing: ev.StatusSeen) -> None:
    (record,) = Teller(roi=False).records(nothing)
    assert (record["value"], record["baseline"]) == (None, None)


def test_words_of_the_server_are_cleaned_and_nothing_else() -> None:
    teller = Teller(roi=True, clean=lambda text: text.replace("lab3", "•••"))
    events: list[ev.Event] = [
        ev.Connected(5.0, "http://lab3", "lab3"),
        ev.ConnectionLost(5.0, ev.Fault(FaultKind.REFUSED, "lab3 is gone")),
        ev.Trouble(5.0, "GET /lab3", ev.Fault(FaultKind.REFUSED, "lab3 is gone")),
        ev.Notice(5.0, "lab3 is back"),
    ]
    connected, lost, trouble, notice = (next(teller.records(event)) for event in events)
    assert (connected["url"], connected["version"]) == ("http://lab3", "•••")
    assert lost["text"] == "••• is gone"
    assert (trouble["endpoint"], trouble["text"]) == ("GET /lab3", "••• is gone")
    assert notice["text"] == "••• is back"
