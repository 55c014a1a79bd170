"""Waiting for a picture that stands still."""

from __future__ import annotations

from textual.pilot import Pilot

from nhem_tui.tui.app import NhemApp
from nhem_tui.tui.screens.tool import ToolScreen


async def settle(pilot: Pilot[None], app: NhemApp) -> None:
    """Write what moves by itself, then wait until two pictures in a row are the same."""
    before, picture = "", "nothing yet"
    while picture != before:
        for screen in app.screen_stack:
            if isinstance(screen, ToolScreen):
                screen.refresh_state()
        await pilot.pause(0.05)
        before, picture = picture, app.export_screenshot(simplify=True)
