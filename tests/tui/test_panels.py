"""What the panels say, whatever the size: state first, nothing old looks new."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nhem_tui.backend.errors import FaultKind
from nhem_tui.stream.events import Fault
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui import panels
from nhem_tui.tui.cells import Flag
from nhem_tui.tui.journal import Entry
from nhem_tui.tui.panels import Facts, PeakTally, pane_row, status_rows, tiny_rows
from nhem_tui.tui.words import level

LIVE = Snapshot(
    link="up", state="running", value=127.45, baseline=127.85, frame_count=260_807, rate=44.0,
    received=1000, data_at=100.0,
)  # fmt: skip
FACTS = Facts(LIVE, now=100.02, wall=0.0, name="lab3", label="lab3:8421")
LOST = replace(
    FACTS,
    now=112.0,
    snapshot=replace(
        LIVE,
        link="lost",
        reached=True,
        since=100.0,
        fault=Fault(FaultKind.REFUSED, "nothing listens"),
    ),
)
REPLAY = Flag("▶ REPLAY 4×  0:10 / 1:00", "▶4×", "accent")


def status(facts: Facts) -> str:
    return "\n".join(row.text for row in panels.status_rows(facts, 42))


def test_a_difference_has_a_true_minus() -> None:
    assert "Δ −0.40" in status(FACTS)


def test_levels_below_zero_have_one_too() -> None:
    assert [level(value) for value in (-5.0, -123_456.0, -0.001)] == ["−5.00", "−1.23e+05", "0.00"]


def test_no_frame_is_told_before_a_server_has_told_one() -> None:
    frame = next(
        row for row in status(replace(FACTS, snapshot=Snapshot())).splitlines() if "Frame" in row
    )
    assert frame.split() == ["Frame", "–"]
    stopped = Snapshot(link="up", state="stopped")
    assert "Frame       0           epoch 1" in status(replace(FACTS, snapshot=stopped))


def test_numbers_of_a_server_that_sends_nothing_any_more_are_called_old() -> None:
    old = replace(FACTS, now=103.2)
    assert "44.0 fps" in panels.top_row(FACTS, 120).text
    assert "44.0 fps" not in panels.top_row(old, 120).text
    assert "– fps" in status(old)
    assert (" 3.2 s", "warning") not in panels.top_row(FACTS, 120).spans
    age = next(
        role
        for start, end, role in panels.top_row(old, 120).spans
        if "3.2 s" in panels.top_row(old, 120).text[start:end]
    )
    assert age == "warning"


@pytest.mark.parametrize(("age", "late"), [(2.0, False), (3.0, True)])
def test_a_slow_server_is_late_only_after_some_of_its_own_intervals(
    age: float, *, late: bool
) -> None:
    slow = replace(LIVE, rate=1.0)
    assert replace(FACTS, snapshot=slow, now=slow.data_at + age).stale == late


def test_a_stopped_server_is_not_called_late() -> None:
    stopped = replace(FACTS, now=160.0, snapshot=replace(LIVE, state="stopped"))
    assert not stopped.stale


@pytest.mark.parametrize("flag", [REPLAY, Flag("READ-ONLY", "RO", "warning")])
def test_flags_are_seen_at_every_size(flag: Flag) -> None:
    flagged = replace(FACTS, flags=(flag,))
    assert flag.text in panels.top_row(flagged, 120).text
    assert panels.pane_row(flagged, 50).text.startswith(f"{flag.short} ●")
    assert panels.tiny_rows(flagged, None, 25, 1)[0].text.startswith(f"{flag.short} ●")


@pytest.mark.parametrize("width", [200, 80, 50, 40])
def test_the_title_says_what_must_be_seen_rather_than_when_it_tries_again(width: int) -> None:
    snapshot = replace(LOST.snapshot, simulated=True, next_retry=184.0)
    facts = replace(LOST, now=181.0, name="", label="127.0.0.1:18421", snapshot=snapshot)
    title = panels.top_row(facts, width).text
    assert "○ LOST 1 min 21 s" in title
    assert " SIMULATED " in title
    assert ("retry in 3.0 s" in title) == (width == 200)
    assert "…" not in title


def test_a_very_narrow_title_has_short_words_for_it() -> None:
    flag = Flag("READ-ONLY", "RO", "warning")
    facts = replace(FACTS, behind=3.0, flags=(flag,), snapshot=replace(LIVE, simulated=True))
    assert panels.top_row(facts, 29).text.startswith(" ● RUNNING SIM ‖ −3.0 s RO")


def test_a_narrow_side_panel_says_the_whole_state_rather_than_since_when() -> None:
    never = replace(LOST, snapshot=replace(LOST.snapshot, reached=False))
    assert "NO CONNECTION 12.0 s" in panels.status_rows(never, 42)[0].text
    assert panels.status_rows(never, 30)[0].text.rstrip() == "Detection   ○ NO CONNECTION"


def test_one_line_says_that_the_link_is_lost_before_the_value() -> None:
    (row,) = panels.tiny_rows(LOST, None, 20, 1)
    assert row.text.startswith("○ LOST 12.0 s 127.45")
    assert panels.tiny_rows(LOST, None, 10, 1)[0].text == "○ LOST 12…"


def test_nothing_jumps_in_one_line_when_numbers_change_their_width() -> None:
    def row(age: float, value: float, width: int = 29) -> str:
        facts = replace(FACTS, now=100 + age, snapshot=replace(LIVE, value=value))
        return tiny_rows(replace(facts, tally=PeakTally(1, 0, last_stable=True)), None, width, 1)[
            0
        ].text

    assert row(0.02, 127.45).rstrip() == "● 127.45  20ms ▲0ms"
    assert {
        row(age, value).index("▲") for age in (0.003, 0.123, 1.2) for value in (99.5, 127.45)
    } == {15}
    assert row(0.02, 127.45, 18) == "● 127.45 20ms ▲0ms"


def test_more_lines_hold_the_state_and_the_last_event() -> None:
    event = Entry(0.0, "Connection lost: refused", "error")
    rows = [row.text for row in panels.tiny_rows(LOST, event, 30, 7)]
    assert rows[0].startswith("○ 127.45 12.0s")
    assert rows[1].startswith("○ LOST 12.0 s · refused")
    assert "Connection lost" in rows[2]
    assert len(panels.tiny_rows(LOST, event, 30, 2)) == 2


def test_a_frozen_corner_says_so() -> None:
    assert panels.tiny_rows(replace(FACTS, behind=3.0), None, 25, 1)[0].text.startswith("‖ ●")


def test_what_fits_a_pane_goes_by_need() -> None:
    facts = replace(FACTS, tally=PeakTally(14, 6))
    assert panels.pane_row(facts, 50).text == "● RUNNING lab3 44 fps 20 ms         ▲14 ▽6  127.45"
    narrow = panels.pane_row(facts, 30).text
    assert narrow.startswith("● RUNNING")
    assert narrow.endswith("127.45")


def test_an_event_that_does_not_fit_ends_with_a_clause() -> None:
    text = "Peak ▲ +3.4 over 2.1 s, top 138.5 (ROI sample 8)"

    def shown(width: int, text: str = text) -> str:
        return panels.event_row(Entry(0.0, text, "good"), width, timed=False).text.rstrip()

    assert shown(48) == text
    assert shown(47) == "Peak ▲ +3.4 over 2.1 s, top 138.5 …"
    assert shown(32) == "Peak ▲ +3.4 over 2.1 s …"
    assert shown(20) == "Peak ▲ +3.4 over 2.…"
    assert shown(31, "bad data: GET /data/window-capture") == "bad data: GET /data/window-cap…"


def test_below_a_small_chart_stand_two_keys_and_the_reading() -> None:
    event = Entry(0.0, "Peak ▲ +3.4", "good")
    foot = panels.pane_foot(event, "", "z all  q quit", 50)
    assert foot.text.endswith("z all  q quit")
    assert "Peak ▲ +3.4" in foot.text
    assert panels.pane_foot(event, "#12  −1.1 s  95.24", "z", 50).text.startswith(
        "#12  −1.1 s  95.24"
    )


def test_numbers_of_a_lost_server_are_not_those_of_now() -> None:
    def roles(facts: Facts) -> set[str]:
        rows = [*status_rows(facts, 42), pane_row(facts, 50), *tiny_rows(facts, None, 30, 1)]
        value = level(LIVE.value)
        spans = [(row.text[a:b].strip(), role) for row in rows for a, b, role in row.spans]
        return {role for text, role in spans if text in (value, "▁▂▃")}

    facts = replace(FACTS, trend="▁▂▃")
    assert roles(facts) == {"strong", "accent"}
    assert roles(replace(facts, snapshot=LOST.snapshot)) == {"muted"}
