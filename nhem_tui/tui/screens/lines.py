"""Line intersection: whether it is on, its settings, and one run by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rich.cells import set_cell_size
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, RouteMissing
from nhem_tui.backend.line_types import LineDetection, LineState
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.tui import line_settings, words
from nhem_tui.tui.actions import Needs
from nhem_tui.tui.cells import Part, line
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.server_tool import SERVER, ServerTool
from nhem_tui.tui.widgets.textpane import TextPane

NAME_WIDTH: Final = 26
VALUE_WIDTH: Final = 14

WARNING: Final = (
    "The server stops for up to 8 s: no client gets data meanwhile, and this one may say that the "
    "connection is lost. It also puts a sample of another kind into the ROI history. With the "
    "OpenCV versions seen so far every run failed."
)


class LineIntersection(ServerTool):
    """State, settings and result, all as the server says them."""

    CSS_PATH = "lines.tcss"
    TITLE_WORDS = "Line intersection"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "enable", "Enable", id="lines.enable"),
        Binding("n", "disable", "Disable", id="lines.disable"),
        Binding("e", "edit", "Change", id="lines.edit"),
        Binding("D", "defaults", "Defaults", id="lines.defaults"),
        Binding("m", "run", "Run once", id="lines.run"),
        Binding("r", "read", "Read", id="lines.read"),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = dict.fromkeys(
        ("enable", "disable", "edit", "defaults", "run"), SERVER
    )
    AUTO_FOCUS = "#list"

    def __init__(self) -> None:
        super().__init__()
        self._state: LineState | None = None
        self._missing = False
        self._result: tuple[str, Severity] | None = None
        self._began: float | None = None
        """Monotonic seconds since when a run lasts."""

    def compose_tool(self) -> ComposeResult:
        """The state, the settings, the last result."""
        yield TextPane(id="state")
        yield OptionList(
            *(Option(self._row(name, None), id=name) for name in line_settings.NAMES),
            id="list",
            compact=True,
            markup=False,
        )
        yield TextPane(id="result")

    # --- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        """Read state and settings."""
        self.ask("Reading the state of line detection", _read, self._show, failed=self._unread)

    def _show(self, state: LineState) -> None:
        self._state, self._missing = state, False
        options = self.query_one("#list", OptionList)
        for name in line_settings.NAMES:
            options.replace_option_prompt(name, self._row(name, state.config.get(name)))
        self.refresh_body()

    def _unread(self, error: BackendError) -> None:
        self._missing = isinstance(error, RouteMissing)
        self.refresh_body()

    @staticmethod
    def _row(name: str, value: object) -> Content:
        return Content.assemble(
            set_cell_size(name, NAME_WIDTH),
            set_cell_size(line_settings.shown(value), VALUE_WIDTH),
            (f"  {line_settings.range_words(name)}", "dim"),
        )

    # --- what is said ---------------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """A server without line detection has nothing to change."""
        if self._missing:
            return "This server has no line detection."
        why = super().why_not(action)
        if why is None and self._state is None:
            return "The state of line detection is not known yet; r reads it again."
        return why

    def why_line(self) -> str:
        """Also that the server has no such thing."""
        return "This server has no line detection." if self._missing else super().why_line()

    def refresh_body(self) -> None:
        """Write the state, and how long a run lasts."""
        super().refresh_body()
        for name, parts in (("#state", self._state_parts()), ("#result", self._result_parts())):
            pane = self.query_one(name, TextPane)
            pane.show([line(parts, pane.content_size.width)])

    def _state_parts(self) -> list[Part]:
        if self._state is None:
            return [("Detection  not known", "muted")]
        parts: list[Part] = [("Detection  ", "muted")]
        parts.append(("● on", "good") if self._state.enabled else ("■ off", "warning"))
        parts.append((f"   {clean_text(self._state.status, 40)}", "muted"))
        return parts

    def _result_parts(self) -> list[Part]:
        if self._began is not None:
            lasted = self.app.context.clock.monotonic() - self._began
            text = f"Running for {words.span(lasted)}; the screen can be left meanwhile"
            return [(text, "accent")]
        if self._result is None:
            return [("No run by this client yet", "muted")]
        text, severity = self._result
        return [(text, "text" if severity == "info" else severity)]

    # --- on and off -----------------------------------------------------------------------------

    def action_enable(self) -> None:
        """Switch it on."""

        async def enable(client: BackendClient) -> LineState:
            await client.enable_lines()
            return await _read(client)

        self.change("Switching line detection on", enable, lambda found: self._took(found, on=True))

    def action_disable(self) -> None:
        """Switch it off."""

        async def disable(client: BackendClient) -> LineState:
            await client.disable_lines()
            return await _read(client)

        self.change(
            "Switching line detection off", disable, lambda found: self._took(found, on=False)
        )

    def _took(self, found: LineState, *, on: bool) -> None:
        self._show(found)
        word = "on" if found.enabled else "off"
        if found.enabled == on:
            self.app.tell(f"Line detection is {word} (read back)", "good")
        else:
            self.app.tell(f"The server said yes, but line detection is {word}", "warning")

    # --- settings -------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        if (why := self.why_not("edit")) is not None:
            self.app.tell(why, "warning")
        else:
            self.action_edit()

    @work(group="question", exclusive=True)
    async def action_edit(self) -> None:
        """Ask for another value of the setting under the cursor and write it."""
        option = self.query_one("#list", OptionList).highlighted_option
        if option is None or option.id is None or self._state is None:
            return
        name, config = option.id, self._state.config
        now = line_settings.shown(config.get(name))
        prompt = Prompt(
            name,
            f"Now {now}. It must be {line_settings.range_words(name)}.",
            check=lambda text: line_settings.parse(name, text, config),
            text="" if config.get(name) is None else now,
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is not None:
            sent: dict[str, float] = answer.value

            async def write(client: BackendClient) -> LineState:
                await client.set_line_config(sent)
                return await _read(client)

            self.change("Writing the setting", write, lambda found: self._written(sent, found))

    def _written(self, sent: Mapping[str, Any], found: LineState) -> None:
        self._show(found)
        if differing := line_settings.differences(sent, found.config):
            self.app.tell(f"The server said yes, but {differing}", "warning")
        else:
            listed = ", ".join(
                f"{name} {line_settings.shown(value)}" for name, value in sent.items()
            )
            self.app.tell(f"Applied: {listed} (read back)", "good")

    @work(group="question", exclusive=True)
    async def action_defaults(self) -> None:
        """Ask, and let the server go back to its defaults."""
        question = Confirm(
            "Set line detection back to the server's defaults?",
            "All its settings change, and it is switched off.",
            yes="Reset",
        )
        if await self.app.push_screen_wait(question):

            async def reset(client: BackendClient) -> LineState:
                await client.reset_line_config()
                return await _read(client)

            self.change("Resetting line detection", reset, self._reset)

    def _reset(self, found: LineState) -> None:
        self._show(found)
        word = "on" if found.enabled else "off"
        self.app.tell(f"Line detection has its default settings and is {word}", "good")

    # --- a run ----------------------------------------------------------------------------------

    @work(group="question", exclusive=True)
    async def action_run(self) -> None:
        """Warn, and let the server detect once in its ROI."""
        question = Confirm("Run line detection once?", WARNING, yes="Run")
        if not await self.app.push_screen_wait(question):
            return
        self._began = self.app.context.clock.monotonic()

        async def run(client: BackendClient) -> LineDetection:
            reply = await client.detect_lines(roi=(await client.roi()).config)
            self.app.tell(*line_settings.outcome(reply))
            return reply

        self.change("Running line detection", run, self._ran, failed=self._failed, offer=False)

    def _ran(self, reply: LineDetection) -> None:
        self._began, self._result = None, line_settings.outcome(reply)
        self.refresh_body()

    def _failed(self, error: BackendError) -> None:
        self._began, self._result = None, (f"{error.kind} · {error.text}", "error")
        self.refresh_body()


async def _read(client: BackendClient) -> LineState:
    return (await client.line_status()).data


SCREEN = LineIntersection
