"""What can be made to go wrong, by name, and which of it is going wrong now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nhem_tui.notation.numerals import read_number
from nhem_tui.notation.words import did_you_mean

FAULTS: Final[dict[str, str]] = {
    "refuse": "nothing listens any more: connections are refused",
    "hang": "requests are taken and never answered",
    "slow": "every reply comes late (=SECONDS, default 1)",
    "reset": "connections are reset instead of answered",
    "truncate": "replies end in the middle of the body",
    "garbage": "replies are bytes that are neither JSON nor text",
    "nan": "the newest value of a series is NaN, which is not JSON",
    "outlier": "one sample in 40 is a wild value (=VALUE, default 1e6)",
    "restart": "the server restarts once: counters 0, ROI forgotten (=SECONDS of absence)",
    "unauthorised": "no password is accepted",
    "html": "a proxy's HTML page in place of every reply",
    "huge": "replies of many megabytes (=MEGABYTES, default 50)",
    "empty": "replies without a body",
    "foreign": "JSON of another service",
    "redirect": "every request is sent elsewhere",
    "storm500": "every reply is an internal error and the connection drops",
    "clock": "the server's clock is wrong (=SECONDS, default 3600)",
    "markup": "Rich markup and escape sequences in the server's texts",
    "duplicate": "one sample of every series comes twice",
    "missing": "one sample of every series is left out",
    "backwards": "in every other reply of an endpoint the frame numbers lie 30 lower",
}
"""Every fault with what it does, in one line."""

_VALUES: Final = {
    "slow": 1.0,
    "outlier": 1e6,
    "restart": 0.0,
    "huge": 50.0,
    "clock": 3600.0,
}


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault as written on the command line: ``NAME[=VALUE][@SECONDS]``.

    Attributes:
        name: one of `FAULTS`.
        value: how much, None for the default.
        after: seconds from the start until it sets in.
    """

    name: str
    value: float | None = None
    after: float = 0.0


def parse_fault(text: str) -> FaultSpec:
    """Read ``NAME``, ``NAME=VALUE``, ``NAME@SECONDS`` or ``NAME=VALUE@SECONDS``.

    Raises:
        ValueError: unknown name, no such value, or not a number; the text says which.
    """
    rest, at, after = text.partition("@")
    name, equals, value = rest.partition("=")
    if name not in FAULTS:
        near = did_you_mean(name, FAULTS) or f"; there are {', '.join(FAULTS)}"
        raise ValueError(f"there is no fault {name!r}{near}")
    if equals and name not in _VALUES:
        raise ValueError(f"the fault {name!r} takes no value")
    try:
        amount = _number(value) if equals else None
        delay = _number(after) if at else 0.0
        if delay < 0 or (amount is not None and name != "clock" and amount < 0):
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r}: a number >= 0 is wanted") from None
    return FaultSpec(name, amount, delay)


def _number(text: str) -> float:
    number = read_number(text)
    if number is None:
        raise ValueError
    return float(number)


class Faults:
    """The faults that are set now."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        """Begin without any.

        Args:
            changed: called after each change.
        """
        self._set: dict[str, float] = {}
        self._changed = changed

    def set(self, name: str, value: float | None = None) -> None:
        """Let a fault begin.

        Args:
            name: one of `FAULTS`.
            value: how much, None for the default; ignored by faults without an amount.

        Raises:
            ValueError: there is no such fault.
        """
        if name not in FAULTS:
            raise ValueError(f"there is no fault {name!r}")
        self._set[name] = _VALUES.get(name, 0.0) if value is None else value
        self._changed()

    def clear(self, name: str | None = None) -> None:
        """Let a fault end, or all of them."""
        if name is None:
            self._set.clear()
        else:
            self._set.pop(name, None)
        self._changed()

    def active(self, name: str) -> bool:
        """Tell whether a fault is set."""
        return name in self._set

    def value(self, name: str) -> float:
        """Return how much of a fault is set.

        Raises:
            KeyError: it is not set.
        """
        return self._set[name]
