"""What a line detection found: in words, and as lines to draw over the picture of ROI 1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from nhem_tui.backend.line_types import LineDetection, LineResult, LineState
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.tui import line_settings, words
from nhem_tui.tui.cells import Part, TextRow, line, paragraph
from nhem_tui.tui.kept import Outcome
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.roi_map import Crossing, Point, Stroke

NEVER: Final = "nothing, as from every server seen so far"

_FARTHEST: Final = 1e9  # pixels from the corner of ROI 1 to what can be a place
MOST: Final = 300
"""Lines that are drawn: more cannot be told apart, and a server may send any number."""
_CONFIDENCE: Final = ((0.8, "very high"), (0.6, "high"), (0.4, "medium"), (0.2, "low"))


def outcome(reply: LineDetection) -> tuple[str, Severity]:
    """What a run found; a failure hides inside a reply that says success (contract section 3)."""
    if reply.result is None:
        return "Line detection answered without a result", "warning"
    return result_words(reply.result)


def live(result: LineResult | None) -> tuple[str, Severity]:
    """What is found in live data."""
    if result is None:
        return "the server says nothing of lines", "warning"
    text, severity = result_words(result)
    return (f"{NEVER}: {text}", "warning") if severity == "error" else (text, severity)


def result_words(result: LineResult) -> tuple[str, Severity]:
    """What was found, in one line."""
    took = ""
    if result.processing_time_ms:
        took = f" after {words.span(result.processing_time_ms / 1000)}"
    if result.error_message:
        return f"Line detection failed inside{took}: {clean_text(result.error_message)}", "error"
    lines = words.counted(result.line_count or 0, "line")
    if not result.has_intersection:
        return f"No intersection, {lines}{took}", "info"
    place = clean_text(json.dumps(result.intersection, ensure_ascii=False), 80)
    confidence = ""
    if result.confidence is not None:
        confidence = f", confidence {result.confidence:.2f} ({_confidence(result.confidence)})"
    return f"Intersection at {place}{confidence}, {lines}{took}", "good"


def _confidence(value: float) -> str:
    return next((word for least, word in _CONFIDENCE if value >= least), "very low")


def switched(found: LineState, *, on: bool) -> tuple[str, Severity]:
    """What came of switching detection on or off."""
    if found.enabled == on:
        return f"Line detection is {_state(found)} (read back)", "good"
    return f"The server said yes, but line detection is {_state(found)}", "warning"


def written(sent: Mapping[str, float], found: LineState) -> tuple[str, Severity]:
    """What came of writing settings."""
    if differing := line_settings.differences(sent, found.config):
        return f"The server said yes, but {differing}", "warning"
    listed = ", ".join(f"{name} {line_settings.shown(value)}" for name, value in sent.items())
    return f"Applied: {listed} (read back)", "good"


def reset(found: LineState) -> str:
    """What came of going back to the defaults."""
    return f"Line detection has its default settings and is {_state(found)}"


def _state(found: LineState) -> str:
    return "on" if found.enabled else "off"


# --- rows -----------------------------------------------------------------------------------------


def state_rows(state: LineState | None, live: tuple[str, Severity], width: int) -> list[TextRow]:
    """Whether detection is on, and what it finds in live data."""
    parts: list[Part] = [("Detection  ", "muted")]
    if state is None:
        parts.append(("not known", "muted"))
    else:
        parts.append(("● on", "good") if state.enabled else ("■ off", "warning"))
        status = clean_text(state.status, 40)
        if status != ("enabled" if state.enabled else "disabled"):  # the same in other words
            parts.append((f"   {status}", "muted"))
    lead: Part = ("Live data  ", "muted")
    return [line(parts, width), *paragraph(*_part(*live), width, most=2, lead=lead)]


def outcome_rows(outcomes: Iterable[Outcome], lasts: float | None, width: int) -> list[TextRow]:
    """The last results, the newest lowest, and below them a run that lasts so many seconds."""
    rows = [
        line([(f"{words.clock_time(at)}  ", "muted"), _part(text, severity)], width)
        for at, text, severity in outcomes
    ]
    if lasts is not None:
        text = f"Running for {words.span(lasts)}; the screen can be left meanwhile"
        rows.append(line([(text, "accent")], width))
    return rows or [line([("No run by this client yet", "muted")], width)]


def _part(text: str, severity: Severity) -> Part:
    return text, "text" if severity == "info" else severity


# --- lines to draw --------------------------------------------------------------------------------


def strokes(result: LineResult) -> tuple[Stroke, ...]:
    """The first `MOST` lines that were found, in pixels of ROI 1; what is no line is left out."""
    found = result.detected_lines if isinstance(result.detected_lines, list) else []
    ends = (_numbers(each) for each in found[:MOST])
    return tuple(Stroke(Point(*four[:2]), Point(*four[2:])) for four in ends if len(four) == 4)


def crossing(result: LineResult) -> Crossing | None:
    """Where lines cross, and how sure that is; None where nothing usable was sent."""
    place = _numbers(result.intersection)
    if not result.has_intersection or len(place) != 2:
        return None
    return Crossing(Point(*place), result.confidence or 0.0)


def _numbers(value: object) -> list[float]:
    """All numbers in nested lists and objects that can be of a place, in their order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [float(value)] if abs(value) <= _FARTHEST else []
    return []
