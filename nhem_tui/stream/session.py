"""The model of a session: what is known now, and the samples of both channels.

Headless: the screen and the recorder feed it with the same events and read the same state.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nhem_tui.analysis.statistics import usual_rate
from nhem_tui.stream import events as ev
from nhem_tui.stream.buffer import SampleBuffer, Slice

RATE_SPAN: Final = 3.0
"""Seconds of samples from which the server's rate is measured."""

ROI_RATE_COUNT: Final = 20
"""ROI samples from which their rate is measured: soon right when it is changed."""

HOLD_OFF: Final = 1.0
"""Seconds after a rising edge of ``peak_signal`` in which another belongs to it (contract §8)."""


class Snapshot(Struct, frozen=True):
    """What is known at one moment.

    Attributes:
        link: of the connection; off when the user ended it.
        fault: why the link is lost, None while it is up.
        since: monotonic seconds since when the link is as it is.
        reached: this server has answered at least once.
        next_retry: monotonic seconds of the next try, None when none is planned.
        trying: the next try is under way.
        facts: what is true of this server as a whole, in a few words each, e.g. ``no window
            capture`` (see `Notice`).
        state: of detection, as `/status` said last; None before the first reply.
        paused: this client paused detection; the server itself cannot tell (contract §4).
        epoch: server process, from 1.
        frame_count: newest frame told; as counted by the server while none was told.
        value: newest gray level of the main signal.
        baseline: as the server computes it.
        peak_signal: the server's own detector; a level.
        server_peaks: rising edges of `peak_signal`, with hold-off.
        roi_value: newest ROI gray value.
        rate: frames a second by the samples' own times, None while unknown.
        roi_rate: ROI samples a second, None while unknown.
        received: main samples taken in.
        lost: main samples that are lost for good.
        roi_lost: ROI samples that are lost for good.
        simulated: the newest main samples are made up by the server.
        data_at: monotonic seconds when the newest sample of any channel arrived.
        latency: seconds `/status` took.
        url: of the server.
        version: of the server.
        utc: Unix time of session second 0, NaN while unknown.
    """

    link: Literal["connecting", "up", "lost", "off"] = "connecting"
    fault: ev.Fault | None = None
    since: float = 0.0
    reached: bool = False
    next_retry: float | None = None
    trying: bool = False
    facts: tuple[str, ...] = ()
    state: ev.ServerState | None = None
    paused: bool = False
    epoch: int = 1
    frame_count: int = 0
    value: float | None = None
    baseline: float | None = None
    peak_signal: bool = False
    server_peaks: int = 0
    roi_value: float | None = None
    rate: float | None = None
    roi_rate: float | None = None
    received: int = 0
    lost: int = 0
    roi_lost: int = 0
    simulated: bool = False
    data_at: float | None = None
    latency: float | None = None
    url: str = ""
    version: str = ""
    utc: float = float("nan")


