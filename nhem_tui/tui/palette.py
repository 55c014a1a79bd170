"""The command palette: every action of the registry, grouped as the desktop client's menus."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.themes import THEMES

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class Command(NamedTuple):
    """One line of the palette."""

    title: str
    help: str
    run: IgnoreReturnCallbackType


class ActionCommands(Provider):
    """Offers the actions of the dashboard and the themes; a grey action says why it is grey."""

    def _commands(self) -> Iterator[Command]:
        app = cast("NhemApp", self.app)
        for action in ACTIONS:
            yield Command(
                f"{action.group.value}: {action.label}",
                action.help,
                partial(app.perform, action),
            )
        for theme in THEMES:
            title = f"View: Theme {theme.name}"
            yield Command(title, "Other colours.", partial(app.choose_theme, theme.name))

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.title, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches `query`, best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), command.run, help=command.help)
