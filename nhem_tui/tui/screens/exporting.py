"""Exporting the samples of a screen: one question, then a thread."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work
from textual.screen import Screen

from nhem_tui.recording.dataset import Dataset, Metadata, of_buffers
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.export import FORMATS, Format, Order, export
from nhem_tui.recording.target import check_target
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel
from nhem_tui.tui import words
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.tape import file_name

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class Exporting(Screen[None]):
    """Mixed into every screen with samples."""

    app: NhemApp

    @work(group="question", exclusive=True)
    async def action_export_ask(self) -> None:
        """Ask for the file; its ending says the format."""
        app, settings = self.app, self.app.context.settings.export
        data = self._dataset()
        if not data.count:
            app.tell("Nothing to export yet.", "warning")
            return
        folder = Path(settings.directory)
        name = file_name(folder, app.context.clock.wall(), f".{settings.default_format}")
        question = Prompt(
            f"Export {words.grouped(data.count)} samples to",
            f"The ending says the format: {', '.join(FORMATS)}.",
            check=target_of,
            text=str(name),
        )
        answer = await app.push_screen_wait(question)
        if answer is None:
            return
        path: Path = answer.value
        order = Order(
            cast(Format, path.suffix[1:].lower()),
            path,
            metadata=settings.include_metadata,
            compress=settings.compression,
            size=(
                app.context.settings.display.chart_width,
                app.context.settings.display.chart_height,
            ),
        )
        app.tell(f"Exporting to {path} …")
        try:
            written = await asyncio.to_thread(export, data, order)
        except RecordingError as error:
            hint = f"; {error.hint}" if error.hint else ""
            app.tell(f"Export: {error.text}{hint}", "error")
        else:
            app.tell(f"Exported {words.grouped(data.count)} samples to {written}", "good")

    def exported(self) -> dict[Channel, Slice]:
        """What is exported: both channels as they are kept now."""
        session = self.app.monitor.session
        return {
            "main": session.main.last(session.main.capacity),
            "roi": session.roi.last(session.roi.capacity),
        }

    def _dataset(self) -> Dataset:
        snapshot = self.app.monitor.session.snapshot
        return of_buffers(
            {channel: part for channel, part in self.exported().items() if len(part.t)},
            Metadata(
                source=self.app.context.source.label,
                server=snapshot.version,
                utc=snapshot.utc if math.isfinite(snapshot.utc) else None,
                marks=tuple(
                    (t, f"Mark {number}")
                    for number, t in enumerate(self.app.monitor.user_marks, start=1)
                ),
            ),
        )


def target_of(text: str) -> Path:
    """The file meant by `text`.

    Raises:
        ValueError: it has no format, is there already, or has no folder.
    """
    path = Path(text.strip()).expanduser()
    if path.suffix[1:].lower() not in FORMATS:
        raise ValueError(f"the ending must be one of: {', '.join(FORMATS)}")
    try:
        check_target(path, overwrite=False)
    except RecordingError as error:
        raise ValueError(f"{error.text}; choose another name") from None
    return path
