"""The text panels of the dashboard as pure functions: what stands where, at fixed places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from nhem_tui.stream.session import Snapshot
from nhem_tui.tui import words
from nhem_tui.tui.cells import Flag, Part, TextRow, cells, line
from nhem_tui.tui.journal import Entry

STALE = 1.0
"""Seconds without samples after which those of a running server are called old."""

OVERDUE = 2.5
"""Usual intervals between samples after which they are, where that is longer: a slow server."""

LABEL_WIDTH = 12
TIMED = 36
"""Cells from which on an event in the side panel has room for its time."""

CLAUSE_END = re.compile(r"[,:;.]? [(·]|[,:;.] ")
"""Where a line of the journal can be broken off."""

VALUE_WIDTH = 12
"""Cells of the first value of a row; a second one starts behind it."""


class PeakTally(Struct, frozen=True):
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


class Facts(Struct, frozen=True):
    """All that the panels show, gathered once a refresh.

    Attributes:
        snapshot: the session.
        now: monotonic seconds.
        wall: Unix time.
        name: profile name, may be empty.
        label: where the data comes from.
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
    behind: float | None = None
    tally: PeakTally = PeakTally()
    flags: tuple[Flag, ...] = ()
    trend: str = ""

    @property
    def stale(self) -> bool:
        """The server should have sent something newer by now."""
        running = self.snapshot.link == "up" and self.snapshot.state == "running"
        rate = self.snapshot.rate
        patience = max(STALE, OVERDUE / rate) if rate else STALE
        return running and self.age is not None and self.age > patience

    @property
    def old(self) -> bool:
        """There is no connection: what is shown is what was last known."""
        return self.snapshot.link in ("lost", "off")

    def role(self, role: str) -> str:
        """The role of a value, as long as it can be one of now."""
        return "muted" if self.old else role

    @property
    def age(self) -> float | None:
        """Seconds since the newest sample arrived."""
        at = self.snapshot.data_at
        return None if at is None else max(0.0, self.now - at)


def _age_parts(facts: Facts) -> Part:
    age = facts.age
    if age is None:
        return "–", "muted"
    return words.span(age), "warning" if facts.stale else "text"


def _rate(facts: Facts) -> str:
    rate = None if facts.stale else facts.snapshot.rate
    return f"{rate:4.1f} fps" if rate else "  – fps"


def top_row(facts: Facts, width: int) -> TextRow:
    """The title line: which server, what state, how fast, how old, what was lost."""
    snapshot = facts.snapshot
    parts: list[Part] = []
    for parts in _titles(facts, width):
        if cells(parts) <= width:
            break
    age, role = _age_parts(facts)
    aged: list[Part] = [("   age ", "muted"), (f"{age:>7}", role)]
    lost: list[Part] = [
        ("   lost ", "muted"),
        (words.grouped(snapshot.lost), "warning" if snapshot.lost else "text"),
    ]
    told: list[Part] = [(_rate(facts), "text")] if snapshot.link == "up" else []
    clock: list[Part] = [(f"   {words.clock_time(facts.wall)} ", "muted")]
    for right in (told + aged + lost + clock, told + aged + lost, told + aged, aged):
        if cells(parts) + cells(right) < width:
            return line(parts, width, right)
    return line(parts, width)


def _titles(facts: Facts, width: int) -> Iterator[list[Part]]:
    """The left of the title line: from all there is to say down to what must be seen."""
    snapshot, brand = facts.snapshot, (" NHEM ", "accent")
    state = words.state_parts(snapshot, facts.now)
    where: list[Part] = [(f" {facts.name} ", "strong")] if facts.name else []
    if width >= 100 or not facts.name:
        where.append((f" {facts.label} ", "muted"))
    where.append((" ", "text"))
    marks: list[Part] = [(" SIMULATED ", "simulated")] if snapshot.simulated else []
    short: list[Part] = [("SIM", "simulated")] if snapshot.simulated else []
    if facts.behind is not None:
        marks.append((f"‖ FROZEN  {words.span(facts.behind)} behind", "warning"))
        short.append((f"‖ −{words.span(facts.behind)}", "warning"))
    marks += [(flag.text, flag.role) for flag in facts.flags]
    short += [(flag.short, flag.role) for flag in facts.flags]
    marks += [(fact, "warning") for fact in snapshot.facts]
    marks = [part for mark in marks for part in (("  ", "text"), mark)]
    yield [brand, *where, *state, *marks]
    yield [brand, *where, *state[:3], *marks]
    yield [*where, *state[:3], *marks]
    yield [*where, *state[:2], *marks]
    yield [(" ", "text"), *state[:2], *marks]
    yield [(" ", "text"), *state[:2], *(part for mark in short for part in ((" ", "text"), mark))]


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
    unknown = snapshot.state is None and not snapshot.received
    rows = [
        row(
            "Value",
            [(words.level(snapshot.value), "error" if outside else facts.role("strong"))],
            [("outside 0–255", "error")] if outside else [(facts.trend, facts.role("accent"))],
        ),
        row(
            "Baseline",
            [(words.level(snapshot.baseline), facts.role("text"))],
            [] if difference is None else [(f"Δ {words.signed(difference)}", facts.role("text"))],
        ),
        row("ROI gray", [(words.level(snapshot.roi_value), facts.role("text"))]),
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
            [("–", "muted") if unknown else (words.grouped(snapshot.frame_count), "text")],
            [] if unknown else [(f"epoch {snapshot.epoch}", "muted")],
        ),
        row("Rate", [(_rate(facts).strip(), "text")]),
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
    room = width - LABEL_WIDTH
    rows.insert(0, row("Detection", state[:2] if cells(state[:2]) <= room else state[:1]))
    if snapshot.simulated:
        rows.insert(1, row("Data", [(" SIMULATED ", "simulated")]))
    return rows


