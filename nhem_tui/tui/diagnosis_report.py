"""A diagnosis as rows on the screen, as text to paste, and as JSON to keep."""

from __future__ import annotations

import datetime as dt
import json
import math
import textwrap
from itertools import zip_longest
from typing import Any

from nhem_tui.plot.sparkline import sparkline
from nhem_tui.stream.health import EndpointHealth, LastError
from nhem_tui.tui import words
from nhem_tui.tui.cells import Part, TextRow, line
from nhem_tui.tui.diagnosis import Diagnosis

TEXT_WIDTH = 100
"""Characters a line of the text to paste."""

LABEL, COUNT, NUMBER, ROOMY = 10, 9, 7, 9
"""Cells of a label, and of the count and every other number in the table, also where it is wide."""

NAME, CURVE = 12, 7
"""Cells below which no name of a request is cut and no curve of latencies is drawn."""

SLOW = 0.9
"""A server below this share of its nominal rate is slow; usual are 0.94 to 0.99."""

_COLOURS = {"standard": "16 colours", "256": "256 colours", "truecolor": "all colours"}

Fact = tuple[str, list[Part]]
"""A label and what is to be said about it."""


def report_rows(diagnosis: Diagnosis, width: int) -> list[TextRow]:
    """The whole page for `width` cells."""
    blank = line([], width)
    return [
        *_table(diagnosis.requests, width, replay=diagnosis.replay),
        blank,
        *_errors(diagnosis, width),
        blank,
        *_columns(_server(diagnosis), _program(diagnosis), width),
        *_list("Terminal", _terminal(diagnosis), width),
        *_list("Versions", [" ".join(pair) for pair in diagnosis.versions.items()], width),
    ]


def report_text(diagnosis: Diagnosis) -> str:
    """The page as plain text, with the day and time."""
    when = _moment(diagnosis.at).strftime("%Y-%m-%d %H:%M:%S %z")
    rows = [row.text.rstrip() for row in report_rows(diagnosis, TEXT_WIDTH)]
    return "\n".join([f"NHEM diagnostics, {when}", "", *rows]) + "\n"


