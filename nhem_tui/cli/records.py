"""The vocabulary of ``--json``: records of what was measured, and the same as lines of text.

The keys are a promise to scripts; `type` comes first in every object. `at` is Unix time of this
machine, `t` seconds since the first sample, `value` and `baseline` are gray levels.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nhem_tui.backend.types import Status
    from nhem_tui.stream.events import Channel

Record = dict[str, Any]

SAMPLES: Final = ("sample", "roi_sample")
"""Types of the records that are measurements."""

EPOCH: Final = 1
"""One look sees one server process."""


def sample(
    channel: Channel, epoch: int, number: int, t: float, value: float, *, simulated: bool
) -> Record:
    """One measurement of a channel."""
    kind, name = ("sample", "frame") if channel == "main" else ("roi_sample", "roi_index")
    record: Record = {
        "type": kind,
        "epoch": epoch,
        name: number,
        "t": round(t, 6),  # the server's own clock has microseconds
        "value": value,
    }
    if simulated:
        record["simulated"] = True
    return record


def state(
    epoch: int,
    state: str,
    *,
    frame: int,
    value: float,
    baseline: float,
    peak_signal: bool,
    buffered: int,
    at: float,
) -> Record:
    """Whether detection runs, and the newest values; `buffered` counts frames."""
    return {
        "type": "state",
        "epoch": epoch,
        "state": state,
        "frame": frame,
        "value": value,
        "baseline": baseline,
        "peak_signal": peak_signal,
        "buffered": buffered,
        "at": at,
    }


def state_of(status: Status) -> Record:
    """The state as one reply of ``/status`` tells it, with the server's own time of it."""
    record = state(
        EPOCH,
        status.state,
        frame=status.frame_count,
        value=status.current_value,
        baseline=status.baseline,
        peak_signal=status.peak,
        buffered=status.buffer_size,
        at=time.time(),
    )
    return {**record, "server_at": status.time and status.time.timestamp()}


def words(record: Record) -> str:
    """Return a record as a line to read."""
    match record["type"]:
        case "sample":
            return f"frame {record['frame']:>9}  {_measured(record)}"
        case "roi_sample":
            return f"roi   {record['roi_index']:>9}  {_measured(record)}"
        case "window":
            span = f"{record['first']}–{record['last']}, {record['seconds']:.3f} s"
            base = f", baseline {record['baseline']:.2f}" if "baseline" in record else ""
            return f"{record['channel']} samples {span}{base}"
        case "peak":
            late = ", may still change" if record.get("provisional") else ""
            return f"{record['color']} peak, roi {record['first']}–{record['last']}{late}"
        case "gap":
            first, last = record["first"], record["last"]
            return f"gap: {last - first + 1} {record['channel']} samples lost, {first}–{last}"
        case "state":
            return f"detection is {record['state']}, frame {record['frame']}"
        case "connected":
            return f"connected to {record['url']}, server version {record['version']}"
        case "lost":
            return f"connection lost ({record['kind']}): {record['text']}"
        case "restored":
            return f"connection restored after {record['outage']:.1f} s"
        case "restarted":
            return f"the server has restarted: epoch {record['epoch']}, numbers begin again"
        case "trouble":
            return f"{record['endpoint']} ({record['kind']}): {record['text']}"
        case _:
            return str(record["text"])


def _measured(record: Record) -> str:
    made_up = "  SIMULATED" if record.get("simulated") else ""
    return f"{record['t']:>12.6f} s  {record['value']:>8.3f}{made_up}"
