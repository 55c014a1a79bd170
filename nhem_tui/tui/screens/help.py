"""All keys, as the registry (and the user's key map) has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from nhem_tui.tui.actions import ACTIONS, Group

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_NAMES = {
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "question_mark": "?",
    "comma": ",",
    "full_stop": ".",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}

LEGEND = (
    ("▲", "Stable peak (green): the level stays higher after it."),
    ("▽", "Unstable peak (red): it does not."),
    ("△ ▿", "The same, but newer samples may still change it."),
    ("gap", "Samples that the server no longer had."),
    ("SIM", "SIMULATED: the server made the data up; its ROI is unset, too small or unreadable."),
)


def key_names(keys: str) -> str:
    """Keys as they are printed on a keyboard: ``plus,equals_sign`` -> ``+ =``."""
    return " ".join(
        "+".join(_NAMES.get(part, part) for part in key.strip().split("+"))
        for key in keys.split(",")
    )


class Help(ModalScreen[None]):
    """A page of keys; any of the usual keys leaves it."""

    app: NhemApp

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def compose(self) -> ComposeResult:
        """One block a group, then what the signs mean."""
        with Vertical(id="page"):
            with VerticalScroll(id="scroll"), Horizontal(id="columns"):
                with Vertical(classes="column"):
                    yield from self._blocks(Group.DETECTION, Group.CHART)
                with Vertical(classes="column"):
                    yield from self._blocks(
                        Group.VIEW, Group.TOOLS, Group.FILE, Group.REPLAY, Group.HELP
                    )
                    yield Block("Signs", list(LEGEND))
            yield Static("esc closes · ctrl+p opens the palette of all commands", id="foot")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#page").border_title = "Keys"
        self.query_one("#scroll").focus()

    def _blocks(self, *groups: Group) -> Iterator[Block]:
        for group in groups:
            if rows := self._keys(group):
                yield Block(group.value, rows)

    def _keys(self, group: Group) -> list[tuple[str, str]]:
        keymap = self.app.context.settings.keys
        return [
            (key_names(keymap.get(action.id, action.keys)), action.help)
            for action in ACTIONS
            if action.group is group
        ]


class Block(Vertical):
    """A heading and rows of a short and a long text, the long one wrapping in its column."""

    def __init__(self, heading: str, rows: list[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = heading
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The heading, then a line a row."""
        yield Static(self._heading, classes="heading")
        for short, long in self._rows:
            with Horizontal(classes="row"):
                yield Static(short, classes="short", markup=False)
                yield Static(long, classes="long", markup=False)
