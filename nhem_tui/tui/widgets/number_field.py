"""A number in a range: a bar to move, and a field to type into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.limits import Limit
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui.entry import number
from nhem_tui.tui.widgets.bar import Bar
from nhem_tui.tui.widgets.plain import Plain


class Quantity(Struct, frozen=True):
    """A number that can be set.

    Attributes:
        name: the server's word for it.
        label: the user's.
        limit: its range and unit.
        fine: step of the arrow keys.
        coarse: step of the arrow keys with shift.
    """

    name: str
    label: str
    limit: Limit
    fine: float
    coarse: float

    @property
    def range_words(self) -> str:
        """E.g. ``50–200 gray levels``."""
        return f"{self.limit.low:g}–{self.limit.high:g} {self.limit.unit}".strip()

    def place(self, value: float) -> float:
        """Where `value` stands in the range, from 0 to 1; beyond when it is outside."""
        return (value - self.limit.low) / (self.limit.high - self.limit.low)

    def at(self, place: float) -> float:
        """The value at a place from 0 to 1, to a fine step."""
        limit = self.limit
        value = limit.low + min(max(place, 0.0), 1.0) * (limit.high - limit.low)
        return self._tidy(round(value / self.fine) * self.fine)

    def stepped(self, value: float, direction: int, *, coarse: bool) -> float:
        """The value one step further, kept inside the range."""
        return self._tidy(value + direction * (self.coarse if coarse else self.fine))

    def _tidy(self, value: float) -> float:
        return self.limit.nearest(round(value, 6))


class NumberField(Horizontal):
    """Label, bar, field, range; what is typed moves the bar and the other way round."""

    DEFAULT_CSS = """
    NumberField {
        height: 1;
    }
    NumberField .label {
        width: 24;
        padding-left: 1;
        border-left: blank $background;
    }
    NumberField:focus-within .label {
        border-left: outer $accent;
        color: $accent;
        text-style: bold;
    }
    NumberField Input {
        width: 11;
        margin: 0 2;
        background: $panel;
    }
    NumberField Input:focus {
        background: $accent 20%;
    }
    NumberField Input:ansi {
        text-style: underline;
    }
    NumberField Input.-bad {
        color: $error;
    }
    NumberField .range {
        width: 22;
        color: $muted;
    }
    NumberField:disabled .label {
        color: $muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "neighbour(-1)", "Field above", show=False),
        Binding("down", "neighbour(1)", "Field below", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another number, or a text that is none."""

        field: NumberField

    def __init__(self, quantity: Quantity, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.quantity = quantity
        self.value: float | None = None
        """What is typed, None while it is no allowed number."""
        self.error = ""
        """Why it is not."""
        self.in_force: float | None = None
        """The number to compare with, None while it is not known."""
        self._bar, self._input = Bar(), Input(compact=True)

    def compose(self) -> ComposeResult:
        """One line."""
        yield Plain(self.quantity.label, classes="label")
        yield self._bar
        yield self._input
        yield Plain(self.quantity.range_words, classes="range")

    @property
    def changed(self) -> bool:
        """It differs from the number in force."""
        return self.error != "" or self.value != self.in_force

    def put(self, value: float) -> None:
        """Show `value` as if it were typed."""
        self._input.value = spelled(value)
        self._read()

    def put_in_force(self, value: float) -> None:
        """The number in force is `value`; shown unless the user is changing it."""
        follows = not self.changed
        self.in_force = value
        self._bar.in_force = self.quantity.place(value)
        if follows:
            self.put(value)

    def revert(self) -> None:
        """Show the number in force."""
        if self.in_force is not None:
            self.put(self.in_force)

    def _read(self) -> None:
        text = self._input.value
        try:
            if self.in_force is not None and text == spelled(self.in_force):
                # Shown as it is, though the server may hold what it would not take.
                self.value, self.error = self.in_force, ""
            else:
                self.value, self.error = number(self.quantity.limit, text), ""
        except InvalidValue as error:
            self.value, self.error = None, error.text
        self._input.set_class(bool(self.error), "-bad")
        self._bar.place = None if self.value is None else self.quantity.place(self.value)
        self.post_message(self.Changed(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._read()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._bar.focus()

    @on(Bar.Stepped)
    def _stepped(self, event: Bar.Stepped) -> None:
        event.stop()
        start = self.in_force if self.value is None else self.value
        if start is not None:
            self.put(self.quantity.stepped(start, event.direction, coarse=event.coarse))

    @on(Bar.Pulled)
    def _pulled(self, event: Bar.Pulled) -> None:
        event.stop()
        self.put(self.quantity.at(event.place))

    @on(Bar.Typed)
    def _begun(self, event: Bar.Typed) -> None:
        """Go on in the field; the keys of a fast typist still reach the bar meanwhile."""
        event.stop()
        if self.screen.focused is not self._input:  # `has_focus` comes later than the next digit
            self._input.select_on_focus = False  # the next digit would replace this one
            self._input.value = ""
            self.screen.set_focus(self._input)
        self._input.insert_text_at_cursor(event.character)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Whoever comes to the field by tab replaces what is there."""
        if event.widget is self._input:
            self._input.select_on_focus = True

    def action_neighbour(self, direction: int) -> None:
        """Go to the field above or below."""
        go = self.screen.focus_next if direction > 0 else self.screen.focus_previous
        go("NumberField Input")
