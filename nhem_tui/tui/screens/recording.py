"""Recording from the dashboard: begin, end, and what happens when the disk gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen

from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.schema import Mark
from nhem_tui.tui import words
from nhem_tui.tui.screens.confirm import Confirm

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class Recording(Screen[None]):
    """Mixed into the dashboard; the recorder itself belongs to the app."""

    app: NhemApp

    def action_recording_toggle(self) -> None:
        """Begin or end."""
        if self.app.tape.running:
            self._end_recording()
        else:
            self._begin_recording()

    @work(group="recording", exclusive=True)
    async def _begin_recording(self) -> None:
        app = self.app
        folder, now = app.context.settings.export.directory, app.context.clock.wall()
        try:
            path = await app.tape.begin(folder, now, app.monitor.known)
        except RecordingError as error:
            app.tell(f"Recording: {error}", "error")
            return
        app.tell(f"Recording to {path}", "good")

    @work(group="recording end")
    async def _end_recording(self) -> None:
        progress = await self.app.tape.end()
        if progress is None:
            return  # ended already
        if progress.failure:
            self.app.tell(f"Recording ended: {progress.failure}; what came before is kept", "error")
        else:
            samples = words.grouped(progress.samples)
            self.app.tell(f"Recorded {samples} samples in {progress.path}", "good")

    def mind_recording(self) -> None:
        """End the recording when the recorder had to stop; called with the panels."""
        progress = self.app.tape.progress
        if progress is not None and progress.failure:
            self._end_recording()

    def note_mark(self, t: float, text: str) -> None:
        """Put a mark into the recording."""
        self.app.tape.take(Mark(self.app.context.clock.wall(), t, text))

    @work(group="question", exclusive=True)
    async def action_file_quit(self) -> None:
        """Leave; the server goes on. Asks first when that would end a recording."""
        if self.app.tape.running:
            question = Confirm(
                "Leave and end the recording?",
                "The file is closed properly and keeps everything measured so far.",
                yes="Leave",
            )
            if not await self.app.push_screen_wait(question):
                return
        self.app.exit()
