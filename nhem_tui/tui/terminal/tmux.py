"""Whether anybody can see the tmux pane that the program runs in.

tmux takes all output of a hidden pane and shows none of it; it tells the program nothing. So it is
asked now and then, which costs less than a tenth of a second of painting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from enum import Enum
from typing import Final

PATIENCE: Final = 2.0
"""Seconds for an answer."""

_FORMAT: Final = (
    "#{||:#{session_attached},#{pane_pipe}} #{||:#{window_active},#{pane_pipe}} "
    "#{||:#{||:#{pane_active},#{pane_pipe}},#{!=:#{window_zoomed_flag},1}}"
)
"""Whether anybody is there, whether our window is the one shown, whether our pane is; a pipe
(``pipe-pane``) sees everything."""


class Sight(Enum):
    """Who sees the pane. The value is the number of seconds until tmux is asked again."""

    SEEN = 5.0
    """somebody, as far as one can know"""
    DETACHED = 2.0
    """nobody is attached; a script may still read it with ``capture-pane``"""
    HIDDEN = 1.0
    """those who are attached look at another window, or at a pane that fills this one"""


def pane_of(environ: Mapping[str, str]) -> str | None:
    """The pane that the program runs in, e.g. ``%3``; None outside of tmux."""
    return environ.get("TMUX_PANE") if environ.get("TMUX") else None


async def look(pane: str) -> Sight:
    """Ask tmux about a pane; what it does not answer counts as seen."""
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", "display-message", "-p", "-t", pane, _FORMAT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return Sight.SEEN
    try:
        async with asyncio.timeout(PATIENCE):
            answer, _ = await process.communicate()
    except TimeoutError:
        return Sight.SEEN
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _read(answer.decode("ascii", "replace").split())


def _read(answer: list[str]) -> Sight:
    match answer:
        case ["0", _, _]:
            return Sight.DETACHED
        case [_, "0", _] | [_, _, "0"]:
            return Sight.HIDDEN
        case _:
            return Sight.SEEN
