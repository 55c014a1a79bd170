"""All keys, as the registry (and the user's key map) has them; those of the screen below first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from nhem_tui.tui.actions import ACTIONS, Group
from nhem_tui.tui.help_rows import Block, page
from nhem_tui.tui.keynames import KeyMap, bindings_of, key_names
from nhem_tui.tui.screens.box import Box
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.plain import Plain
from nhem_tui.tui.widgets.textpane import TextPane

EVERYWHERE: Final = Block(
    "Everywhere",
    (
        ("tab", "To the next part, field or button; shift+tab to the one before."),
        ("ctrl+p", "A palette of all commands."),
        ("ctrl+q", "Leave the program; the server goes on."),
    ),
)

MOUSE: Final = Block(
    "Mouse",
    (
        ("click", "On a chart: freeze it and read the sample there; then the cursor follows."),
        ("wheel", "On a chart: fewer or more seconds. On a page: up and down."),
    ),
)

SIGNS: Final = Block(
    "Signs",
    (
        ("▲", "Stable peak (green): the level stays higher after it."),
        ("▽", "Unstable peak (red): it does not."),
        ("△ ▿", "The same, but newer samples may still change it."),
        ("gap", "Samples that the server no longer had."),
        (
            "SIM",
            "SIMULATED: the server made the data up; its ROI is unset, too small or unreadable.",
        ),
    ),
)


class Help(Box[None]):
    """A page of keys; any of the usual keys leaves it."""

    CSS_PATH = ["box.tcss", "help.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-plain"), (160, "-broad")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def compose_text(self) -> ComposeResult:
        """One block a group."""
        yield TextPane(id="keys")

    def compose_foot(self) -> ComposeResult:
        """How to go on."""
        yield Plain("esc closes · ↑ ↓ scroll", classes="muted")

    def on_mount(self) -> None:
        """Title the page."""
        self.query_one("#box").border_title = "Help: keys"
        self.call_after_refresh(self._write)

    def on_resize(self, event: events.Resize) -> None:
        """Set the page anew for another width."""
        super().on_resize(event)
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        pane = self.query_one("#keys", TextPane)
        if pane.content_size.width > 0:
            pane.show(page(list(self._blocks()), pane.content_size.width))

    def _blocks(self) -> Iterator[Block]:
        keymap, below = self.app.settings.keys, self.app.screen_stack[-2]
        if isinstance(below, ToolScreen):
            yield Block(below.TITLE_WORDS, tuple(keys_of(below, keymap)))
        yield EVERYWHERE
        name = "Dashboard: {}" if isinstance(below, ToolScreen) else "{}"
        for group in Group:
            rows = [
                (key_names(keymap.get(action.id, action.keys)), action.help)
                for action in ACTIONS
                if action.group is group
            ]
            yield Block(name.format(group.value), tuple(rows))
        yield MOUSE
        yield SIGNS


def keys_of(screen: Screen[Any], keymap: KeyMap) -> Iterable[tuple[str, str]]:
    """The keys of a screen and of what can have the focus on it; one row for the same words."""
    rows: dict[str, list[str]] = {}
    kinds = dict.fromkeys((type(screen), *map(type, screen.focus_chain)))
    for kind in kinds:
        for binding in bindings_of(kind):
            keys = keymap.get(binding.id or "", binding.key)
            rows.setdefault(binding.tooltip or binding.description, []).append(key_names(keys))
    return ((" ".join(dict.fromkeys(keys)), words) for words, keys in rows.items())
