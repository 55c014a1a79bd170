"""Nice tick positions and labels for gray levels and seconds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

LABEL_WIDTH = 5
"""Cells of a gray-level label, always: nothing jumps when a number grows a digit."""

_MINUS = "−"
_CLOCK_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_SMALLEST_CLOCK_STEP = 30


class Tick(NamedTuple):
    """A position on an axis and what is written there."""

    value: float
    label: str


def nice_step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `rough` (> 0, finite)."""
    exponent = math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10, 20):
        # Going through the decimal literal keeps 0.1 the nearest float to one tenth.
        step = float(f"{factor}e{exponent}")
        if step >= rough * (1 - 1e-9):
            break
    return step


def gray_label(value: float, decimals: int = 0) -> str:
    """A gray level in exactly `LABEL_WIDTH` cells, right-aligned.

    Args:
        value: any float; what is too wide for plain digits becomes compact (``1e9``, ``−2e12``).
        decimals: digits after the point, fewer if they do not fit.
    """
    return _narrow(value, decimals).replace("-", _MINUS).rjust(LABEL_WIDTH)


def _narrow(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return str(value)
    for digits in range(decimals, -1, -1):
        text = f"{value:.{digits}f}"
        if len(text) <= LABEL_WIDTH:
            return text if float(text) else text.lstrip("-")
    for digits in (2, 1, 0):
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.') if digits else mantissa}e{int(exponent)}"
        if len(text) <= LABEL_WIDTH:
            return text
    return f"{mantissa[:-1]}e{int(exponent)}"  # only -1e100 and beyond: at least the magnitude


def gray_ticks(low: float, high: float, count: int) -> tuple[Tick, ...]:
    """About `count` ticks, at least one, at nice gray levels within [`low`, `high`].

    Their labels are all different.

    Args:
        low: bottom of the axis.
        high: top of the axis, > `low`.
        count: at most this many intervals, >= 1.
    """
    step = nice_step(_rough_step(low, high, count))
    while not _multiples(low, high, step):
        step = nice_step(step / 2.5)  # the next finer one: an axis without a label says nothing
    while True:
        decimals = _decimals(step)
        ticks = tuple(Tick(v, gray_label(v, decimals)) for v in _multiples(low, high, step))
        if all(a.label != b.label for a, b in pairwise(ticks)):
            return ticks
        step = nice_step(step * 1.5)


def time_ticks(t0: float, t1: float, count: int, origin: float | None = None) -> tuple[Tick, ...]:
    """About `count` ticks at nice times within [`t0`, `t1`].

    Args:
        t0: left end, seconds.
        t1: right end, seconds, > `t0`.
        count: at most this many intervals, >= 1.
        origin: labels are relative to this time (``−2.0s −1.6 … 0``); None for absolute seconds.

    Returns:
        Ticks at times of the same base as `t0`. The first label carries the unit, unless the
        steps are minutes and the labels read like a clock (``−5:00``).
    """
    base = 0.0 if origin is None else origin
    step = _time_step(_rough_step(t0 - base, t1 - base, count))
    seconds = _multiples(t0 - base, t1 - base, step)
    if step >= _SMALLEST_CLOCK_STEP:
        return tuple(Tick(base + s, _clock(s)) for s in seconds)
    decimals = _decimals(step)
    labels = [f"{s:.{decimals}f}".replace("-", _MINUS) if s else "0" for s in seconds]
    if labels:
        labels[0] += "s"
    return tuple(Tick(base + s, label) for s, label in zip(seconds, labels, strict=True))


def _rough_step(low: float, high: float, count: int) -> float:
    """The length of one of `count` intervals, kept where multiples of it are distinct floats."""
    count = max(count, 1)
    return max(high / count - low / count, 1e-12 * max(abs(low), abs(high)), 1e-300)


def _time_step(rough: float) -> float:
    if rough <= _SMALLEST_CLOCK_STEP:
        return min(nice_step(rough), _SMALLEST_CLOCK_STEP)
    for step in _CLOCK_STEPS:
        if step >= rough:
            return step
    return 86400 * nice_step(rough / 86400)


def _clock(seconds: float) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``."""
    whole = round(abs(seconds))
    if whole == 0:
        return "0"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return _MINUS + text if seconds < 0 else text


def _multiples(low: float, high: float, step: float) -> list[float]:
    """The multiples of `step` within [`low`, `high`], ends included in spite of rounding."""
    slack = step * 1e-6
    first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
    return [k * step for k in range(first, last + 1)]


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))