def report_json(diagnosis: Diagnosis) -> bytes:
    """The same facts as a JSON object; the unit of a number is the end of its key."""
    session, terminal, usage = diagnosis.session, diagnosis.terminal, diagnosis.usage
    document: dict[str, Any] = {
        "at": _moment(diagnosis.at).isoformat(),
        "uptime_s": round(diagnosis.uptime, 3),
        "versions": diagnosis.versions,
        "server": {
            "address": diagnosis.address,
            "link": session.link,
            "state": session.state,
            "epoch": session.epoch,
            "rate_fps": _rounded(session.rate),
            "nominal_fps": diagnosis.nominal,
            "roi_rate_fps": _rounded(session.roi_rate),
            "frames_received": session.received,
            "frames_lost": session.lost,
            "roi_samples_lost": session.roi_lost,
        },
        "client": {
            "cpu_percent": _rounded(diagnosis.cpu, 100),
            "cpu_s": _rounded(usage.cpu),
            "memory_bytes": usage.memory,
            "memory_peak_bytes": usage.peak,
            "frames_painted": diagnosis.painted,
            "frames_skipped": diagnosis.skipped,
            "frames_most_fps": diagnosis.framerate,
        },
        "terminal": {
            "term": terminal.term,
            "columns": terminal.columns,
            "rows": terminal.rows,
            "colours": terminal.colours,
            "ssh": terminal.ssh,
            "tmux": terminal.tmux,
            "lag_ms": _rounded(terminal.lag, 1000),
            "written_bytes": terminal.written,
        },
        "requests": [_request(each) for each in diagnosis.requests],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _request(each: EndpointHealth) -> dict[str, Any]:
    last = each.last_error
    return {
        "endpoint": each.endpoint,
        "count": each.count,
        "p50_ms": _rounded(each.p50, 1000),
        "p95_ms": _rounded(each.p95, 1000),
        "p99_ms": _rounded(each.p99, 1000),
        "errors": dict(each.errors),
        "last_error": None
        if last is None
        else {"at": _moment(last.at).isoformat(), "kind": last.kind, "text": last.text},
    }


def _rounded(value: float | None, times: float = 1) -> float | None:
    """A number fit for JSON: three decimals, None for what is unknown."""
    return None if value is None or not math.isfinite(value) else round(value * times, 3)


def _moment(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at).astimezone()


# --- the table of requests ----------------------------------------------------------------------


def _table(requests: tuple[EndpointHealth, ...], width: int, *, replay: bool) -> list[TextRow]:
    """One line an endpoint; where it is narrow the curve, the count and the rarer latencies go."""
    count, cells = (COUNT if width >= 60 else 0), (ROOMY if width >= 74 else NUMBER)
    apart = 0 if count else 1  # not right at the scroll bar
    shown = max((width - NAME - count - apart) // cells - 1, 0)  # the errors always
    heads = ("p50 ms", "p95 ms", "p99 ms")[:shown]
    room = width - count - (len(heads) + 1) * cells - apart
    name = max(NAME, min(29 if width < TEXT_WIDTH else 40, room))
    bars = room - name - 2
    if bars < CURVE:
        name, bars = max(NAME, min(40, room)), 0
    titles = "".join(f"{word:>{cells}}" for word in (*heads, "errors"))
    head = f"{'Request':<{name}}{'count'[:count]:>{count}}{titles}"
    rows = [line([(head, "muted"), ("  latency" if bars else "", "muted")], width)]
    for each in requests:
        counted = f"{words.grouped(each.count):>{count}}" if count else ""
        latencies = (each.p50, each.p95, each.p99)[:shown]
        times = "".join(f"{_milliseconds(t):>{cells}}" for t in latencies)
        parts: list[Part] = [
            (f"{_cut(each.endpoint, name):<{name}}{counted}{times}", "text"),
            (f"{words.grouped(each.failed):>{cells}}", "warning" if each.failed else "muted"),
        ]
        if bars:
            parts.append((f"  {sparkline(each.latencies, bars)}", "accent"))
        rows.append(line(parts, width))
    if not requests:
        why = "A recording asks no server." if replay else "nothing was asked of a server yet"
        rows.append(line([(why, "muted")], width))
    return rows


def _milliseconds(seconds: float) -> str:
    if math.isnan(seconds):
        return "–"
    return f"{seconds * 1000:.1f}" if seconds < 1 else f"{seconds * 1000:.0f}"


def _cut(text: str, width: int) -> str:
    return text if len(text) < width else f"{text[: width - 2]}…"


def _errors(diagnosis: Diagnosis, width: int) -> list[TextRow]:
    failed = sum(diagnosis.errors.values())
    asked = words.counted(diagnosis.count, "request")
    if not failed:
        return _list("Errors", [f"none in {asked}"], width)
    share = f"{words.grouped(failed)} in {asked} ({failed / diagnosis.count:.2%})"
    kinds = [f"{kind} ×{count}" for kind, count in diagnosis.errors.items()]
    rows = _list("Errors", [share, *kinds], width)
    if diagnosis.last_error is not None:
        rows += _last_error(*diagnosis.last_error, width)
    return rows


def _last_error(endpoint: str, error: LastError, width: int) -> list[TextRow]:
    when = words.clock_time(error.at)
    return _wrapped("The last", f"{when} {endpoint}: {error.kind} · {error.text}", width, "warning")


# --- facts --------------------------------------------------------------------------------------


def _server(diagnosis: Diagnosis) -> list[Fact]:
    session, nominal = diagnosis.session, diagnosis.nominal
    lost = f"{words.grouped(session.lost)} lost"
    rate: Part = ("–", "muted")
    if session.rate is not None:
        rate = (f"{session.rate:.1f} fps", "text")
        if nominal:
            share = session.rate / nominal
            role = "warning" if share < SLOW else "text"
            rate = (f"{session.rate:.1f} of {nominal:g} fps ({share:.0%})", role)
    elif nominal:
        rate = (f"– of {nominal:g} fps", "muted")
    roi = "–" if session.roi_rate is None else f"{session.roi_rate:.1f} samples a second"
    return [
        ("Server", [(diagnosis.address, "text")]),
        ("Rate", [rate]),
        ("ROI rate", [(roi, "text")]),
        (
            "Frames",
            [
                (f"{words.grouped(session.received)} taken in, ", "text"),
                (lost, "warning" if session.lost else "text"),
            ],
        ),
    ]


def _program(diagnosis: Diagnosis) -> list[Fact]:
    usage = diagnosis.usage
    share = "–" if diagnosis.cpu is None else f"{diagnosis.cpu:.1%} of a core"
    now = "–" if usage.memory is None else _megabytes(usage.memory)
    skipped = f"{words.grouped(diagnosis.skipped)} skipped"
    return [
        ("Open for", [(words.span(diagnosis.uptime), "text")]),
        ("CPU", [(f"{share}, {words.span(usage.cpu)} in all", "text")]),
        ("Memory", [(f"{now}, {_megabytes(usage.peak)} at most", "text")]),
        (
            "Painted",
            [
                (f"{words.grouped(diagnosis.painted)} frames, ", "text"),
                (skipped, "warning" if diagnosis.skipped else "text"),
            ],
        ),
    ]


def _terminal(diagnosis: Diagnosis) -> list[str]:
    terminal = diagnosis.terminal
    return [
        terminal.term or "TERM is not set",
        f"{terminal.columns}×{terminal.rows}",
        _COLOURS.get(terminal.colours, "no colours"),
        f"at most {diagnosis.framerate} fps",
        "through SSH" if terminal.ssh else "no SSH",
        "inside tmux" if terminal.tmux else "no tmux",
        "lag not known" if terminal.lag is None else f"lag {words.span(terminal.lag)}",
        *([] if terminal.written is None else [f"{_megabytes(terminal.written)} written"]),
    ]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


# --- setting ------------------------------------------------------------------------------------


def _columns(left: list[Fact], right: list[Fact], width: int) -> list[TextRow]:
    """Two lists of facts side by side, or one below the other where it is narrow."""
    if width < 70:
        return [line(_fact(fact), width) for fact in (*left, *right)]
    half = width // 2
    rows = []
    for one, other in zip_longest(left, right):
        start = line(_fact(one) if one else [], half - 1)
        parts = [(start.text[begin:end], role) for begin, end, role in start.spans]
        rows.append(line([*parts, (" ", "text"), *(_fact(other) if other else [])], width))
    return rows


def _fact(fact: Fact) -> list[Part]:
    label, parts = fact
    return [(f"{label:<{LABEL}}", "muted"), *parts]


def _list(label: str, items: list[str], width: int) -> list[TextRow]:
    """A label and a list of short things; none is broken in two unless it must be."""
    unbroken = ", ".join(item.replace(" ", "\xa0") for item in items)
    return _wrapped(label, unbroken, width)


def _wrapped(label: str, text: str, width: int, role: str = "text") -> list[TextRow]:
    lines = textwrap.wrap(text, max(width - LABEL, 8), break_on_hyphens=False) or ["–"]
    return [
        line(_fact((label if first else "", [(each.replace("\xa0", " "), role)])), width)
        for first, each in zip([True] + [False] * len(lines), lines, strict=False)
    ]
