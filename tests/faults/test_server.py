"""Each fault of a server: seen in words, nothing invented or lost silently, and over again."""

from __future__ import annotations

import pytest

from nhem_tui.config.schema import Settings
from nhem_tui.stream import events as ev
from nhem_tui.tui import panels
from nhem_tui.tui.monitor import Monitor
from nhem_tui.tui.panels import Facts
from tests.faults.matrix import FAULTS, Fault
from tests.stream.live import Live, live


def screen(events: list[ev.Event]) -> str:
    """The title line and all event lines, as they would be read."""
    now = 1000.0
    monitor = Monitor(Settings(), monotonic=lambda: now, wall=lambda: 1.79e9)
    for event in events:
        monitor.apply(event)
    facts = Facts(monitor.session.snapshot, now=now, wall=1.79e9, name="lab3", label="lab3:8421")
    rows = [panels.top_row(facts, 200), *panels.status_rows(facts, 60)]
    rows += [panels.event_row(entry, 300) for entry in monitor.journal.entries]
    return "\n".join(row.text for row in rows)


async def play_into(bench: Live, row: Fault) -> None:
    """Let the fault begin and wait until it is seen."""
    await row.begin(bench)
    heard = bench.listener
    await heard.until(lambda: all(words in screen(heard.events) for words in row.seen))


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.name)
async def test_fault(row: Fault) -> None:
    async with live(timeout=row.timeout) as bench:
        await bench.play(0.5)
        await play_into(bench, row)
        await row.end(bench)
        text = screen(bench.listener.events)
        assert "● RUNNING" in text.partition("\n")[0], "all is well again"
        assert "\x1b" not in text
        if row.check:
            bench.check(row.wild)
