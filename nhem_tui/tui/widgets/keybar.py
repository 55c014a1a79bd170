"""The keys of the screen in one line at its foot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.screen import Screen

from nhem_tui.tui.cells import Part, line
from nhem_tui.tui.keynames import first_key
from nhem_tui.tui.widgets.textpane import TextPane

LAST: Final = 2
"""Keys at the end that are always shown: help and a way out."""

ENDS: Final = ("tool.read", "tool.help", "tool.back")
"""Bindings of all screens that come last, in this order, although they are declared first."""

GAP: Final = 2
"""Cells between two keys."""


class _Key(NamedTuple):
    name: str
    label: str
    press: str
    enabled: bool

    @property
    def width(self) -> int:
        """Cells."""
        return cell_len(self.name) + 1 + cell_len(self.label)


class KeyBar(TextPane):
    """Keys and what they do; a click presses the key.

    Textual's own footer makes a widget of every key and all of them anew whenever a binding may
    have changed, and each of those stays in memory.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; padding: 0 1; background: $footer-background; }
    """

    def __init__(
        self,
        shows: Callable[[Binding], bool] = lambda _: True,
        leads: Callable[[Binding], bool] = lambda _: False,
        label: Callable[[Binding], str] = lambda binding: binding.description,
    ) -> None:
        """Prepare.

        Args:
            shows: whether a key that wants to be shown has a place here.
            leads: whether it comes before the others, so that they go first where it is narrow.
            label: what it does just now.
        """
        super().__init__()
        self._shows, self._leads, self._label = shows, leads, label
        self._places: list[tuple[range, str]] = []

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        """Follow them no longer."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_resize(self) -> None:
        """Fit the new width."""
        super().on_resize()
        self._write()

    def _changed(self, screen: Screen[object]) -> None:
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        if not self.is_attached:
            return
        keys, room = self._wanted(), self.content_size.width
        while len(keys) > LAST and sum(key.width + GAP for key in keys) - GAP > room:
            del keys[-LAST - 1]
        parts: list[Part] = []
        self._places, column = [], 0
        for key in keys:
            parts += [
                (" " * GAP if parts else "", "text"),
                (key.name, "key" if key.enabled else "muted"),
                (f" {key.label}", "text" if key.enabled else "muted"),
            ]
            self._places.append((range(column, column + key.width), key.press))
            column += key.width + GAP
        self.show([line(parts, room)])

    def _wanted(self) -> list[_Key]:
        keys: dict[str, _Key] = {}
        # In the order in which they are declared: Textual puts those of the key map last.
        declared = [
            binding.id
            for part in reversed(type(self.screen).__mro__)
            for binding in vars(part).get("BINDINGS", ())
            if isinstance(binding, Binding)
        ]

        def place(binding: Binding) -> tuple[int, bool, int]:
            order = declared.index(binding.id) if binding.id in declared else -1
            return _place(binding), not self._leads(binding), order

        active = self.screen.active_bindings.values()
        for _, binding, enabled, _ in sorted(active, key=lambda found: place(found.binding)):
            wanted = binding.show and binding.action not in keys and self._shows(binding)
            if wanted and not self._is_typed(binding):
                name = first_key(binding.key)
                keys[binding.action] = _Key(name, self._label(binding), binding.key, enabled)
        return list(keys.values())

    def _is_typed(self, binding: Binding) -> bool:
        """It goes into the field that has the focus; of some keys Textual knows no character."""
        focused, character = self.screen.focused, first_key(binding.key)
        printable = len(character) == 1 and character.isascii()
        return (
            focused is not None and printable and focused.check_consume_key(binding.key, character)
        )

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None:
            for columns, key in self._places:
                if offset.x in columns:
                    self.app.simulate_key(key)


def _place(binding: Binding) -> int:
    return ENDS.index(binding.id) + 1 if binding.id in ENDS else 0
