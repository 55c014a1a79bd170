"""The buttons of the dashboard, built from the action registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import ItemGrid
from textual.content import Content
from textual.widgets import Button

from nhem_tui.tui.actions import BY_ID, Action

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

SHOWN = ("detection.start", "detection.stop", "detection.pause", "view.freeze")


class Controls(ItemGrid):
    """Start, stop, pause and freeze for the mouse; grey with the reason as tooltip."""

    app: NhemApp

    DEFAULT_CSS = """
    Controls {
        grid-gutter: 1;
        padding: 0 1;
    }
    Controls Button {
        width: 1fr;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, min_column_width=16)

    def compose(self) -> ComposeResult:
        """One button an action."""
        for action_id in SHOWN:
            action = BY_ID[action_id]
            button = Button(
                self._label(action, action.label),
                id=action.handler,
                compact=True,
                disabled=True,  # until `update` says what can be done
                action=f"screen.{action.handler}",
                tooltip=Content(action.help),
            )
            button.can_focus = True
            yield button

    def update(self, why_not: Callable[[Action], str | None], labels: dict[str, str]) -> None:
        """Enable or grey each button.

        Args:
            why_not: why an action cannot run now, None if it can.
            labels: other words than the registry's, by action id (e.g. Resume for Pause).
        """
        for action_id in SHOWN:
            action = BY_ID[action_id]
            button = self.query_one(f"#{action.handler}", Button)
            reason = why_not(action)
            button.disabled = reason is not None
            tip = Content(reason or action.help)  # a reason may quote the server
            if button.tooltip != tip:
                button.tooltip = tip
            label = self._label(action, labels.get(action_id, action.label))
            if button.label != label:
                button.label = label

    def _label(self, action: Action, words: str) -> Content:
        return Content(f"{words} ({action.key(self.app.settings.keys)})")