def event_rows(entries: Sequence[Entry], width: int, height: int) -> list[TextRow]:
    """The newest lines of the journal, newest last, as many as fit."""
    newest = entries[-height:] if height > 0 else ()
    return [event_row(entry, width, timed=width >= TIMED) for entry in newest]


def event_row(entry: Entry | None, width: int, *, timed: bool = True) -> TextRow:
    """One line of the journal: when (if `timed`) and what."""
    if entry is None:
        return line([("Waiting for the server", "muted")], width)
    times = f" ×{entry.count}" if entry.count > 1 else ""
    role = "text" if entry.severity == "info" else entry.severity
    when: list[Part] = [(f"{words.clock_time(entry.at)}  ", "muted")] if timed else []
    return line([*when, (_by_clause(f"{entry.text}{times}", width - cells(when)), role)], width)


def _by_clause(text: str, width: int) -> str:
    """`text`, or where it does not fit as many clauses as do, if they are worth half a line."""
    if cell_len(text) <= width:
        return text
    ends = [end.start() for end in CLAUSE_END.finditer(text)]
    fit = [end for end in ends if width / 2 <= cell_len(text[:end]) <= width - 2]
    return f"{text[: fit[-1]]} …" if fit else text


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
    said = words.state_parts(snapshot, facts.now)[:3]
    if snapshot.simulated:
        said += [(" ", "text"), ("SIMULATED", "simulated")]
    if facts.behind is not None:
        said.append((f" ‖ −{words.span(facts.behind)}", "warning"))
    state = _short_flags(facts) + said
    placed = [(f"{flag.short} {flag.more}".rstrip() + " ", flag.role) for flag in facts.flags]
    aged: Part = (f" {age}", role)
    rate: list[Part] = []
    if snapshot.link == "up" and snapshot.rate and not facts.stale:
        rate.append((f" {snapshot.rate:.0f} fps", "text"))
    name: list[Part] = [(f" {facts.name}", "strong")] if facts.name else []
    value: Part = (f" {words.level(snapshot.value):>7}", facts.role("strong"))
    right: list[Part] = [(f" ▲{tally.green}", "stable"), (f" ▽{tally.red}", "unstable"), value]
    # What the eye needs least goes first where it is narrow.
    for parts, told in (
        ([*placed, *said, *name, *rate, aged], right),
        ([*placed, *said, *name, aged], right),
        ([*placed, *said, aged], right),
        ([*state, aged], right),
        ([*state, aged], [value]),
    ):
        if cells(parts) + cells(told) <= width:
            break
    return line(parts, width, told)


def pane_foot(last: Entry | None, read: str, keys: str, width: int) -> TextRow:
    """The one line below that chart: the sample under the cursor, or the last event.

    Args:
        last: the newest line of the journal.
        read: the sample in words, empty without a cursor.
        keys: two keys to go on with.
        width: cells.
    """
    hint: list[Part] = [(f"  {keys}", "muted")] if width >= 40 else []
    if read:
        return line([(read, "strong")], width, hint)
    room = width - cells(hint)
    row = event_row(last, room)
    parts = [(row.text[start:end], role) for start, end, role in row.spans]
    return line(parts, width, hint)


def tiny_rows(facts: Facts, last: Entry | None, width: int, height: int) -> list[TextRow]:
    """The whole program in a corner: what must be known first, as far as there is room.

    Args:
        facts: what there is to say.
        last: the newest line of the journal.
        width: cells.
        height: lines.
    """
    snapshot, tally = facts.snapshot, facts.tally
    state = words.state_parts(snapshot, facts.now)
    age, role = _age_parts(facts)
    numbers = ((words.level(snapshot.value), 6, facts.role("strong")), (_tight(age), 5, role))
    flags = _short_flags(facts)
    if facts.behind is not None:
        flags.append(("‖ ", "warning"))
    if snapshot.simulated:
        flags += [("SIM", "simulated"), (" ", "text")]
    peak: list[Part] = []
    if tally.last_stable is not None:
        shape: Part = ("▲", "stable") if tally.last_stable else ("▽", "unstable")
        peak = [(f" {shape[0]}{_tight(words.span(tally.last_age))}", shape[1])]
    # One that is lost or stands still must say so before it shows a number.
    spelled = snapshot.link != "up" and height == 1
    told = " ".join(text.strip() for text, _ in state[:2]) if spelled else state[0][0].split()[0]
    said = [*flags, (told, state[0][1])]
    still = [*said, *((f" {text:>{size}}", ink) for text, size, ink in numbers), *peak]
    close = [*said, *((f" {text}", ink) for text, _, ink in numbers), *peak]
    rows = [line(still if cells(still) <= width else close, width)]
    if height > 1:
        rows.append(line(state, width))
    if height > 2:
        rows.append(event_row(last, width, timed=width >= 20))
    return rows[:height]


def _short_flags(facts: Facts) -> list[Part]:
    return [(f"{flag.short} ", flag.role) for flag in facts.flags]


def _tight(text: str) -> str:
    return text.replace(" ", "")
