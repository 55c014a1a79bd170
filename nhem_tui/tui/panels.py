"""The text panels of the dashboard as pure functions: what stands where, at fixed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from nhem_tui.stream.session import Snapshot
from nhem_tui.tui import words
from nhem_tui.tui.cells import Part, TextRow, line
from nhem_tui.tui.journal import Entry

LABEL_WIDTH = 12
VALUE_WIDTH = 12
"""Cells of the first value of a row; a second one starts behind it."""


@dataclass(frozen=True, slots=True)
class PeakTally:
    """What the window detector has found on the ROI samples.

    Attributes:
        green: stable peaks settled so far.
        red: unstable peaks settled so far.
        last_stable: colour of the newest peak, None when there is none.
        last_age: seconds since its apex.
        last_provisional: it may still change.
    """

    green: int = 0
    red: int = 0
    last_stable: bool | None = None
    last_age: float = 0.0
    last_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the panels show, gathered once a refresh.

    Attributes:
        snapshot: the session.
        now: monotonic seconds.
        wall: Unix time.
        name: profile name, may be empty.
        label: where the data comes from.
        nominal: the server's nominal frames a second, 0 while unknown.
        behind: seconds the frozen display is behind, None when live.
        tally: peaks.
        flags: further words for the title, e.g. ``READ-ONLY``, ``REC``.
        trend: sparkline of the last values.
    """

    snapshot: Snapshot
    now: float
    wall: float
    name: str
    label: str
    nominal: float = 0.0
    behind: float | None = None
    tally: PeakTally = PeakTally()
    flags: tuple[Part, ...] = ()
    trend: str = ""

    @property
    def age(self) -> float | None:
        """Seconds since the newest sample arrived."""
        at = self.snapshot.data_at
        return None if at is None else max(0.0, self.now - at)


def _age_parts(facts: Facts) -> Part:
    age = facts.age
    if age is None:
        return "–", "muted"
    running = facts.snapshot.link == "up" and facts.snapshot.state == "running"
    return words.span(age), "warning" if running and age > 1.0 else "text"


def _rate(facts: Facts) -> str:
    rate = facts.snapshot.rate
    return f"{rate:4.1f} fps" if rate else "  – fps"


def top_row(facts: Facts, width: int) -> TextRow:
    """The title line: which server, what state, how fast, how old, what was lost."""
    snapshot = facts.snapshot
    parts: list[Part] = [(" NHEM ", "accent")]
    if facts.name:
        parts.append((f" {facts.name} ", "strong"))
    if width >= 100 or not facts.name:
        parts.append((f" {facts.label} ", "muted"))
    parts.append((" ", "text"))
    parts.extend(words.state_parts(snapshot, facts.now))
    if snapshot.simulated:
        parts.extend([("  ", "text"), (" SIMULATED ", "simulated")])
    if facts.behind is not None:
        parts.extend([("  ", "text"), (f"‖ FROZEN  −{words.span(facts.behind)} behind", "warning")])
    for flag in facts.flags:
        parts.extend([("  ", "text"), flag])
    age, role = _age_parts(facts)
    aged: list[Part] = [("   age ", "muted"), (f"{age:>7}", role)]
    lost: list[Part] = [
        ("   lost ", "muted"),
        (words.grouped(snapshot.lost), "warning" if snapshot.lost else "text"),
    ]
    told: list[Part] = [(_rate(facts), "text")] if snapshot.link == "up" else []
    clock: list[Part] = [(f"   {words.clock_time(facts.wall)} ", "muted")]
    left = sum(cell_len(text) for text, _ in parts)
    for right in (told + aged + lost + clock, told + aged + lost, told + aged, aged):
        if left + sum(cell_len(text) for text, _ in right) < width:
            return line(parts, width, right)
    return line(parts, width)


