"""Lets a client meet a server that fails, hangs or answers something else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.backend.types import Point, RoiPoint, Status
from nhem_tui.backend.window_types import RoiWindow
from nhem_tui.backend.window_types import Window as WindowReply

R = TypeVar("R")


def change(client: BackendClient, name: str, changed: Callable[[R], R]) -> Callable[[], None]:
    """Let replies of a method of the client pass through `changed` until the result is called."""
    ask = getattr(client, name)

    async def ask_and_change(*args: object, **options: object) -> R:
        return changed(await ask(*args, **options))

    setattr(client, name, ask_and_change)
    return lambda: setattr(client, name, ask)


def refuse(client: BackendClient, name: str, error: BackendError) -> Callable[[], None]:
    """Let a method of the client fail until the result is called."""
    ask = getattr(client, name)

    async def fail(*args: object, **options: object) -> object:
        await asyncio.sleep(0)
        raise error

    setattr(client, name, fail)
    return lambda: setattr(client, name, ask)


def hang(client: BackendClient, name: str) -> Callable[[], None]:
    """Let a method of the client wait for ever until the result is called."""
    ask, over = getattr(client, name), asyncio.Event()

    async def wait(*args: object, **options: object) -> object:
        await over.wait()
        return await ask(*args, **options)

    def end() -> None:
        setattr(client, name, ask)
        over.set()

    setattr(client, name, wait)
    return end


def raised(by: int) -> Callable[[WindowReply], WindowReply]:
    """Raise the labels of windows."""

    def change(reply: WindowReply) -> WindowReply:
        metadata = reply.capture_metadata
        newest = metadata.current_frame_count + by
        raised = msgspec.structs.replace(metadata, current_frame_count=newest)
        return msgspec.structs.replace(reply, capture_metadata=raised)

    return change


def points(changed: Callable[[int, Point], Point]) -> Callable[[WindowReply], WindowReply]:
    """Change points of windows by their true numbers."""

    def change(reply: WindowReply) -> WindowReply:
        first = reply.capture_metadata.current_frame_count - len(reply.series) + 1
        series = tuple(changed(number, point) for number, point in enumerate(reply.series, first))
        return msgspec.structs.replace(reply, series=series)

    return change


def roi_points(changed: Callable[[RoiPoint], RoiPoint]) -> Callable[[RoiWindow], RoiWindow]:
    """Change points of windows of ROI samples."""
    return lambda reply: msgspec.structs.replace(reply, series=tuple(map(changed, reply.series)))


def counting(count: int) -> Callable[[Status], Status]:
    """Let the state tell another count."""
    return lambda status: msgspec.structs.replace(status, frame_count=count)
