"""Exporting the samples of a screen: one question, then the app's exporter writes."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from nhem_tui.notation.paths import expanded
from nhem_tui.recording.dataset import Dataset, InForce, Metadata, Peaks, iso_time, of_buffers
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.export import FORMATS, GZIP, Format, Order, format_of
from nhem_tui.recording.replay import ReplaySource
from nhem_tui.recording.target import check_target
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel
from nhem_tui.tui import words
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.tape import file_name

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class Exporting(Screen[None]):
    """Mixed into the dashboard; `ExportKey` is for the screens over it."""

    app: NhemApp

    @work(group="question", exclusive=True)
    async def action_export_ask(self) -> None:
        """Ask for the file; its ending says the format."""
        app, wanted = self.app, self.app.context.settings.export
        data = self._dataset()
        if not data.count:
            app.tell("Nothing to export yet.", "warning")
            return
        try:
            name = await asyncio.to_thread(
                file_name, wanted.directory, app.context.clock.wall(), f".{wanted.default_format}"
            )
        except RecordingError as error:
            app.tell(f"Export: {error.advice}", "error")
            return
        question = Prompt(
            f"Export {words.counted(data.count, 'sample')} to",
            f"The ending says the format: {', '.join(FORMATS)}; {GZIP} behind it compresses.",
            check=partial(target_of, folder=name.parent),
            text=str(name),
        )
        answer = await app.push_screen_wait(question)
        if answer is not None:
            app.exporter.begin(data, self._order(*answer.value))

    def action_export_cancel(self) -> None:
        """End the export that is under way."""
        self.app.exporter.cancel()

    def _order(self, kind: Format, path: Path) -> Order:
        settings = self.app.context.settings
        return Order(
            kind,
            path,
            metadata=settings.export.include_metadata,
            compress=settings.export.compression,
            size=(settings.display.chart_width, settings.display.chart_height),
        )

    # --- what is exported -----------------------------------------------------------------------

    def exported(self) -> dict[Channel, Slice]:
        """The samples: both channels as they are kept now."""
        session = self.app.monitor.session
        return {
            "main": session.main.last(session.main.capacity),
            "roi": session.roi.last(session.roi.capacity),
        }

    def exported_peaks(self) -> Peaks:
        """The peaks as they are shown."""
        return Peaks("roi", self.app.monitor.marks(-math.inf))

    def exported_parameters(self) -> tuple[InForce, ...]:
        """What was in force."""
        return tuple(self.app.monitor.in_force)

    def _dataset(self) -> Dataset:
        monitor, source = self.app.monitor, self.app.context.source
        snapshot = monitor.session.snapshot
        began = source.started if isinstance(source, ReplaySource) else monitor.connected_at
        return of_buffers(
            {channel: part for channel, part in self.exported().items() if len(part.t)},
            Metadata(
                source=snapshot.url or source.label,
                server=snapshot.version,
                started="" if began is None else iso_time(began),
                utc=snapshot.utc if math.isfinite(snapshot.utc) else None,
                gaps=tuple(monitor.gaps),
                marks=tuple((mark.t, mark.text) for mark in monitor.moments),
                parameters=self.exported_parameters(),
            ),
            self.exported_peaks(),
        )


class ExportKey(Exporting, ToolScreen):
    """Gives a screen over the dashboard the key ``e``; ``escape`` first ends an export."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "export_ask",
            "Export",
            id="tool.export",
            tooltip="Write the samples of this screen to a file for other programs.",
        ),
    ]

    def action_back(self) -> None:
        """End the export that is under way, or go back to the dashboard."""
        if self.app.exporter.running:
            self.app.exporter.cancel()
        else:
            super().action_back()


def target_of(text: str, folder: Path) -> tuple[Format, Path]:
    """The format and the file meant by `text`; a name alone is that of a file in `folder`.

    Raises:
        ValueError: it has no format, is there already, or has no folder.
    """
    name = text.strip()
    path = folder / name if Path(name).name == name else expanded(name)
    kind = format_of(path)
    if kind is None:
        raise ValueError(f"the ending must be one of: {', '.join(FORMATS)}")
    try:
        check_target(path, overwrite=False)
    except RecordingError as error:
        raise ValueError(f"{error.text}; choose another name") from None
    return kind, path
