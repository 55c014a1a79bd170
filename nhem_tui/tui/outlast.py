"""Work that goes on when the screen that waits for it is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from nhem_tui.backend.errors import BackendError

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

Reply = TypeVar("Reply")

_orphans: set[asyncio.Future[Any]] = set()
"""Nobody else holds on to them."""


async def outlast(app: NhemApp, words: str, work: Awaitable[Reply]) -> Reply:
    """Wait for `work`; if the waiting is cancelled the work is not, and its end is told.

    A request that changes the server must not be cut off half-way only because its screen was
    closed: nobody would know whether it arrived.

    Args:
        app: told of the end.
        words: what is done, e.g. ``Applying the settings``.
        work: the requests.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            _orphans.add(task)
            task.add_done_callback(lambda ended: _tell(app, words, ended))
        raise


def _tell(app: NhemApp, words: str, task: asyncio.Future[Reply]) -> None:
    _orphans.discard(task)
    if task.cancelled() or not app.is_running:
        return
    error = task.exception()
    if error is None:
        app.tell(f"{words}: done", "good")
    elif isinstance(error, BackendError):
        app.tell(f"{words}: {error.kind} · {error.text}", "error")
    else:
        raise error
