"""The command palette: what this screen can do, then everything, by the desktop client's menus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from nhem_tui.tui.actions import ACTIONS, BY_ID, Action, Group
from nhem_tui.tui.keynames import bindings_of, first_key
from nhem_tui.tui.remember import remember
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.themes import THEMES

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

MENUS: Final = {
    "export.ask": "File: Export data",
    "file.quit": "File: Exit",
    "chart.grid": "View: Show grid",
    "chart.peaks": "View: Show peaks",
    "settings.open": "View: Settings",
    "roi.open": "Tools: ROI configuration",
    "tuning.open": "Tools: Peak detection settings",
    "diagnostics.open": "Tools: System diagnostics",
    "help.keys": "Help: Keys",
}
"""Actions under the names that the menus of the desktop client had for them."""

ORDER: Final = (
    Group.FILE,
    Group.VIEW,
    Group.CHART,
    Group.TOOLS,
    Group.DETECTION,
    Group.REPLAY,
    Group.HELP,
)
"""Menus from left to right; what the charts do stood under View."""


class Palette(CommandPalette):
    """Textual's, as the other lists look, and also where there is hardly room for it."""

    CSS_PATH = "palette.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (18, "-high")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turn no page of a list without a line: Textual would look for its place and fail."""
        if action == "command_list" and not self.query_one(CommandList).scrollable_content_region:
            return False
        return super().check_action(action, parameters)


class Command(NamedTuple):
    """One line of the palette.

    Attributes:
        title: menu and words.
        help: one sentence.
        run: does it.
        key: does the same, empty for none.
    """

    title: str
    help: str
    run: Callable[[], object]
    key: str = ""

    def shown(self, title: Content | None = None) -> Content:
        """The line, `title` with the letters that match, and the key behind it."""
        line = Content(self.title) if title is None else title
        return Content.assemble(line, "  ", (self.key, "not bold")) if self.key else line


class ActionCommands(Provider):
    """Offers what the screen below can do, the actions of the dashboard, themes and help."""

    @property
    def _app(self) -> NhemApp:
        return cast("NhemApp", self.app)

    def _commands(self) -> Iterator[Command]:
        screen = self.screen
        if isinstance(screen, ToolScreen):
            yield from self._of_screen(screen)
        for group in ORDER:
            yield from (self._of_action(action) for action in ACTIONS if action.group is group)
            yield from self._of_menu(group)

    def _of_screen(self, screen: ToolScreen) -> Iterator[Command]:
        keymap = self._app.settings.keys
        for binding in bindings_of(type(screen)):
            if not binding.action.startswith(("app.", "back", "move(", "resize(")):
                yield Command(
                    f"{screen.TITLE_WORDS}: {binding.description}",
                    binding.tooltip,
                    partial(screen.run_action, binding.action),
                    first_key(keymap.get(binding.id or "", binding.key)),
                )

    def _of_action(self, action: Action) -> Command:
        menu = "View" if action.group is Group.CHART else action.group.value
        return Command(
            MENUS.get(action.id, f"{menu}: {action.label}"),
            action.help,
            partial(self._app.perform, action),
            action.key(self._app.settings.keys),
        )

    def _of_menu(self, group: Group) -> Iterator[Command]:
        """What is no action of the dashboard."""
        if group is Group.FILE:
            yield Command(
                "File: Export chart",
                "As a figure: the ending of the name says svg, png, pdf, html or ansi.",
                partial(self._app.perform, BY_ID["export.ask"]),
            )
        elif group is Group.VIEW:
            for theme in THEMES:
                words, name = f"Theme {theme.name}", theme.name
                yield Command(
                    f"View: {words}",
                    "Other colours, also at the next start.",
                    partial(remember, self._app, "display.theme", name, words),
                )
        elif group is Group.HELP:
            yield Command("Help: Documentation", "The README.", self._documentation)
            yield Command("Help: About", "Versions, files, licence.", self._about)

    def _documentation(self) -> None:
        from nhem_tui.tui.screens.documentation import Documentation

        self._app.push_screen(Documentation())

    def _about(self) -> None:
        from nhem_tui.tui.screens.about import About

        self._app.push_screen(About())

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.shown(), command.run, command.title, command.help)

    async def search(self, query: str) -> Hits:
        """What matches `query`, best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                display = command.shown(matcher.highlight(command.title))
                yield Hit(score, display, command.run, command.title, command.help)