def status_rows(facts: Facts, width: int) -> list[TextRow]:
    """The status panel; every fact has its own row and column whatever the numbers are."""
    snapshot, tally = facts.snapshot, facts.tally

    def row(label: str, value: list[Part], second: list[Part] | None = None) -> TextRow:
        parts: list[Part] = [(f"{label:<{LABEL_WIDTH}}", "muted"), *value]
        used = sum(len(text) for text, _ in parts)
        if second and width >= 34:
            parts.append((" " * max(1, LABEL_WIDTH + VALUE_WIDTH - used), "text"))
            parts.extend(second)
        return line(parts, width)

    difference = None
    if snapshot.value is not None and snapshot.baseline is not None:
        difference = snapshot.value - snapshot.baseline
    age, age_role = _age_parts(facts)
    outside = snapshot.value is not None and not 0 <= snapshot.value <= 255
    rows = [
        row(
            "Value",
            [(words.level(snapshot.value), "error" if outside else "strong")],
            [("outside 0–255", "error")] if outside else [(facts.trend, "accent")],
        ),
        row(
            "Baseline",
            [(words.level(snapshot.baseline), "text")],
            [] if difference is None else [(f"Δ {difference:+.2f}", "text")],
        ),
        row("ROI gray", [(words.level(snapshot.roi_value), "text")]),
        row("Peak", *_peak(tally)),
        row(
            "Peaks",
            [
                (f"▲ {tally.green}", "stable"),
                ("   ", "text"),
                (f"▽ {tally.red}", "unstable"),
            ],
        ),
        row("Server peak", _server_peak(snapshot)),
        row(
            "Frame",
            [(words.grouped(snapshot.frame_count), "text")],
            [(f"epoch {snapshot.epoch}", "muted")],
        ),
        row(
            "Rate",
            [(_rate(facts).strip(), "text")],
            [(f"of {facts.nominal:g}", "muted")] if facts.nominal else [],
        ),
        row(
            "Age",
            [(age, age_role)],
            []
            if snapshot.latency is None
            else [(f"reply {words.span(snapshot.latency)}", "muted")],
        ),
        row(
            "Lost",
            [(words.grouped(snapshot.lost), "warning" if snapshot.lost else "text")],
            [(f"of {words.grouped(snapshot.received + snapshot.lost)}", "muted")],
        ),
    ]
    state = words.state_parts(snapshot, facts.now)
    rows.insert(0, row("Detection", state[:2]))
    if snapshot.simulated:
        rows.insert(1, row("Data", [(" SIMULATED ", "simulated")]))
    return rows


def event_rows(entries: Sequence[Entry], width: int, height: int) -> list[TextRow]:
    """The newest lines of the journal, newest last, as many as fit."""
    return [event_row(entry, width) for entry in entries[-height:]] if height > 0 else []


def event_row(entry: Entry | None, width: int) -> TextRow:
    """One line of the journal: when and what."""
    if entry is None:
        return line([("Waiting for the server", "muted")], width)
    times = f" ×{entry.count}" if entry.count > 1 else ""
    role = "text" if entry.severity == "info" else entry.severity
    return line(
        [(f"{words.clock_time(entry.at)}  ", "muted"), (f"{entry.text}{times}", role)], width
    )


def _peak(tally: PeakTally) -> tuple[list[Part], list[Part]]:
    if tally.last_stable is None:
        return [("–", "muted")], []
    word: Part = ("▲ stable", "stable") if tally.last_stable else ("▽ unstable", "unstable")
    if tally.last_provisional:
        word = (f"{word[0]}?", word[1])
    return [word], [(f"{words.span(tally.last_age)} ago", "muted")]


def _server_peak(snapshot: Snapshot) -> list[Part]:
    return [("● yes", "accent")] if snapshot.peak_signal else [("–", "muted")]


def pane_row(facts: Facts, width: int) -> TextRow:
    """The one line above the chart of a small tmux pane."""
    snapshot, tally = facts.snapshot, facts.tally
    age, role = _age_parts(facts)
    state = words.state_parts(snapshot, facts.now)[:3]
    if snapshot.simulated:
        state += [(" ", "text"), ("SIMULATED", "simulated")]
    if facts.behind is not None:
        state.append((f" ‖ −{words.span(facts.behind)}", "warning"))
    aged: Part = (f" {age}", role)
    rate: list[Part] = []
    if snapshot.link == "up" and snapshot.rate:
        rate.append((f" {snapshot.rate:.0f} fps", "text"))
    name: list[Part] = [(f" {facts.name}", "strong")] if facts.name else []
    right: list[Part] = [
        (f" ▲{tally.green}", "stable"),
        (f" ▽{tally.red}", "unstable"),
        (f" {words.level(snapshot.value):>7}", "strong"),
    ]
    # What the eye needs least goes first where it is narrow.
    for parts in ([*state, *name, *rate, aged], [*state, *name, aged], [*state, aged]):
        if sum(cell_len(text) for text, _ in (*parts, *right)) <= width:
            break
    return line(parts, width, right)


def tiny_row(facts: Facts, width: int) -> TextRow:
    """The whole program in one line: state, value, peak, age."""
    snapshot, tally = facts.snapshot, facts.tally
    state = words.state_parts(snapshot, facts.now)
    symbol = state[0][0].strip().split(" ")[0]
    age, role = _age_parts(facts)
    parts: list[Part] = [
        (symbol, state[0][1]),
        (f" {words.level(snapshot.value)}", "strong"),
    ]
    if snapshot.simulated:
        parts.append((" SIM", "simulated"))
    if tally.last_stable is not None:
        shape: Part = ("▲", "stable") if tally.last_stable else ("▽", "unstable")
        parts.append((f" {shape[0]}{words.span(tally.last_age).replace(' ', '')}", shape[1]))
    parts.append((f" {age.replace(' ', '')}", role))
    return line(parts, width)
