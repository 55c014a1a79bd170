"""What the peers share: this program's own polling, and a screen of two charts to fill."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.widgets import Label

from nhem_tui.backend.client import BackendClient
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.poller import LiveSource
from nhem_tui.stream.session import Session

FRAMERATE = 20
POINTS = 1000


class PeerApp(App[None]):
    """Polls the server named on the command line; draws both channels 20 times a second."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit"), ("space", "freeze", "Freeze")]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(POINTS, POINTS)
        self.client = BackendClient(sys.argv[1], "31415")

    def on_mount(self) -> None:
        """Start polling and painting."""
        self.listen()
        self.set_interval(1 / FRAMERATE, self.paint)

    @work
    async def listen(self) -> None:
        """Feed the model."""
        async for event in LiveSource(self.client, interval=0.1).events():
            self.session.apply(event)

    async def action_freeze(self) -> None:
        """Answer a key: a word that comes and goes."""
        if words := self.query(Label):
            await words.remove()
        else:
            await self.mount(Label("FROZEN"), before=0)

    def paint(self) -> None:
        """Draw both channels."""
        self.draw(self.session.main.last(POINTS), self.session.roi.last(POINTS))

    @abstractmethod
    def draw(self, main: Slice, roi: Slice) -> None:
        """Draw the newest points of both channels."""
