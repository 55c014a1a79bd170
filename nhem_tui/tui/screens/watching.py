"""The small ROI picture at the side of the dashboard: fetched only while it can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from nhem_tui.stream.events import Parameters
from nhem_tui.tui.roi_words import region
from nhem_tui.tui.widgets.picture import RoiPicture

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

PICTURE_RATE: Final = 0.5
"""Pictures a second: enough to see that the region still shows what it should."""


class Watching(Screen[None]):
    """Mixed into the dashboard."""

    app: NhemApp

    _placed: Parameters | None = None
    """What the place of ROI 1 was taken from."""

    def want_picture(self, *, seen: bool) -> None:
        """Begin or end fetching pictures, by whether there is a place for them."""
        self.app.show_pictures(PICTURE_RATE if seen else 0.0)

    def refresh_picture(self) -> None:
        """Show the newest one, and where it lies; called with the panels."""
        picture, told = self.query_one(RoiPicture), self.app.monitor.standing.parameters
        if told is not self._placed:
            self._placed = told
            picture.place(None if told is None else region(told.values.get("roi")))
        if picture.display:
            picture.show(self.app.monitor.pictures)
