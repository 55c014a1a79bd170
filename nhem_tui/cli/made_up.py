"""Frames that the server made up, without numpy; the verdict is that of `stream.simulated`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from nhem_tui.backend import limits
from nhem_tui.backend.errors import BackendError
from nhem_tui.cli.errors import CommandError

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.cli.output import Output

_FEWEST: Final = 8
"""Samples needed to tell the server's sine from a measured curve."""

_CENTRE, _AMPLITUDE = 120.0, 10.0
_TOLERANCE: Final = 1e-6


def made_up(values: Sequence[float]) -> list[bool]:
    """Tell which of consecutive gray levels are exactly ``120 + 10·sin(π t)`` (contract section 7).

    Those in a stretch of at least `_FEWEST` that fits such a sine at some frame rate.
    """
    verdict = [False] * len(values)
    for start in range(len(values) - _FEWEST + 1):
        if _is_sine([value - _CENTRE for value in values[start : start + _FEWEST]]):
            verdict[start : start + _FEWEST] = [True] * _FEWEST
    return verdict


_NOT_CAPTURED: Final = "no region of interest was captured"


def warn_if_any(out: Output, simulated: Iterable[bool]) -> None:
    """Warn of samples that nobody measured (contract section 7)."""
    if any(simulated):
        out.warn(f"the server made values up: {_NOT_CAPTURED}")


async def warn_of_newest(client: BackendClient, out: Output) -> None:
    """Warn if the newest frame, the one that a status tells of, is made up."""
    from nhem_tui.cli.captured import frames

    with suppress(BackendError, CommandError):  # what was asked for is told all the same
        window = await frames(client, int(limits.WINDOW_COUNT.low))
        warn_if_any(out, window.simulated[-1:])


async def warn_of_next(client: BackendClient, out: Output) -> None:
    """Warn if the frames of a running detection, of which none need have come, are made up."""
    with suppress(BackendError):  # what was asked for is done all the same
        regions = (await client.dual_realtime()).dual_roi_data
        if word := regions.roi1_data.picture.word:
            out.warn(f"the server makes values up: {_NOT_CAPTURED} ({word})")


def _is_sine(d: Sequence[float]) -> bool:
    """Tell whether ``d[i-1] + d[i+1] = c·d[i]`` throughout, with the server's amplitude."""
    middle, sides = d[1:-1], [a + b for a, b in zip(d, d[2:], strict=False)]
    power = sum(value * value for value in middle)
    if power == 0:
        return False
    c = sum(value * side for value, side in zip(middle, sides, strict=True)) / power
    if not abs(c) < 2:
        return False
    off = max(abs(side - c * value) for value, side in zip(middle, sides, strict=True))
    squared = (d[0] ** 2 - c * d[0] * d[1] + d[1] ** 2) / (1 - c * c / 4)
    return off <= _TOLERANCE and abs(squared - _AMPLITUDE**2) < 0.1
