"""What a `Source` tells: the only language between the stream and everything to its right.

Times: ``t`` is in seconds since the first sample of the session, on the server's own spacing,
and never runs backwards; ``at`` is Unix time of this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nhem_tui.backend.errors import FaultKind

Channel = Literal["main", "roi"]
"""The two numbered series: main signal (by frame) and ROI gray value (by roi_index)."""

ServerState = Literal["running", "stopped", "error"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Samples(Struct, frozen=True):
    """Consecutively numbered samples of one channel, each told exactly once.

    Attributes:
        channel: which series.
        epoch: 1 at first, +1 whenever numbers begin anew (`Restarted`, `Renumbered`).
        numbers: frame numbers (main) or roi_index (roi), consecutive, shape (n,), n >= 1.
        t: seconds since the first sample of the session, non-decreasing, shape (n,).
        values: gray levels, nominally 0-255 but as measured, finite, shape (n,).
        simulated: the server made these up (contract section 7).
        utc: Unix time of t = 0 by the server's clock, NaN while unknown.
    """

    channel: Channel
    epoch: int
    numbers: IntArray
    t: FloatArray
    values: FloatArray
    simulated: bool
    utc: float


class Gap(Struct, frozen=True):
    """Samples that existed on the server and can no longer be had.

    Attributes:
        first: number of the first missing sample.
        last: number of the last missing sample (inclusive).
    """

    channel: Channel
    epoch: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """How many samples are missing."""
        return self.last - self.first + 1


class UsualGap(Gap, frozen=True):
    """A gap of a server without windows, which loses samples at every look: a fact, not news."""


class Skipped(Struct, frozen=True):
    """So many samples of the main signal came before and are not told again: after a jump."""

    count: int


class StatusSeen(Struct, frozen=True):
    """One reply of ``/status``.

    Attributes:
        frame_count: as counted by the server; the newest frame told where it counts backwards.
        value: gray level of that frame, NaN where the server sent none.
        baseline: likewise.
        latency: seconds from request to reply.
        peak_signal: the server's own live detector; a level, not an event.
        buffered: frames now in the server's buffer.
    """

    at: float
    epoch: int
    state: ServerState
    frame_count: int
    value: float
    baseline: float
    peak_signal: bool
    buffered: int
    latency: float


class RoiImage(Struct, frozen=True):
    """One of the two pictures of ``/data/dual-realtime``.

    Attributes:
        png: the decoded PNG file, empty when the server sent a word instead.
        word: that word (e.g. ``roi_not_configured``), empty when there is a picture.
        gray: mean gray level 0-255 as the server gives it.
        width: of the region on the server's screen, in pixels (not of the PNG).
        height: of the region on the server's screen, in pixels.
    """

    png: bytes
    word: str
    gray: float
    width: int
    height: int


class PictureSeen(Struct, frozen=True):
    """A pair of ROI pictures."""

    at: float
    epoch: int
    roi1: RoiImage
    roi2: RoiImage


class Fault(Struct, frozen=True):
    """An error as data: what kind, and one line for the user."""

    kind: FaultKind
    text: str


class Connected(Struct, frozen=True):
    """The first answer of a session."""

    at: float
    url: str
    version: str


class ConnectionLost(Struct, frozen=True):
    """The link is down.

    Attributes:
        reached: it was up before; else this server has not answered yet.
    """

    at: float
    fault: Fault
    reached: bool = True


class Retrying(Struct, frozen=True):
    """Still down; the next try comes in `delay` seconds."""

    at: float
    attempt: int
    delay: float
    fault: Fault


class Trying(Struct, frozen=True):
    """The delay is over: the server is being asked now, and may take its time to answer."""

    at: float
    attempt: int


class ConnectionRestored(Struct, frozen=True):
    """The link is up again after a real loss of `outage` seconds."""

    at: float
    outage: float


class Restarted(Struct, frozen=True):
    """The server process is another one: numbers start again under a new epoch."""

    at: float
    epoch: int


class Renumbered(Struct, frozen=True):
    """The numbers told were not the server's: those that follow are, under a new epoch.

    Attributes:
        shift: by how much the numbers of `channel` told so far were too high.
    """

    at: float
    epoch: int
    channel: Channel
    shift: int


class Trouble(Struct, frozen=True):
    """One reply that could not be used; monitoring goes on."""

    at: float
    endpoint: str
    fault: Fault


class Notice(Struct, frozen=True):
    """Something worth a line to the user.

    Attributes:
        text: the line.
        fact: the same in a few words, where it stays true until a notice with the same fact says
            that it is over, e.g. ``no window capture``; empty for what passes.
        over: it is not true any more.
    """

    at: float
    text: str
    fact: str = ""
    over: bool = False


class Parameters(Struct, frozen=True):
    """The parameters in force on the server, told when they have changed.

    Attributes:
        values: by name: ``peak_threshold``, ``difference_threshold``, ``margin_frames``,
            ``min_region_length``, ``roi`` (x1, y1, x2, y2 of the server's file; the live one
            cannot be read), ``roi_frame_rate``, ``fps``; without those that it does not tell.
    """

    at: float
    values: dict[str, object]


class Mark(Struct, frozen=True):
    """A moment the user marked, or (`removed`) whose mark they took away again.

    Attributes:
        at: when they did so.
        t: the moment, session seconds.
        text: any; together with `t` it says which mark is removed.
    """

    at: float
    t: float
    text: str
    removed: bool = False


class Tuned(Struct, frozen=True):
    """This client's own window detector looks for peaks by these parameters from then on.

    Attributes:
        threshold: gray level.
        difference_threshold: gray levels above which a peak is green.
    """

    at: float
    threshold: float
    difference_threshold: float


Event = (
    Samples
    | Gap
    | Skipped
    | StatusSeen
    | PictureSeen
    | Connected
    | ConnectionLost
    | Retrying
    | Trying
    | ConnectionRestored
    | Restarted
    | Renumbered
    | Trouble
    | Notice
    | Mark
    | Tuned
    | Parameters
)

Emit = Callable[[Event], None]
"""Takes an event to the reader; never waits."""
