"""All keys, as the registry (and the user's key map) has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from nhem_tui.tui.actions import ACTIONS, Action, Group

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

_NAMES = {
    "plus": "+", "minus": "-", "equals_sign": "=", "question_mark": "?", "comma": ",",
    "full_stop": ".", "left": "←", "right": "→", "up": "↑", "down": "↓",
}

LEGEND = (
    ("▲ stable peak", "the level after the event stays higher (green)"),
    ("▽ unstable peak", "it does not (red)"),
    ("gap in the curve", "samples that the server no longer had"),
    ("SIMULATED", "the server made the data up: its ROI is unset, too small or not readable"),
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
            with VerticalScroll(id="scroll"), ItemGrid(min_column_width=36, id="groups"):
                for group in Group:
                    actions = [action for action in ACTIONS if action.group is group]
                    if actions:
                        yield Static(self._block(group, actions), classes="group")
                yield Static(self._legend(), classes="group")
            yield Static("esc closes · ctrl+p opens the palette of all commands", id="foot")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#page").border_title = "Keys"
        self.query_one("#scroll").focus()

    def _block(self, group: Group, actions: list[Action]) -> Content:
        keymap = self.app.context.settings.keys
        lines: list[Content] = [Content.styled(group.value, "bold $accent")]
        for action in actions:
            keys = key_names(keymap.get(action.id, action.keys))
            lines.append(Content.assemble((f"{keys:<9}", "bold"), " ", action.help))
        return Content("\n").join(lines)

    @staticmethod
    def _legend() -> Content:
        lines = [Content.styled("Signs", "bold $accent")]
        lines += [Content.assemble((sign, "bold"), "  ", meaning) for sign, meaning in LEGEND]
        return Content("\n").join(lines)
