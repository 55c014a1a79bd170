"""The dashboard as it looks: every layout in every state, with pinned data, time and size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.widgets.textpane import TextPane
from tests.tui.scripted import Compare, live, lost, make_app, until

SIZES = [(50, 15), (80, 24), (120, 40), (200, 50)]

STATES = {
    "live": (live, "RUNNING", ""),
    "stopped": (lambda: live(state="stopped"), "STOPPED", ""),
    "frozen": (live, "RUNNING", "space"),
    "disconnected": (lost, "LOST", ""),
    "simulated": (lambda: live(simulated=True), "RUNNING", ""),
}


def _settle(app: NhemApp, word: str, key: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait for the state, press the key, wait until the picture stands still."""

    async def run(pilot: Pilot[None]) -> None:
        def shown() -> bool:
            rows = [row.text for pane in app.screen.query(TextPane) for row in pane.rows]
            return any(word in row for row in rows)

        await until(pilot, shown)
        if key:
            await pilot.press(key)
        before, picture = "", app.export_screenshot()
        while picture != before:
            await pilot.pause(0.3)
            before, picture = picture, app.export_screenshot()

    return run


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_dashboard(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    events, word, key = STATES[state]
    app = make_app(events())
    assert snap_compare(app, terminal_size=size, run_before=_settle(app, word, key))
