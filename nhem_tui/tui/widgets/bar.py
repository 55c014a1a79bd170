"""A bar that shows where a number stands in its range and is moved by keys or the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Bar(Widget, can_focus=True):
    """Shows two places between 0 and 1: of the number, and of the one in force."""

    DEFAULT_CSS = """
    Bar {
        height: 1;
        width: 1fr;
        min-width: 8;
    }
    Bar:focus {
        background: $panel;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "A little less", show=False),
        Binding("right", "step(1)", "A little more", show=False),
        Binding("shift+left", "leap(-1)", "Much less", show=False),
        Binding("shift+right", "leap(1)", "Much more", show=False),
        Binding("up", "neighbour(-1)", "The number above", show=False),
        Binding("down", "neighbour(1)", "The number below", show=False),
    ]

    place: reactive[float | None] = reactive[float | None](None)
    in_force: reactive[float | None] = reactive[float | None](None)

    @dataclass
    class Stepped(Message):
        """The user wants a little more (+1) or less (-1), or `coarse`: much."""

        bar: Bar
        direction: int
        coarse: bool

    @dataclass
    class Pulled(Message):
        """The user clicked at a place from 0 to 1."""

        bar: Bar
        place: float

    @dataclass
    class Typed(Message):
        """The user began to type a number."""

        bar: Bar
        character: str

    def render(self) -> Content:
        """Filled up to the number; a ring where the number in force stands."""
        width = self.content_size.width
        last = max(1, width - 1)
        if self.place is None:
            return Content.styled("─" * width, "$secondary")
        knob = round(min(max(self.place, 0.0), 1.0) * last)
        cells = ["━"] * knob + ["●"] + ["─"] * (width - knob - 1)
        ring = None
        if self.in_force is not None:
            ring = round(min(max(self.in_force, 0.0), 1.0) * last)
            if ring != knob and ring < width:
                cells[ring] = "○"
        styles = {"━": "$accent", "●": "$accent bold", "○": "$foreground", "─": "$secondary"}
        return Content.assemble(*((cell, styles[cell]) for cell in cells[:width]))

    def on_key(self, event: events.Key) -> None:
        """Hand the beginning of a number on."""
        if event.character is not None and event.character in "0123456789.":
            event.stop()
            self.post_message(self.Typed(self, event.character))

    def on_click(self, event: events.Click) -> None:
        """Jump to where the mouse is."""
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Pulled(self, offset.x / max(1, self.content_size.width - 1)))

    def action_step(self, direction: int) -> None:
        """A little."""
        self.post_message(self.Stepped(self, direction, coarse=False))

    def action_leap(self, direction: int) -> None:
        """Much."""
        self.post_message(self.Stepped(self, direction, coarse=True))

    def action_neighbour(self, direction: int) -> None:
        """Go to the bar above or below."""
        go = self.screen.focus_next if direction > 0 else self.screen.focus_previous
        go(Bar)
