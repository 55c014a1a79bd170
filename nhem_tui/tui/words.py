"""What the screen says: pure functions from a snapshot to words, one place for each phrase."""

from __future__ import annotations

import datetime as dt
import math

from nhem_tui.backend.errors import FaultKind
from nhem_tui.stream import events as ev
from nhem_tui.stream.session import Snapshot
from nhem_tui.tui.cells import Part
from nhem_tui.tui.messages import Severity


def grouped(number: int) -> str:
    """An integer in groups of three, as on the server's own pages: ``260 807``."""
    return f"{number:,}".replace(",", " ")


def counted(number: int, noun: str) -> str:
    """How many there are: ``1 gap``, ``260 807 samples``."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def level(value: float | None, digits: int = 2) -> str:
    """A gray level with fixed decimals, or a dash; wild values in short form."""
    if value is None or math.isnan(value):
        return "–"
    return (f"{value:.2e}" if abs(value) >= 1e5 else f"{value:z.{digits}f}").replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """A difference of gray levels with its sign, e.g. ``+22.80``, ``−0.40``, never ``−0.00``."""
    return f"{value:+z.{digits}f}".replace("-", "−")


def span(seconds: float) -> str:
    """A duration in the unit that reads best: ``23 ms``, ``4.2 s``, ``3 min 05 s``."""
    if seconds < 0.9995:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def window(seconds: float) -> str:
    """How much a chart shows: ``10 s``, ``90 s``, ``10 min``, ``3 h 20 min``."""
    if seconds < 120 or seconds % 60:
        return f"{seconds:g} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(
        f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number
    )


def clock_span(seconds: float) -> str:
    """A place in a recording: ``3:05``, ``2:07:00``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def clock_time(at: float) -> str:
    """Local time of day, ``22:14:03``; dashes for what a clock cannot show."""
    try:
        return dt.datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "--:--:--"


def state_parts(snapshot: Snapshot, now: float) -> list[Part]:
    """The state of link and detection, in the words that stand at the top left.

    Args:
        snapshot: the session.
        now: monotonic seconds.
    """
    if snapshot.link == "lost":
        what = "LOST" if snapshot.reached else "NO CONNECTION"
        words = [(f"○ {what} ", "error"), (f"{span(now - snapshot.since)}", "error")]
        if snapshot.fault is not None:
            words.append((f" · {snapshot.fault.kind}", "warning"))
        if snapshot.trying:
            words.append((" · trying now", "muted"))
        if snapshot.next_retry is not None:
            wait = max(0.0, snapshot.next_retry - now)
            words.append((f" · retry in {wait:.1f} s", "muted"))
        return words
    if snapshot.link == "off":
        return [("◌ DISCONNECTED", "warning"), (f" {span(now - snapshot.since)}", "muted")]
    if snapshot.link == "connecting":
        return [("◌ CONNECTING", "warning")]
    if snapshot.state == "running":
        return [("● RUNNING", "good")]
    if snapshot.state == "error":
        return [("✖ SERVER ERROR", "error")]
    if snapshot.paused:
        return [("‖ PAUSED", "warning")]
    return [("■ STOPPED", "warning")]


def why_empty(snapshot: Snapshot) -> str:
    """What a chart without samples says in place of a curve."""
    if snapshot.link == "connecting":
        return "Connecting …"
    if snapshot.link == "off":
        return "No samples: disconnected"
    if snapshot.link == "lost":
        return f"No samples: {snapshot.fault.kind}" if snapshot.fault else "No samples"
    if snapshot.state in ("stopped", "error"):
        return "No samples: detection is stopped"
    return "No samples yet"


def error_words(kind: FaultKind, text: str) -> str:
    """What went wrong and what the server said of it, once: not ``refused: refused: REFUSED``."""
    if kind is FaultKind.UNAUTHORISED:
        text = text.removeprefix("the server refused the password").removeprefix(": ")
        text = "" if text.isupper() else text
    return f"{kind} · {text}" if text else str(kind)


def event_words(event: ev.Event) -> tuple[str, Severity] | None:
    """The line an event is worth, or None for those that only change numbers."""
    match event:
        case ev.Connected(url=url, version=version):
            server = url.partition("://")[2]
            return f"Connected to {server} (version {version or 'unknown'})", "good"
        case ev.ConnectionLost(fault=fault, reached=reached):
            what = "Connection lost" if reached else "No connection yet"
            return f"{what}: {fault.kind} · {fault.text}", "error"
        case ev.ConnectionRestored(outage=outage):
            return f"Connection restored after {span(outage)}", "good"
        case ev.Restarted(epoch=epoch):
            return f"The server was restarted: numbers begin again (epoch {epoch})", "warning"
        case ev.Renumbered(channel=channel, shift=shift, epoch=epoch):
            what = "Frame" if channel == "main" else "ROI sample"
            text = f"{what} numbers were {shift} too high and are right from here on"
            return f"{text} (epoch {epoch})", "warning"
        case ev.UsualGap():
            return None
        case ev.Gap(channel="main", first=first, last=last, count=count):
            which = f"frame {grouped(first)}"
            if count > 1:
                which = f"{grouped(count)} frames, {grouped(first)}–{grouped(last)}"
            return f"Lost for good: {which}", "warning"
        case ev.Gap(first=first, last=last, count=count):
            numbers = f"{grouped(first)}–{grouped(last)}"
            return f"Lost for good: {grouped(count)} ROI samples, {numbers}", "warning"
        case ev.Trouble(endpoint=endpoint, fault=fault):
            return f"{fault.kind}: {endpoint} · {fault.text}", "warning"
        case ev.Notice(text=text):
            return text, "info"
    return None
