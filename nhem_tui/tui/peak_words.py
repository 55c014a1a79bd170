"""Settings of peak detection in words: which are in force and whose they are, what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nhem_tui.backend import limits
from nhem_tui.backend.types import PeakConfig
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui.messages import Severity

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


def in_force(app: NhemApp) -> str:
    """The parameters by which peaks are found now, and whose they are."""
    tracker, mine = app.monitor.tracker, app.settings.peak_detection
    theirs = _told_by_server(app)
    other = "the recording's" if app.context.replay else "the server's"
    told, owners, elsewhere = [], [], []
    for name, setting in (
        ("threshold", "peak_threshold"),
        ("difference_threshold", "difference_threshold"),
    ):
        value, their = getattr(tracker, name), theirs.get(setting)
        if app.context.replay or their is None:
            own = value == getattr(mine, setting) and value != their
        else:
            own = value != their
            if own:
                elsewhere.append(f"{limits.PEAK_LIMITS[name].label} {spelled(their)}")
        told.append(f"{limits.PEAK_LIMITS[name].label} {spelled(value)}")
        owners.append("this client's" if own else other)
    has = f"; the server has {' and '.join(elsewhere)}" if elsewhere else ""
    if owners[0] == owners[1]:
        return f"Peaks are found by {' and '.join(told)}: {owners[0]}{has}"
    parts = ", ".join(f"{text} ({owner})" for text, owner in zip(told, owners, strict=True))
    return f"Peaks are found by {parts}{has}"


def _told_by_server(app: NhemApp) -> Mapping[str, Any]:
    """The parameters that the server (or the recording) told last."""
    told = app.monitor.standing.parameters
    return {} if told is None else told.values


def by_name(config: PeakConfig) -> dict[str, float | None]:
    """What the server has, by its own names; None for what it does not tell."""
    return {name: getattr(config, name) for name in limits.PEAK_LIMITS}


def listed(values: Mapping[str, float]) -> str:
    """Values by the server's names, in words."""
    return ", ".join(
        f"{limits.PEAK_LIMITS[name].label} {spelled(value)}" for name, value in values.items()
    )


def differences(sent: Mapping[str, float], found: PeakConfig) -> str:
    """Say in what `found` is not as it was `sent`; empty if it is."""
    there = by_name(found)
    return ", ".join(
        f"{limits.PEAK_LIMITS[name].label} is {there[name]}, not {spelled(value)}"
        for name, value in sent.items()
        if there[name] != value
    )


def applied(sent: Mapping[str, Any], echo: PeakConfig, found: PeakConfig) -> tuple[str, Severity]:
    """What came of sending values: the server's echo and what it has afterwards are compared."""
    if differing := differences(sent, echo) or differences(sent, found):
        return f"The server said yes, but {differing}", "warning"
    return f"Applied: {listed(sent)} (read back)", "good"
