"""What `watch` tells of each event; loads numpy, as the stream does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nhem_tui.cli import records
from nhem_tui.cli.records import Record
from nhem_tui.stream import events as ev


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
                version = self._clean(event.version)
                yield {"type": "connected", "url": event.url, "version": version, "at": event.at}
            case ev.ConnectionLost():
                yield {"type": "lost", **self._fault(event.fault), "at": event.at}
            case ev.ConnectionRestored():
                yield {"type": "restored", "outage": round(event.outage, 3), "at": event.at}
            case ev.Restarted():
                yield {"type": "restarted", "epoch": event.epoch, "at": event.at}
            case ev.Trouble():
                fault = self._fault(event.fault)
                yield {"type": "trouble", "endpoint": event.endpoint, **fault, "at": event.at}
            case ev.Notice():
                yield {"type": "notice", "text": self._clean(event.text), "at": event.at}
            case ev.PictureSeen() | ev.Retrying():
                return

    def _fault(self, fault: ev.Fault) -> Record:
        return {"kind": fault.kind.value, "text": self._clean(fault.text)}


def _samples(event: ev.Samples) -> Iterator[Record]:
    columns = zip(event.numbers.tolist(), event.t.tolist(), event.values.tolist(), strict=True)
    for number, t, value in columns:
        yield records.sample(
            event.channel, event.epoch, number, t, value, simulated=event.simulated
        )


def _state(event: ev.StatusSeen) -> Record:
    return records.state(
        event.epoch,
        event.state,
        frame=event.frame_count,
        value=event.value,
        baseline=event.baseline,
        peak_signal=event.peak_signal,
        buffered=event.buffered,
        at=event.at,
    )


def _gap(event: ev.Gap) -> Record:
    return {
        "type": "gap",
        "channel": event.channel,
        "epoch": event.epoch,
        "first": event.first,
        "last": event.last,
    }
