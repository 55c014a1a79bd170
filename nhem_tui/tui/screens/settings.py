"""Every setting of this client on one screen: changed at once, saved, undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, ClassVar, Final, NamedTuple

from rich.cells import set_cell_size
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nhem_tui.backend.sanitize import clean_text
from nhem_tui.config.layers import DEFAULT
from nhem_tui.config.schema import Field, by_path, fields, value_of
from nhem_tui.config.values import from_text
from nhem_tui.tui.cells import line
from nhem_tui.tui.live_settings import at_once
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.setting_values import plain, range_words, shown, stepped, with_value
from nhem_tui.tui.settings_file import Saved, SettingsFile
from nhem_tui.tui.widgets.textpane import TextPane

NAME_WIDTH: Final = 22
NARROW: Final = 100
"""Below this many columns the origin is left out of the rows; it stands below them."""


class Step(NamedTuple):
    """A change that can be undone."""

    path: str
    before: Any


class SettingsScreen(ToolScreen):
    """A list by sections; what is changed is in force and in the file at once."""

    CSS_PATH = "settings.tcss"
    TITLE_WORDS = "Settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Change", id="settings.edit"),
        Binding("left", "step(-1)", "Less", id="settings.less", show=False),
        Binding("right", "step(1)", "More", id="settings.more", show=False),
        Binding("u", "undo", "Undo", id="settings.undo"),
    ]
    AUTO_FOCUS = "#list"

    def __init__(self) -> None:
        super().__init__()
        self._origins: Mapping[str, str] = {}
        self._steps: list[Step] = []
        self._unsaved: set[str] = set()

    def compose_body(self) -> ComposeResult:
        """The list, and two lines about the setting under the cursor."""
        yield OptionList(id="list", compact=True, markup=False)
        yield TextPane(id="about")

    def on_mount(self) -> None:
        """List the settings; where they come from follows."""
        self._file = SettingsFile(self.app.settings)
        options = self.query_one("#list", OptionList)
        options.add_options(self._options())
        options.highlighted = next(i for i, option in enumerate(options.options) if option.id)
        self.watch(self.app, "settings", self._settings_changed, init=False)
        self._look()

    @work(group="file", exclusive=False)
    async def _look(self) -> None:
        self._origins = await self._file.look()
        self._write_rows()

    # --- the rows -------------------------------------------------------------------------------

    def _options(self) -> Iterator[Option]:
        for section, leaves in groupby(fields(), lambda leaf: leaf.path.partition(".")[0]):
            yield Option(Content.styled(section, "$accent bold"), disabled=True)
            for leaf in leaves:
                yield Option(self._row(leaf), id=leaf.path)

    def _row(self, leaf: Field) -> Content:
        value = value_of(self.app.settings, leaf.path)
        width = max(self.size.width - 5, 40)
        origin = self._origin(leaf.path)
        wide = width >= NARROW
        columns = (22, 34) if wide else (18, width - NAME_WIDTH - 24)
        changed = value != leaf.default
        return Content.assemble(
            "  ",
            set_cell_size(leaf.path.partition(".")[2], NAME_WIDTH),
            " ",
            (_fit(clean_text(shown(leaf, value)), columns[0]), "bold" if changed else ""),
            " ",
            (_fit(range_words(leaf), columns[1]), "dim"),
            (_fit(f" {_short(origin)}", width - NAME_WIDTH - sum(columns) - 6), "dim")
            if wide
            else "",
        )

    def _origin(self, path: str) -> str:
        """Where the value comes from in words, empty while that is not known."""
        if path in self._unsaved:
            return "this session only, not saved"
        return self._file.short(self._origins.get(path, ""))

    def _write_rows(self) -> None:
        options = self.query_one("#list", OptionList)
        for leaf in fields():
            options.replace_option_prompt(leaf.path, self._row(leaf))
        self.refresh_body()

    def _settings_changed(self) -> None:
        if self.is_mounted:
            self._write_rows()

    def on_resize(self) -> None:
        """Fit the rows."""
        self._write_rows()

    @property
    def _leaf(self) -> Field | None:
        """The setting under the cursor."""
        option = self.query_one("#list", OptionList).highlighted_option
        return None if option is None or option.id is None else by_path()[option.id]

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.refresh_body()

    def refresh_body(self) -> None:
        """Say what the setting under the cursor is."""
        pane, leaf = self.query_one("#about", TextPane), self._leaf
        if leaf is None:
            return
        when = "in force at once" if at_once(leaf.path) else "in force at the next start"
        origin = self._origin(leaf.path)
        where = "nobody has set it" if origin == DEFAULT else f"from {origin}" if origin else ""
        keys = "" if leaf.type in (str, dict) and not leaf.choices else "← → step"
        facts = " · ".join(filter(None, (where, when, keys, leaf.range_words)))
        width = pane.content_size.width
        pane.show(
            [
                line([(f"{leaf.path}  ", "strong"), (leaf.doc, "text")], width),
                line([(facts, "muted")], width),
            ]
        )

    # --- changing -------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Step on where there are few values, else ask."""
        leaf = self._leaf
        if leaf is not None and (leaf.choices or leaf.type is bool):
            self.action_step(1)
        elif leaf is not None:
            self._ask_for(leaf)

    def action_step(self, direction: int) -> None:
        """The next value, or the one before."""
        leaf = self._leaf
        if leaf is None:
            return
        before = value_of(self.app.settings, leaf.path)
        after = stepped(leaf, before, direction)
        if after != before:
            self._change(leaf.path, after)

    @work(group="question", exclusive=True)
    async def _ask_for(self, leaf: Field) -> None:
        value = value_of(self.app.settings, leaf.path)
        prompt = Prompt(
            f"{leaf.path}",
            f"{leaf.doc} It must be {leaf.range_words}.",
            check=lambda text: from_text(leaf, text),
            text="" if leaf.secret else plain(value),
            secret=leaf.secret,
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is not None and answer.value != value:
            self._change(leaf.path, answer.value)

    def action_undo(self) -> None:
        """Take the last change back, here and in the file."""
        if not self._steps:
            self.app.tell("Nothing to undo.", "warning")
            return
        step = self._steps.pop()
        self._put(step.path, step.before)

    def _change(self, path: str, value: object) -> None:
        self._steps.append(Step(path, value_of(self.app.settings, path)))
        self._put(path, value)

    def _put(self, path: str, value: object) -> None:
        """Put one setting in force and save it."""
        self._unsaved.add(path)
        self.app.change_settings(with_value(self.app.settings, path, value))
        self.app.run_worker(self._save(path, value), group="settings", exclusive=False)

    async def _save(self, path: str, value: object) -> None:
        """Save; a worker of the app, so that it ends also when the screen is left."""
        saved = await self._file.save(path, value)
        if saved is None:
            return
        if saved.problem:
            self.app.tell(f"In force, but not saved: {saved.problem}", "error")
            return
        self._unsaved -= saved.values.keys()
        self._origins = saved.origins
        if self.is_mounted:
            self._write_rows()
        for name in saved.values:
            self._tell_saved(name, saved)

    def _tell_saved(self, path: str, saved: Saved) -> None:
        words = f"{path} = {clean_text(shown(by_path()[path], saved.values[path]))}"
        if path in saved.hidden:
            stronger = saved.hidden[path]
            self.app.tell(f"Saved {words}, but {stronger} is stronger at the next start", "warning")
        elif at_once(path):
            self.app.tell(f"Saved {words}", "good")
        else:
            self.app.tell(f"Saved {words}, in force at the next start", "good")


def _fit(text: str, width: int) -> str:
    """Exactly `width` cells, an ellipsis where something is cut off."""
    cut = set_cell_size(text, max(width, 0))
    return (
        cut if cut.rstrip() == text.rstrip() or width < 2 else set_cell_size(text, width - 1) + "…"
    )


def _short(origin: str) -> str:
    """A file without its folder."""
    return origin.rpartition("/")[2]


SCREEN = SettingsScreen
