"""Recording from the dashboard: begin, end, and what happens when the disk gives up."""

from __future__ import annotations

from textual import work

from nhem_tui.recording.errors import RecordingError
from nhem_tui.tui import words
from nhem_tui.tui.screens.watching import Watching


class Recording(Watching):
    """Mixed into the dashboard; the recorder itself belongs to the app."""

    def action_recording_toggle(self) -> None:
        """Begin or end."""
        if self.app.tape.running:
            self._end_recording()
        else:
            self._begin_recording()

    @work(group="recording", exclusive=True)
    async def _begin_recording(self) -> None:
        app, settings = self.app, self.app.context.settings
        monitor = app.monitor
        try:
            path = await app.tape.begin(
                settings.export.directory,
                app.context.clock.wall(),
                lambda: (*monitor.standing.entries, *monitor.moments),
                pictures=settings.recording.pictures,
            )
        except RecordingError as error:
            app.tell(f"Recording: {error.advice}", "error")
            return
        app.fetch_pictures()
        app.context.source.retry_now()  # so that it begins with the parameters of now
        app.tell(f"Recording to {path}", "good")

    @work(group="recording end")
    async def _end_recording(self) -> None:
        progress = await self.app.tape.end()
        if progress is None:
            return  # ended already
        self.app.fetch_pictures()
        if progress.failure:
            self.app.tell(f"Recording ended: {progress.failure}; what came before is kept", "error")
        else:
            samples = words.counted(progress.samples, "sample")
            self.app.tell(f"Recorded {samples} in {progress.path}", "good")

    def mind_recording(self) -> None:
        """End the recording when the recorder had to stop; called with the panels."""
        progress = self.app.tape.progress
        if progress is not None and progress.failure:
            self._end_recording()

    async def action_file_quit(self) -> None:
        """Leave; the server goes on."""
        await self.app.action_quit()
