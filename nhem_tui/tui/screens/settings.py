"""Every setting of this client on one screen: changed at once, saved, undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nhem_tui.backend.sanitize import clean_text
from nhem_tui.config.layers import DEFAULT
from nhem_tui.config.schema import Field, Settings, by_path, fields, value_of
from nhem_tui.config.values import from_text
from nhem_tui.tui import peak_words
from nhem_tui.tui.cells import line, paragraph
from nhem_tui.tui.kept import Step
from nhem_tui.tui.live_settings import at_once, when
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.setting_rows import NAME, row
from nhem_tui.tui.setting_values import plain, shown, stepped, with_value
from nhem_tui.tui.settings_file import Saved, SettingsFile
from nhem_tui.tui.widgets.textpane import TextPane

DETECTOR = ("peak_detection.peak_threshold", "peak_detection.difference_threshold")
"""Settings in whose place the server's own may be in force."""


class SettingsScreen(ToolScreen):
    """A list by sections; what is changed is in force and in the file at once."""

    CSS_PATH = "settings.tcss"
    TITLE_WORDS = "Settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "edit",
            "Change",
            id="settings.edit",
            tooltip="The next of few values, or type another one.",
        ),
        Binding(
            "left",
            "step(-1)",
            "Less",
            id="settings.less",
            show=False,
            tooltip="The value before.",
        ),
        Binding(
            "right",
            "step(1)",
            "More",
            id="settings.more",
            show=False,
            tooltip="The next value.",
        ),
        Binding(
            "u",
            "undo",
            "Undo",
            id="settings.undo",
            tooltip="Take the last change back, here and in the file.",
        ),
        Binding(
            "w",
            "save",
            "Save again",
            id="settings.save",
            tooltip="Try once more to save what could not be saved.",
        ),
    ]
    AUTO_FOCUS = "#list"

    def __init__(self) -> None:
        super().__init__()
        self._origins: Mapping[str, str] = {}
        self._written: Settings | None = None
        self._chosen = ""

    def compose_body(self) -> ComposeResult:
        """The list, and lines about the setting under the cursor."""
        yield OptionList(id="list", compact=True, markup=False)
        yield TextPane(id="about")

    def on_mount(self) -> None:
        """List the settings; where they come from follows."""
        self._file = SettingsFile(self.app.context.kept.opened or self.app.settings)
        options = self.query_one("#list", OptionList)
        options.add_options(self._options())
        options.highlighted = next(i for i, option in enumerate(options.options) if option.id)
        self._look()

    @work(group="file", exclusive=False)
    async def _look(self) -> None:
        self._origins = await self._file.look(self.app.settings)
        self._write_rows()

    # --- the rows -------------------------------------------------------------------------------

    def _options(self) -> Iterator[Option]:
        for section, leaves in groupby(fields(), lambda leaf: leaf.path.partition(".")[0]):
            yield Option(Content.styled(section, "$accent bold"), disabled=True)
            for leaf in leaves:
                yield Option(self._row(leaf), id=leaf.path)

    def _row(self, leaf: Field) -> Content:
        origin = self._origin(leaf.path).rpartition("/")[2]
        width, chosen = max(self.size.width - 5, NAME + 8), leaf.path == self._chosen
        return row(leaf, self.app.settings, origin, width, chosen=chosen)

    def _origin(self, path: str) -> str:
        """Where the value comes from in words, empty while that is not known."""
        if path in self.app.context.kept.unsaved:
            return "this session only, not saved"
        return self._file.short(self._origins.get(path, ""))

    def _write_rows(self) -> None:
        if not self.is_open:
            return
        self._written = self.app.settings
        options = self.query_one("#list", OptionList)
        for leaf in fields():
            options.replace_option_prompt(leaf.path, self._row(leaf))
        self.refresh_body()

    def on_resize(self) -> None:
        """Fit the rows."""
        self._write_rows()

    @property
    def _leaf(self) -> Field | None:
        """The setting under the cursor."""
        option = self.query_one("#list", OptionList).highlighted_option
        return None if option is None or option.id is None else by_path()[option.id]

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        before, self._chosen = self._chosen, event.option_id or ""
        for path in {before, self._chosen} - {""} if self.is_open else ():
            event.option_list.replace_option_prompt(path, self._row(by_path()[path]))
        self.update_body()

    def refresh_body(self) -> None:
        """Follow what is changed elsewhere, and say what the setting under the cursor is."""
        if self._written is not self.app.settings:
            self._write_rows()
            return
        pane, leaf = self.query_one("#about", TextPane), self._leaf
        if leaf is None:
            return
        origin = self._origin(leaf.path)
        where = "nobody has set it" if origin == DEFAULT else f"from {origin}" if origin else ""
        keys = "" if leaf.type in (str, dict) and not leaf.choices else "← → step"
        in_force = peak_words.in_force(self.app) if leaf.path in DETECTOR else ""
        facts = " · ".join(filter(None, (where, when(leaf.path), in_force, keys, leaf.range_words)))
        width, most = pane.content_size.width, 1 if self.size.height < 12 else 2
        told = paragraph(facts, "muted", width, most=most)
        told += [line([], width)] * (most - len(told))  # else the list would jump
        pane.show([line([(f"{leaf.path}  ", "strong"), (leaf.doc, "text")], width), *told])

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
        steps = self.app.context.kept.settings
        if not steps:
            self.app.tell("Nothing to undo.", "warning")
            return
        step = steps.pop()
        self._put(step.path, step.before)
        self._keep(step.path, step.before if step.saved else None)

    def _change(self, path: str, value: object) -> None:
        saved = self._origins.get(path) is None or self._file.has(self._origins[path])
        step = Step(path, value_of(self.app.settings, path), saved)
        self.app.context.kept.settings.append(step)
        self._put(path, value)
        self._keep(path, value)

    def _put(self, path: str, value: object) -> None:
        """Put one setting in force."""
        self.app.context.kept.unsaved.add(path)
        self.app.change_settings(with_value(self.app.settings, path, value))
        self.update_body()

    # --- saving ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be saved again while everything is saved."""
        return action != "save" or bool(self.app.context.kept.unsaved)

    def action_save(self) -> None:
        """Save what could not be saved."""
        for path in sorted(self.app.context.kept.unsaved):
            self._keep(path, value_of(self.app.settings, path))

    def _keep(self, path: str, value: object) -> None:
        """Save one setting, or take it out of the file where it is None."""
        # Of the app, so that it ends also when the screen is left.
        self.app.run_worker(self._save(path, value), group="settings", exclusive=False)

    async def _save(self, path: str, value: object) -> None:
        saved = await self._file.save(path, value)
        if saved is None:
            return
        if saved.problem:
            again = f"{self.key('settings.save')} tries again: "
            self.app.tell(f"{again}in force, but not saved. {saved.problem}", "error")
        else:
            self.app.context.kept.unsaved -= {
                name
                for name, put in saved.values.items()
                if put in (None, value_of(self.app.settings, name))  # else one more is under way
            }
            self._origins = saved.origins
            for name in saved.values:
                self._tell_saved(name, saved)
        if self.is_open:
            self.refresh_bindings()
            self._write_rows()

    def _tell_saved(self, path: str, saved: Saved) -> None:
        value = value_of(self.app.settings, path)
        words = f"{path} = {clean_text(shown(by_path()[path], value))}"
        if saved.values[path] is None:
            self.app.tell(f"{words} again, and no longer in your file", "good")
        elif path in saved.hidden:
            stronger = saved.hidden[path]
            self.app.tell(f"Saved {words}, but {stronger} is stronger at the next start", "warning")
        elif at_once(path, value):
            self.app.tell(f"Saved {words}", "good")
        else:
            self.app.tell(f"Saved {words}, in force at the next start", "good")


SCREEN = SettingsScreen
