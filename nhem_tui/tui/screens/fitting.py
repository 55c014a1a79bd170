"""A screen that is laid out for the size of the terminal and for no other."""

from __future__ import annotations

from textual import events
from textual.screen import ModalScreen, Screen, ScreenResultType


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

    @property
    def in_sight(self) -> bool:
        """It is on top, or only boxes lie over it; and it is not being left."""
        stack = self.app.screen_stack if self.app.is_running else []
        if self not in stack:
            return False
        return all(isinstance(screen, ModalScreen) for screen in stack[stack.index(self) + 1 :])
