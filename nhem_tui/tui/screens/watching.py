"""The small ROI picture at the side of the dashboard: fetched only while it can be seen."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual import work
from textual.screen import Screen

from nhem_tui.backend.errors import BackendError
from nhem_tui.tui.widgets.picture import RoiPicture

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

PICTURE_RATE: Final = 0.5
"""Pictures a second: enough to see that the region still shows what it should."""


class Watching(Screen[None]):
    """Mixed into the dashboard."""

    app: NhemApp

    def want_picture(self, *, seen: bool) -> None:
        """Begin or end fetching pictures, by whether there is a place for them."""
        self.app.show_pictures(PICTURE_RATE if seen else 0.0)

    def refresh_picture(self) -> None:
        """Show the newest one; called with the panels."""
        picture = self.query_one(RoiPicture)
        if picture.display:
            picture.show(self.app.monitor.pictures)

    @work(group="locate", exclusive=True)
    async def locate_roi(self) -> None:
        """Ask where ROI 1 lies, so that ROI 2 can be outlined inside it."""
        client = self.app.context.client
        if client is not None and self.app.monitor.session.snapshot.link == "up":
            with suppress(BackendError):  # without it there is no outline; /status tells the rest
                self.query_one(RoiPicture).place((await client.roi()).config)
