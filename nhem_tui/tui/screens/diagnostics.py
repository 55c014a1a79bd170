"""Diagnostics: how the link, the server and this program do; to read, to copy, to keep."""

from __future__ import annotations

import os
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from nhem_tui.backend.types import Fps
from nhem_tui.tui import clipboard
from nhem_tui.tui.diagnosis import Diagnosis, diagnose
from nhem_tui.tui.diagnosis_report import report_json, report_rows, report_text
from nhem_tui.tui.process import CpuMeter
from nhem_tui.tui.saving import save_stamped
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.textpane import TextPane

INTERVAL: Final = 1.0
"""Seconds between looks: long enough to read the numbers, and for a share of the CPU."""


class DiagnosticsScreen(ToolScreen):
    """One page of facts, taken anew every second."""

    CSS_PATH = "diagnostics.tcss"
    TITLE_WORDS = "Diagnostics"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y",
            "copy",
            "Copy",
            id="diagnostics.copy",
            tooltip="Send the page to the clipboard of your terminal, as text.",
        ),
        Binding(
            "w",
            "save",
            "Save",
            id="diagnostics.save",
            tooltip="Keep the page as a new JSON file in the folder for exports.",
        ),
    ]
    AUTO_FOCUS = "#page"

    def __init__(self) -> None:
        super().__init__()
        self._nominal: float | None = None
        self._asked: int | None = None

    def compose_body(self) -> ComposeResult:
        """The page; it scrolls where the terminal is small."""
        with VerticalScroll(id="page"):
            yield TextPane(id="report")

    def on_mount(self) -> None:
        """Look at once and then every second."""
        self._meter = CpuMeter(self.app.context.own_clock)
        self.set_interval(INTERVAL, self.look)

    def on_resize(self) -> None:
        """Set the page anew for another width."""
        self.call_after_refresh(self.look)

    def refresh_body(self) -> None:
        """Ask each server process once what rate it was started with."""
        snapshot = self.app.monitor.session.snapshot
        epoch = snapshot.epoch if snapshot.link == "up" else None
        if epoch == self._asked or self.client is None:
            return
        self._asked = epoch
        self._nominal = None
        if epoch is not None:
            self.ask("Reading the server's rate", lambda client: client.fps(), self._take_nominal)

    def _take_nominal(self, reply: Fps) -> None:
        self._nominal = reply.fps
        self.look()

    def _diagnose(self) -> Diagnosis:
        return diagnose(self.app, os.environ, self._meter.look(), self._nominal)

    def look(self) -> None:
        """Take the facts anew."""
        if self.is_active and self.is_open:
            pane = self.query_one("#report", TextPane)
            pane.show(report_rows(self._diagnose(), pane.content_size.width))

    def action_copy(self) -> None:
        """Send the page to the clipboard as text."""
        tmux = "TMUX" in os.environ
        text = report_text(self._diagnose())
        clipboard.copy(self.app, text, tmux=tmux)
        said = f"Sent {text.count(chr(10))} lines to the terminal's clipboard (OSC 52)"
        if tmux:
            said += "; tmux must allow it: set -s set-clipboard on"
        self.app.tell(said, "good")

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Keep the page as a JSON file in the folder for exports."""
        diagnosis = self._diagnose()
        content = report_json(diagnosis)
        await save_stamped(self.app, "nhem-diagnostics", diagnosis.at, ".json", content)


SCREEN = DiagnosticsScreen
