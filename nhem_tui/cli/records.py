"""The vocabulary of ``--json``: records of what was measured, and the same as lines of text.

The keys are a promise to scripts; `type` comes first in every object. `at` is Unix time of this
machine, `t` seconds since the first sample, `value` and `baseline` are gray levels.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nhem_tui.backend.types import Status
    from nhem_tui.stream import events as ev

Record = dict[str, Any]

SAMPLES: Final = ("sample", "roi_sample")
"""Types of the records that are measurements."""

EPOCH: Final = 1
"""One look sees one server process."""


class Teller:
    """Turns events into records; remembers the state, so that only changes are told."""

    def __init__(self, *, roi: bool, clean: Callable[[str], str] = str) -> None:
        """Begin.

        Args:
            roi: tell of the ROI samples as well.
            clean: masks what is secret in words of the server.
        """
        self._roi = roi
        self._clean = clean
        self._state: tuple[int, str] | None = None

    def records(self, event: ev.Event) -> Iterator[Record]:
        """Yield what `event` tells, nothing for what `watch` does not report."""
        from nhem_tui.stream import events as ev  # only here: they load numpy

        match event:
            case ev.Samples():
                if event.channel == "main" or self._roi:
                    yield from _samples(event)
            case ev.Gap():
                if event.channel == "main" or self._roi:
                    yield _gap(event)
            case ev.StatusSeen():
                if self._state != (event.epoch, event.state):
                    self._state = (event.epoch, event.state)
                    yield _state(event)
            case ev.Connected():
                yield {
                    "type": "connected",
                    "url": event.url,
                    "version": self._clean(event.version),
                    "at": event.at,
                }
            case ev.ConnectionLost():
                yield {"type": "lost", **self._fault(event.fault), "at": event.at}
            case ev.ConnectionRestored():
                yield {"type": "restored", "outage": round(event.outage, 3), "at": event.at}
            case ev.Renumbered():
                yield {
                    "type": "renumbered",
                    "epoch": event.epoch,
                    "channel": event.channel,
                    "shift": event.shift,
                    "at": event.at,
                }
            case ev.Restarted():
                yield {"type": "restarted", "epoch": event.epoch, "at": event.at}
            case ev.Trouble():
                yield {
                    "type": "trouble",
                    "endpoint": event.endpoint,
                    **self._fault(event.fault),
                    "at": event.at,
                }
            case ev.Notice():
                yield {"type": "notice", "text": self._clean(event.text), "at": event.at}

    def _fault(self, fault: ev.Fault) -> Record:
        return {"kind": fault.kind.value, "text": self._clean(fault.text)}


def _samples(event: ev.Samples) -> Iterator[Record]:
    columns = zip(event.numbers.tolist(), event.t.tolist(), event.values.tolist(), strict=True)
    for number, t, value in columns:
        yield sample(event.channel, event.epoch, number, t, value, simulated=event.simulated)


def _gap(event: ev.Gap) -> Record:
    return {
        "type": "gap",
        "channel": event.channel,
        "epoch": event.epoch,
        "first": event.first,
        "last": event.last,
    }


def _state(event: ev.StatusSeen) -> Record:
    return state(
        event.epoch,
        event.state,
        frame=event.frame_count,
        value=event.value,
        baseline=event.baseline,
        peak_signal=event.peak_signal,
        buffered=event.buffered,
        at=event.at,
    )


def sample(
    channel: ev.Channel, epoch: int, number: int, t: float, value: float, *, simulated: bool
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
    """Whether detection runs, and the newest values, null for none; `buffered` counts frames."""
    return {
        "type": "state",
        "epoch": epoch,
        "state": state,
        "frame": frame,
        "value": level(value, frame),
        "baseline": level(baseline, frame),
        "peak_signal": peak_signal,
        "buffered": buffered,
        "at": at,
    }


def level(told: float, frame: int) -> float | None:
    """A gray level as the server tells it, None for none: before its first frame it says 0."""
    return told if frame > 0 and math.isfinite(told) else None


def level_words(told: float, frame: int) -> str:
    """The same to read."""
    known = level(told, frame)
    return "none" if known is None else f"{known:.2f}"


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
        case "renumbered":
            shift, channel = record["shift"], record["channel"]
            return f"{channel} numbers were {shift} too high: epoch {record['epoch']} goes on right"
        case "trouble":
            return f"{record['endpoint']} ({record['kind']}): {record['text']}"
        case _:
            return str(record["text"])


def _measured(record: Record) -> str:
    made_up = "  SIMULATED" if record.get("simulated") else ""
    return f"{record['t']:>12.6f} s  {record['value']:>8.3f}{made_up}"
