"""Waiting for a picture that stands still."""

from __future__ import annotations

from textual.pilot import Pilot

from nhem_tui.tui.app import NhemApp


async def settle(pilot: Pilot[None], app: NhemApp) -> None:
    """Wait until two pictures in a row are the same."""
    before, picture = "", app.export_screenshot()
    while picture != before:
        await pilot.pause(0.3)
        before, picture = picture, app.export_screenshot()
