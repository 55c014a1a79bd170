"""Declared parameters of queries and forms, and the framework's complaints about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from nhem_tui.simulator.errors import Misfit
from nhem_tui.simulator.exchange import Json

Values = Mapping[str, Any]
"""Parameters by name, of the declared kinds."""

REQUIRED: Final = object()

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_COMPLAINTS: Final = {
    int: ("int_parsing", "Input should be a valid integer, unable to parse string as an integer"),
    float: ("float_parsing", "Input should be a valid number, unable to parse string as a number"),
    bool: ("bool_parsing", "Input should be a valid boolean, unable to interpret input"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: as sent.
        kind: str, int, float or bool.
        default: of an optional one.
        low: least value, checked by the framework (422).
        high: greatest value, likewise.
    """

    name: str
    kind: type = str
    default: object = REQUIRED
    low: float | None = None
    high: float | None = None


PASSWORD: Final = Parameter("password")


def read(
    declared: Sequence[Parameter], sent: Mapping[str, str], place: Literal["query", "body"]
) -> dict[str, Any]:
    """Return the declared parameters out of what was sent; others are ignored.

    Raises:
        Misfit: with one complaint for each that is missing or does not fit.
    """
    values: dict[str, Any] = {}
    complaints: list[Json] = []
    for parameter in declared:
        text = sent.get(parameter.name)
        if text is None or (text == "" and place == "body"):
            if parameter.default is REQUIRED:
                complaints.append(_complaint("missing", place, parameter, "Field required", None))
            values[parameter.name] = parameter.default
            continue
        try:
            values[parameter.name] = _parse(parameter.kind, text)
        except ValueError:
            kind, message = _COMPLAINTS[parameter.kind]
            complaints.append(_complaint(kind, place, parameter, message, text))
        else:
            complaints += _range_complaint(parameter, values[parameter.name], place, text)
    if complaints:
        raise Misfit(complaints)
    return values


def _parse(kind: type, text: str) -> object:
    if kind is str:
        return text
    text = text.strip()
    if kind is bool:
        word = text.lower()
        if word not in _TRUE | _FALSE:
            raise ValueError
        return word in _TRUE
    if "_" in text:
        raise ValueError
    if kind is int:
        whole, dot, rest = text.partition(".")
        return int(whole if dot and rest and not rest.strip("0") else text)
    return float(text)


def _range_complaint(parameter: Parameter, value: float, place: str, text: str) -> list[Json]:
    low, high = parameter.low, parameter.high
    if low is not None and not value >= low:
        message = f"Input should be greater than or equal to {low:g}"
        return [_complaint("greater_than_equal", place, parameter, message, text, {"ge": low})]
    if high is not None and not value <= high:
        message = f"Input should be less than or equal to {high:g}"
        return [_complaint("less_than_equal", place, parameter, message, text, {"le": high})]
    return []


def _complaint(
    kind: str,
    place: str,
    parameter: Parameter,
    message: str,
    text: str | None,
    context: Json | None = None,
) -> Json:
    complaint = {"type": kind, "loc": [place, parameter.name], "msg": message, "input": text}
    return complaint if context is None else {**complaint, "ctx": context}