class Session:
    """Applies events in order."""

    def __init__(
        self, main: int, roi: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin empty.

        Args:
            main: samples kept of the main signal.
            roi: ROI samples kept.
            monotonic: clock for ages.
        """
        self.main = SampleBuffer(main)
        self.roi = SampleBuffer(roi)
        self.snapshot = Snapshot(since=monotonic())
        self._monotonic = monotonic
        self._numbered = False  # a frame of this epoch was told
        self._peak_edge_at = -HOLD_OFF
        self._paused_at: int | None = None  # what a paused server had counted

    def apply(self, event: ev.Event) -> None:
        """Take one event in."""
        now, snapshot = self._monotonic(), self.snapshot
        match event:
            case ev.Samples():
                snapshot = self._samples(event, now)
            case ev.Gap(channel="main"):
                snapshot = replace(snapshot, lost=snapshot.lost + event.count)
            case ev.Gap():
                snapshot = replace(snapshot, roi_lost=snapshot.roi_lost + event.count)
            case ev.Skipped(count):
                snapshot = replace(snapshot, received=snapshot.received + count)
            case ev.StatusSeen():
                snapshot = self._status(event, now)
            case ev.Connected(url=url, version=version):
                snapshot = replace(_up(snapshot, now), reached=True, url=url, version=version)
            case ev.ConnectionRestored():
                snapshot = _up(snapshot, now)
            case ev.ConnectionLost(fault=fault):
                snapshot = replace(
                    snapshot, link="lost", fault=fault, since=now, rate=None, roi_rate=None
                )
            case ev.Retrying(delay=delay, fault=fault):
                snapshot = replace(snapshot, fault=fault, next_retry=now + delay, trying=False)
            case ev.Trying():
                snapshot = replace(snapshot, next_retry=None, trying=True)
            case ev.Restarted(epoch=epoch):
                self._numbered = False
                snapshot = replace(
                    snapshot, epoch=epoch, paused=False, frame_count=0, value=None, baseline=None,
                    peak_signal=False, roi_value=None, rate=None, roi_rate=None, simulated=False,
                )  # fmt: skip
            case ev.Renumbered(epoch=epoch):
                self._numbered = False
                snapshot = replace(snapshot, epoch=epoch)
            case ev.Notice(fact=fact) if fact:
                others = tuple(other for other in snapshot.facts if other != fact)
                snapshot = replace(snapshot, facts=others if event.over else (*others, fact))
            case _:
                return
        self.snapshot = snapshot

    def clear(self) -> None:
        """Begin empty again; who reads the buffers goes on reading the same ones."""
        self.main.clear()
        self.roi.clear()
        self.snapshot = Snapshot(since=self._monotonic())
        self._numbered = False
        self._peak_edge_at = -HOLD_OFF

    def forget(self) -> None:
        """Forget what was measured and how much of it; connection and state stay known."""
        self.main.clear()
        self.roi.clear()
        self.snapshot = replace(
            self.snapshot, value=None, roi_value=None, rate=None, roi_rate=None, received=0, lost=0,
            roi_lost=0, server_peaks=0,
        )  # fmt: skip

    def note_disconnected(self) -> None:
        """Remember that the user ended the connection; what was measured stays."""
        now = self._monotonic()
        self.snapshot = replace(
            self.snapshot, link="off", fault=None, since=now, next_retry=None, trying=False,
            rate=None, roi_rate=None,
        )  # fmt: skip

    def note_paused(self) -> None:
        """Remember that this client paused detection, until the server counts on."""
        self._paused_at = None
        self.snapshot = replace(self.snapshot, paused=True)

    def _samples(self, event: ev.Samples, now: float) -> Snapshot:
        snapshot, newest = self.snapshot, float(event.values[-1])
        if event.channel == "roi":
            self.roi.append(event)
            return replace(
                snapshot,
                roi_value=newest,
                roi_rate=_rate(self.roi.last(ROI_RATE_COUNT)),
                data_at=now,
            )
        self.main.append(event)
        self._numbered = True
        return replace(
            snapshot,
            value=newest,
            frame_count=int(event.numbers[-1]),
            received=snapshot.received + len(event.numbers),
            rate=_rate(self.main.window(float(event.t[-1]) - RATE_SPAN, math.inf)),
            simulated=event.simulated,
            data_at=now,
            utc=event.utc,
        )

    def _status(self, event: ev.StatusSeen, now: float) -> Snapshot:
        snapshot = self.snapshot
        edge = event.peak_signal and not snapshot.peak_signal
        counted = edge and now - self._peak_edge_at >= HOLD_OFF
        if edge:
            self._peak_edge_at = now
        running = event.state == "running"
        if snapshot.paused and self._paused_at is None:
            self._paused_at = event.frame_count
        # Before the first frame the server says 0.0.
        value, baseline = (
            level if event.frame_count > 0 and math.isfinite(level) else None
            for level in (event.value, event.baseline)
        )
        return replace(
            snapshot,
            state=event.state,
            paused=snapshot.paused and not running and event.frame_count == self._paused_at,
            frame_count=snapshot.frame_count if self._numbered else event.frame_count,
            value=value if snapshot.value is None else snapshot.value,
            baseline=baseline,
            peak_signal=event.peak_signal,
            server_peaks=snapshot.server_peaks + counted,
            rate=snapshot.rate if running else None,
            roi_rate=snapshot.roi_rate if running else None,
            latency=event.latency,
        )


def _up(snapshot: Snapshot, now: float) -> Snapshot:
    return replace(snapshot, link="up", fault=None, since=now, next_retry=None, trying=False)


def _rate(recent: Slice) -> float | None:
    """Samples a second by their numbers and times, None while that is not known."""
    if len(recent.t) < 3:
        return None
    numbers, seconds = np.diff(recent.numbers), np.diff(recent.t)
    together = np.diff(recent.keys) == 1
    if 2 * np.count_nonzero(together) < len(together):  # without windows: one now and then
        together = np.diff(recent.epochs) == 0
    return usual_rate(seconds[together], numbers[together])
