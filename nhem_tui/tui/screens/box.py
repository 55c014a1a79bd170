"""A box over the screen below: a text that scrolls, and below it what must always be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from nhem_tui.tui.screens.fitting import Fitting

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

Result = TypeVar("Result")

LOW: Final = 18
"""Lines of the terminal below which there are no blank lines in the box."""

TINY: Final = 6
"""Lines below which there is no box, only what must be seen."""

NARROW: Final = 24
"""Columns below which there is none either."""


class Box(ModalScreen[Result], Fitting[Result]):
    """A subclass composes its text in `compose_text`, the rest in `compose_foot`."""

    app: NhemApp

    CSS_PATH = ["box.tcss"]
    ASKS: ClassVar[bool] = False
    """Somebody waits for an answer: nothing else can be begun meanwhile."""
    FOOT_LINES: ClassVar[int] = 1
    """Lines of what `compose_foot` yields."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"scroll_text('{key}')", show=False)
        for key in ("up", "down", "pageup", "pagedown", "home", "end")
    ]

    def compose(self) -> ComposeResult:
        """The text, and the foot below it."""
        with Vertical(id="box"):
            with VerticalScroll(id="text", can_focus=False):
                yield from self.compose_text()
            with Vertical(id="foot"):
                yield from self.compose_foot()

    def compose_text(self) -> Iterable[Widget]:
        """What may be longer than the terminal is high."""
        return ()

    def compose_foot(self) -> Iterable[Widget]:
        """What is always seen."""
        return ()

    def on_resize(self, event: events.Resize) -> None:
        """Leave the foot its lines; without room for a box there is only the foot."""
        width, height = event.size
        low, tiny = height < LOW, height < TINY or width < NARROW
        self.set_class(low and not tiny, "-low")
        self.set_class(tiny, "-tiny")
        around = 0 if tiny else 2 if low else 5
        text = self.query_one("#text")
        text.styles.max_height = max(height - around - self.FOOT_LINES, 0 if tiny else 1)

    def action_scroll_text(self, key: str) -> None:
        """Scroll the text, wherever the focus is."""
        text = self.query_one("#text")
        page, most = text.scrollable_content_region.height, text.max_scroll_y
        lines = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -most, "end": most}
        text.scroll_relative(y=lines[key], animate=False, immediate=True)
