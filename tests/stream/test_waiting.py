"""Waits that are ended in the moment in which what they wait for comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from nhem_tui.cli import headless
from nhem_tui.recording.pace import Pace
from nhem_tui.stream.waiting import wait_at_most

Begin = Callable[[], tuple[Coroutine[None, None, object], Callable[[], None]]]
"""Make a wait that goes on for long after it was told; and what tells it."""


def of_an_event() -> tuple[Coroutine[None, None, object], Callable[[], None]]:
    event = asyncio.Event()
    return _and_then_for_ever(wait_at_most(event, 60.0)), event.set


def of_a_recording() -> tuple[Coroutine[None, None, object], Callable[[], None]]:
    begun = asyncio.Event()
    return headless._last(begun, 60.0, None), begun.set


def of_a_replay() -> tuple[Coroutine[None, None, object], Callable[[], None]]:
    pace = Pace(1.0, lambda: 0.0, playing=True)
    return _and_then_for_ever(pace.reached(60.0)), pace.interrupt


async def _and_then_for_ever(wait: Coroutine[None, None, object]) -> None:
    await wait
    await asyncio.Event().wait()


@pytest.mark.parametrize("turns", range(5))
@pytest.mark.parametrize("begin", [of_an_event, of_a_recording, of_a_replay])
async def test_a_wait_that_is_ended_as_it_is_over_ends(begin: Begin, turns: int) -> None:
    wait, tell = begin()
    task = asyncio.create_task(wait)
    for _ in range(5):
        await asyncio.sleep(0)
    tell()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait((task,), timeout=0.2)
    task.cancel()
    assert done, "it went on as if nobody had ended it"
    assert task.cancelled()
