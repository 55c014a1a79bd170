"""The columns of a channel one after the other, without ever holding a whole one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nhem_tui.recording.export import Work
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel

COLUMNS: Final = {
    "epoch": np.dtype("<i8"),
    "number": np.dtype("<i8"),
    "t": np.dtype("<f8"),
    "value": np.dtype("<f8"),
    "simulated": np.dtype("?"),
}
"""Names and types of the columns, in the order in which they are written."""


def column(work: Work, channel: Channel, name: str) -> Iterator[NDArray[np.generic]]:
    """One column, some thousands of elements at a time."""
    for part in work.slices(channel):
        yield _pick(part, name).astype(COLUMNS[name], copy=False)


def _pick(part: Slice, name: str) -> NDArray[np.generic]:
    return {
        "epoch": part.epochs,
        "number": part.numbers,
        "t": part.t,
        "value": part.values,
        "simulated": part.simulated,
    }[name]
