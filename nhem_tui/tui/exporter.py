"""The export of what a screen shows: in a thread, one at a time, with its progress and its end."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Final

from nhem_tui.recording.dataset import Dataset
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.export import CancelledError, Order, export
from nhem_tui.tui import words

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_log: Final = logging.getLogger(__name__)

CANCEL: Final = "export.cancel"
"""The action that ends an export."""

TELL_INTERVAL: Final = 0.25
"""Seconds between two looks at how far it is."""


class Exporter:
    """Belongs to the app: an export goes on when the screen that began it is left."""

    def __init__(self, app: NhemApp) -> None:
        self._app = app
        self._cancelled: threading.Event | None = None
        self._share = 0.0

    @property
    def running(self) -> bool:
        """An export is under way."""
        return self._cancelled is not None

    def begin(self, data: Dataset, order: Order) -> None:
        """Write a file in the background; what comes of it is told on the event line."""
        if self.running:
            self._app.tell(f"An export is under way; {self._app.key_of(CANCEL)} ends it", "warning")
            return
        self._cancelled, self._share = threading.Event(), 0.0
        self._app.run_worker(self._run(data, order, self._cancelled), group="export")

    def cancel(self) -> None:
        """End the export that is under way; nothing is left of it."""
        if self._cancelled is not None:
            self._cancelled.set()

    async def _run(self, data: Dataset, order: Order, cancelled: threading.Event) -> None:
        writing = asyncio.to_thread(
            export, data, order, report=self._note_share, cancelled=cancelled
        )
        work = asyncio.create_task(writing)
        try:
            while not (await asyncio.wait((work,), timeout=TELL_INTERVAL))[0]:
                self._tell_share(order)
            samples = words.counted(data.count, "sample")
            self._app.tell(f"Exported {samples} to {work.result()}", "good")
        except CancelledError:
            self._app.tell("The export was ended; nothing was written", "warning")
        except RecordingError as error:
            self._app.tell(f"Export: {error.advice}", "error")
        except Exception as error:  # noqa: BLE001 - of a library, say: a recording goes on
            _log.exception("export to %s", order.target)
            text = f"Export: it failed ({type(error).__name__}), the log says where"
            self._app.tell(f"{text}; nothing was written", "error")
        finally:
            if not work.done():  # the program is being left
                cancelled.set()
                await asyncio.wait((work,))
            self._cancelled = None

    def _note_share(self, share: float) -> None:
        self._share = share

    def _tell_share(self, order: Order) -> None:
        text = f"Exporting {self._share:.0%}; {self._app.key_of(CANCEL)} ends it · {order.target}"
        self._app.monitor.journal.add(self._app.context.clock.wall(), text, fleeting=True)
