"""A screen that is laid out for the size of the terminal and for no other."""

from __future__ import annotations

from textual import events
from textual.screen import Screen, ScreenResultType


class Fitting(Screen[ScreenResultType]):
    """The base of all screens.

    Textual tells a screen its size when the terminal changes, and again whenever that has changed
    the screen's own region. Two sizes that wait at the same time call for each other for ever
    then, and the program does nothing else any more.
    """

    async def _on_resize(self, event: events.Resize) -> None:
        if event.size != self.app.size:
            event.stop()
            event.prevent_default()
