"""What `watch` tells of each event, as JSON objects and as lines of text.

The keys are a promise to scripts; `type` comes first in every object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nhem_tui.stream import events as ev

Record = dict[str, Any]

SAMPLES = ("sample", "roi_sample")
"""Types of the records that are measurements."""


class Recorder:
    """Turns events into records; remembers the state, so that only changes are told."""

    def __init__(self, *, roi: bool) -> None:
        self._roi = roi
        self._state: tuple[int, str] | None = None

    def records(self, event: ev.Event) -> Iterator[Record]:
        """Yield what `event` tells, nothing for what `watch` does not report."""
        match event:
            case ev.Samples():
                if event.channel == "main" or self._roi:
                    yield from _samples(event)
            case ev.Gap():
                if event.channel == "main" or self._roi:
                    yield _gap(event)
            case ev.Gaps():
                yield from map(_gap, event.gaps)
            case ev.StatusSeen():
                if self._state != (event.epoch, event.state):
                    self._state = (event.epoch, event.state)
                    yield {
                        "type": "state",
                        "epoch": event.epoch,
                        "state": event.state,
                        "frame": event.frame_count,
                        "at": event.at,
                    }
            case ev.Connected():
                yield {
                    "type": "connected",
                    "url": event.url,
                    "version": event.version,
                    "at": event.at,
                }
            case ev.ConnectionLost():
                yield {"type": "lost", **_fault(event.fault), "at": event.at}
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
                    **_fault(event.fault),
                    "at": event.at,
                }
            case ev.Notice():
                yield {"type": "notice", "text": event.text, "at": event.at}
            case ev.PictureSeen() | ev.Retrying() | ev.Trying() | ev.Parameters():
                return


def _samples(event: ev.Samples) -> Iterator[Record]:
    kind, number = ("sample", "frame") if event.channel == "main" else ("roi_sample", "roi_index")
    columns = zip(event.numbers.tolist(), event.t.tolist(), event.values.tolist(), strict=True)
    for index, t, value in columns:
        record: Record = {
            "type": kind,
            "epoch": event.epoch,
            number: index,
            "t": round(t, 6),  # the server's own clock has microseconds
            "value": value,
        }
        if event.simulated:
            record["simulated"] = True
        yield record


def _gap(event: ev.Gap) -> Record:
    return {
        "type": "gap",
        "channel": event.channel,
        "epoch": event.epoch,
        "first": event.first,
        "last": event.last,
    }


def _fault(fault: ev.Fault) -> Record:
    return {"kind": fault.kind.value, "text": fault.text}


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
