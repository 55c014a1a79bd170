"""What the simulator really made: the yardstick for tests of a client."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from nhem_tui.simulator.regions import Region


class Frame(NamedTuple):
    """One frame of the main signal.

    Attributes:
        process: which process of the server made it, from 1; a restart begins the next.
        number: from 1 within the process.
        time: microseconds since 1970, UTC.
        value: gray value.
    """

    process: int
    number: int
    time: int
    value: float


class Sample(NamedTuple):
    """One sample of the ROI history.

    Attributes:
        process: which process of the server made it, from 1.
        number: from 1 within the process; the server calls it `roi_index`.
        time: microseconds since 1970, UTC.
        main_frame: number of the newest frame before it.
        gray: mean gray value of the region.
        region: as the server reports it.
        kind: 1 or 2 for ROI 1 or ROI 2; the server itself cannot tell them apart.
    """

    process: int
    number: int
    time: int
    main_frame: int
    gray: float
    region: Region
    kind: int


class Truth:
    """Every frame and ROI sample of all processes, oldest first, up to a limit."""

    def __init__(self, limit: int) -> None:
        """Keep at most `limit` frames and as many samples; 0 keeps none."""
        self.frames: deque[Frame] = deque(maxlen=limit)
        self.samples: deque[Sample] = deque(maxlen=limit)
