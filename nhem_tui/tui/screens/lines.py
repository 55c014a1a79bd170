"""Line intersection: whether it is on, its settings, what it finds live and by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, RouteMissing
from nhem_tui.backend.line_types import LineDetection, LineResult, LineState
from nhem_tui.backend.roi import Roi
from nhem_tui.tui import line_results, line_settings
from nhem_tui.tui.kept import Outcome
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.needs import Needs
from nhem_tui.tui.private_file import read_named
from nhem_tui.tui.roi_map import Finding
from nhem_tui.tui.saving import save_stamped
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.differences import Differences
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.server_tool import SERVER, ServerTool
from nhem_tui.tui.setting_rows import fit
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.textpane import TextPane

NAME_WIDTH: Final = 26
VALUE_WIDTH: Final = 14

SHORTEST: Final = 20
"""Cells below which it is not said what a setting may be."""

LIVE_EVERY: Final = 1.0
"""Seconds between looks at what line detection finds in live data."""

PICTURE_RATE: Final = 1.0
"""Pictures a second."""

RUNNING: Final = "Running line detection"

WARNING: Final = (
    "The server stops for up to 8 s: no client gets data meanwhile, and this one may say that the "
    "connection is lost. It also puts a sample of another kind into the ROI history. With the "
    "OpenCV versions seen so far every run failed."
)


class LineIntersection(ServerTool):
    """State, settings and results, all as the server says them."""

    CSS_PATH = "lines.tcss"
    TITLE_WORDS = "Line intersection"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "enable", "Enable", id="lines.enable", tooltip="Switch it on."),
        Binding("n", "disable", "Disable", id="lines.disable", tooltip="Switch it off."),
        Binding(
            "e", "edit", "Change", id="lines.edit", tooltip="Write another value of a setting."
        ),
        Binding(
            "D",
            "defaults",
            "Defaults",
            id="lines.defaults",
            tooltip="Back to the server's defaults, which switches it off (asks first).",
        ),
        Binding(
            "m",
            "run",
            "Run once",
            id="lines.run",
            tooltip="Detect once in the ROI; stops the server for up to 8 s (asks first).",
        ),
        Binding(
            "x",
            "export",
            "Export",
            id="lines.export",
            tooltip="Write the settings to a new JSON file in the folder for exports.",
        ),
        Binding(
            "i",
            "import",
            "Import",
            id="lines.import",
            tooltip="Read settings from a file and show what they would change.",
        ),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = dict.fromkeys(
        ("enable", "disable", "edit", "defaults", "run", "import"), SERVER
    )
    AUTO_FOCUS = "#list"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-roomy"), (150, "-broad")]

    def __init__(self) -> None:
        super().__init__()
        self._state: LineState | None = None
        self._region: Roi | None = None
        self._missing = False
        self._live: tuple[str, Severity] = ("not asked yet", "info")
        self._asking = False
        self._chosen = ""

    def compose_tool(self) -> ComposeResult:
        """The state, the settings beside the picture, the last results."""
        yield TextPane(id="state")
        with Horizontal(id="middle"):
            yield OptionList(
                *(Option(name, id=name) for name in line_settings.NAMES),
                id="list",
                compact=True,
                markup=False,
            )
            yield RoiPicture(id="picture", snug=True)
        yield TextPane(id="results")

    def on_mount(self) -> None:
        """Look at live data now and then."""
        self.set_interval(LIVE_EVERY, self.look)

    def on_screen_resume(self) -> None:
        """Have pictures fetched while they can be seen."""
        self.app.show_pictures(PICTURE_RATE)

    def on_resize(self) -> None:
        """Fit the rows."""
        self.call_after_refresh(self._write_rows)

    # --- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        """Read state and settings, and where ROI 1 lies."""
        self.ask("Reading the state of line detection", _read, self._show, failed=self._unread)
        self.ask("Reading the ROI", BackendClient.roi, lambda reply: self._place(reply.config))

    def _show(self, state: LineState) -> None:
        self._state, self._missing = state, False
        if not state.enabled:
            self._draw(None)
        self._write_rows()
        self.update_body()

    def _unread(self, error: BackendError) -> None:
        self._missing = isinstance(error, RouteMissing)
        self.update_body()

    def _place(self, region: Roi) -> None:
        self._region = region
        self.query_one(RoiPicture).place(region)

    def _write_rows(self) -> None:
        if self.is_open:
            options = self.query_one("#list", OptionList)
            for name in line_settings.NAMES:
                options.replace_option_prompt(name, self._row(name))

    def _row(self, name: str) -> Content:
        width = self.query_one("#list").scrollable_content_region.width
        value = None if self._state is None else self._state.config.get(name)
        name_width = min(NAME_WIDTH, width - VALUE_WIDTH)
        room = width - name_width - VALUE_WIDTH - 2
        allowed = fit(line_settings.range_words(name), room) if room >= SHORTEST else ""
        return Content.assemble(
            fit(name, name_width),
            fit(line_settings.shown(value), VALUE_WIDTH),
            (f"  {allowed}", "" if name == self._chosen else "dim") if allowed else "",
        )

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        before, self._chosen = self._chosen, event.option_id or ""
        for name in {before, self._chosen} - {""} if self.is_open else ():
            event.option_list.replace_option_prompt(name, self._row(name))

    # --- live data ------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask what live data shows, while there can be any."""
        snapshot = self.app.monitor.session.snapshot
        on = self._state is not None and self._state.enabled
        running = snapshot.link == "up" and snapshot.state == "running"
        if on and running and self.is_active and not self._asking and self.client is not None:
            self._ask_for_live_data(self.client)

    @work(group="live", exclusive=True)
    async def _ask_for_live_data(self, client: BackendClient) -> None:
        """Ask what line detection finds in live data; a slow answer is waited for."""
        self._asking = True
        try:
            result = (await client.enhanced_realtime(lines=True)).line_intersection
        except BackendError as error:
            self._live = f"{error.kind} · {error.text}", "error"
            self._draw(None)
        else:
            self._live = line_results.live(result)
            self._draw(result)
        finally:
            self._asking = False

    def _draw(self, result: LineResult | None) -> None:
        """Draw what was found over the picture; None for nothing."""
        finding = None
        if self._region is not None and result is not None:
            strokes, crossing = line_results.strokes(result), line_results.crossing(result)
            finding = Finding(strokes, crossing, self._region.width, self._region.height)
        if self.is_open:
            self.query_one(RoiPicture).mark(finding)

    # --- what is said ---------------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """A server without line detection has nothing to change."""
        if self._missing:
            return "This server has no line detection."
        why = super().why_not(action)
        if why is None and self._state is None:
            again = self.key("tool.read")
            return f"The state of line detection is not known yet; {again} reads it again."
        return why

    def why_line(self) -> str:
        """Also that the server has no such thing."""
        return "This server has no line detection." if self._missing else super().why_line()

    def refresh_body(self) -> None:
        """Write the state, the picture and the results."""
        super().refresh_body()
        self.query_one(RoiPicture).show(self.app.monitor.pictures)
        pane, results = self.query_one("#state", TextPane), self.query_one("#results", TextPane)
        pane.show(line_results.state_rows(self._state, self._live, pane.content_size.width))
        rows = line_results.outcome_rows(
            self.app.context.kept.outcomes, self._lasts(), results.content_size.width
        )
        results.show(rows[-max(1, self.size.height // 4 - 3) :])

    def _lasts(self) -> float | None:
        """Seconds since a run began, also before this screen was opened; None without one."""
        kept, clock = self.app.context.kept, self.app.context.clock
        return clock.monotonic() - kept.since if kept.changing == RUNNING else None

    # --- on and off -----------------------------------------------------------------------------

    def action_enable(self) -> None:
        """Switch it on."""
        self._switch(on=True)

    def action_disable(self) -> None:
        """Switch it off."""
        self._switch(on=False)

    def _switch(self, *, on: bool) -> None:
        async def switch(client: BackendClient) -> LineState:
            await (client.enable_lines() if on else client.disable_lines())
            return await _read(client)

        self.change(
            f"Switching line detection {'on' if on else 'off'}",
            switch,
            lambda found: self.app.tell(*line_results.switched(found, on=on)),
            then=self._show,
        )

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
            self._write(answer.value)

    def _write(self, sent: Mapping[str, float]) -> None:
        async def write(client: BackendClient) -> LineState:
            await client.set_line_config(sent)
            return await _read(client)

        self.change(
            "Writing the settings",
            write,
            lambda found: self.app.tell(*line_results.written(sent, found)),
            then=self._show,
        )

    @work(group="question", exclusive=True)
    async def action_defaults(self) -> None:
        """Ask, and let the server go back to its defaults."""
        question = Confirm(
            "Set line detection back to the server's defaults?",
            "All its settings change, and it is switched off.",
            yes="Reset",
        )
        if not await self.app.push_screen_wait(question):
            return

        async def reset(client: BackendClient) -> LineState:
            await client.reset_line_config()
            return await _read(client)

        self.change(
            "Resetting line detection",
            reset,
            lambda found: self.app.tell(line_results.reset(found), "good"),
            then=self._show,
        )

    # --- files ----------------------------------------------------------------------------------

    @work(group="save", exclusive=True)
    async def action_export(self) -> None:
        """Write the settings to a new file."""
        if self._state is None:
            self.app.tell("The settings are not known yet.", "warning")
            return
        content = line_settings.document(self._state.config)
        now = self.app.context.clock.wall()
        await save_stamped(self.app, "nhem-lines", now, ".json", content)

    @work(group="question", exclusive=True)
    async def action_import(self) -> None:
        """Ask for a file, show what it would change, and send it."""
        prompt = Prompt(
            "Settings from which file?",
            "As an export writes it, of line detection or of the whole configuration. Whether "
            "detection is on stays as it is.",
            check=lambda text: line_settings.read_document(read_named(text)),
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is None or self._state is None:
            return
        sent: dict[str, float] = answer.value
        changes = line_settings.changes(sent, self._state.config)
        if not changes:
            self.app.tell("Nothing in it differs, nothing was sent", "good")
        elif await self.app.push_screen_wait(Differences("Settings that would change", changes)):
            self._write(sent)

    # --- a run ----------------------------------------------------------------------------------

    @work(group="question", exclusive=True)
    async def action_run(self) -> None:
        """Warn, and let the server detect once in its ROI."""
        question = Confirm("Run line detection once?", WARNING, yes="Run")
        if not await self.app.push_screen_wait(question):
            return

        async def run(client: BackendClient) -> LineDetection:
            return await client.detect_lines(roi=(await client.roi()).config)

        def conclude(reply: LineDetection) -> None:
            text, severity = line_results.outcome(reply)
            self._remember(text, severity)
            self.app.tell(text, severity)

        self.change(
            RUNNING,
            run,
            conclude,
            then=lambda reply: self._draw(reply.result),
            failed=lambda error: self._remember(f"{error.kind} · {error.text}", "error"),
            offer=False,
        )

    def _remember(self, text: str, severity: Severity) -> None:
        now = self.app.context.clock.wall()
        self.app.context.kept.outcomes.append(Outcome(now, text, severity))
        self.update_body()


async def _read(client: BackendClient) -> LineState:
    return (await client.line_status()).data


SCREEN = LineIntersection
