"""What the rows of a session file tell, each function for those of one table.

Whatever else may stand in a file that was damaged, or written by others, is refused: no value of
another kind, no moment that is none, gets into what was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from nhem_tui.recording.schema import CHANNELS, Noted
from nhem_tui.stream import events as ev

_KINDS: Final[Mapping[str, type[ev.Event]]] = {
    kind.__name__: kind
    for kind in (
        ev.Connected,
        ev.ConnectionLost,
        ev.Retrying,
        ev.Trying,
        ev.ConnectionRestored,
        ev.Restarted,
        ev.Renumbered,
        ev.Trouble,
        ev.Notice,
    )
}


T = TypeVar("T", bound=msgspec.Struct)

Values = Sequence[Any]
"""A row of a table without its key."""


def gap(row: Values) -> ev.Gap:
    """A gap.

    Raises:
        ValueError: there cannot have been such a one.
    """
    channel, *others = row
    if channel not in range(len(CHANNELS)):
        raise ValueError("a gap belongs to no channel")
    return _made(ev.Gap, (CHANNELS[channel], *others))


def mark(row: Values) -> ev.Mark:
    """A mark put or removed; its moment is that of the recorder's session.

    Raises:
        ValueError: there cannot have been such a one.
    """
    *others, removed = row
    found = _made(ev.Mark, (*others, bool(removed)))
    if not math.isfinite(found.t):
        raise ValueError("a mark is at no moment")
    return found


def parameters(row: Values) -> Noted:
    """Parameters in force.

    Raises:
        ValueError: there cannot have been such ones.
    """
    at, body, owner = row
    return _made(Noted, (at, msgspec.json.decode(body), owner))


def state(row: Values) -> ev.StatusSeen:
    """A reply of ``/status``.

    Raises:
        ValueError: there cannot have been such a one.
    """
    at, epoch, word, frames, *levels, peak, buffered, latency = row
    value, baseline = (math.nan if level is None else level for level in levels)
    told = (at, epoch, word, frames, value, baseline, bool(peak), buffered, latency)
    return _made(ev.StatusSeen, told)


def picture(row: Values) -> ev.PictureSeen:
    """A pair of ROI pictures.

    Raises:
        ValueError: there cannot have been such ones.
    """
    at, epoch, *images = row
    pair = (_named(ev.RoiImage, image) for image in (images[:5], images[5:]))
    return _made(ev.PictureSeen, (at, epoch, *pair))


def event(row: Values) -> ev.Event | None:
    """What happened to connection or server; None for a kind that this program does not know.

    Raises:
        ValueError: it cannot have happened.
    """
    kind, body = row
    return msgspec.json.decode(body, type=_KINDS[kind]) if kind in _KINDS else None


TOLD: Final[Mapping[str, Callable[[Values], object]]] = {
    "gap": gap,
    "mark": mark,
    "parameters": parameters,
    "state": state,
    "picture": picture,
    "event": event,
}
"""What the rows of each table tell; those of samples are for `batch.unpack`."""


def _made(kind: type[T], values: Values) -> T:
    return msgspec.convert(_named(kind, values), kind)


def _named(kind: type[msgspec.Struct], values: Values) -> dict[str, Any]:
    return dict(zip(kind.__struct_fields__, values, strict=True))
