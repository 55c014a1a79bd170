"""What every screen besides the dashboard has: state on top, the last event, keys, a way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.tui import panels, password
from nhem_tui.tui.entry_rows import entry_rows
from nhem_tui.tui.facts import gather
from nhem_tui.tui.keynames import bindings_of, key_of
from nhem_tui.tui.needs import Needs, why_not
from nhem_tui.tui.screens.fitting import Fitting
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.textpane import TextPane
from nhem_tui.tui.words import error_words

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp

Reply = TypeVar("Reply")

SAME: Final = {"link.retry": "tool.read", "link.password": "tool.password"}
"""Bindings of these screens that do what an action of the dashboard does."""

REFRESH = 0.25
"""Seconds between refreshes of the state on top."""


class ToolScreen(Fitting[None]):
    """A full screen over the dashboard; ``escape`` goes back, monitoring never stops.

    A subclass composes its body in `compose_body` and may override `refresh_body`, which runs four
    times a second while the screen is on top. What else changes the body calls `update_body`.
    """

    app: NhemApp

    TITLE_WORDS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Back",
            id="tool.back",
            tooltip="Out of a field, else back to where you came from; what is done goes on.",
        ),
        Binding("question_mark,f1", "screen_help", "Help", id="tool.help", tooltip="All keys."),
        Binding(
            "K",
            "password",
            "Password",
            id="tool.password",
            show=False,
            tooltip="Type the server's password; it is in force at once.",
        ),
        Binding(
            "ctrl+l",
            "app.redraw",
            "Redraw",
            id="tool.redraw",
            show=False,
            tooltip="Paint the whole screen again.",
        ),
    ]

    def compose(self) -> ComposeResult:
        """State line, body, event line, keys."""
        yield TextPane(id="top")
        with Vertical(id="body"):
            yield from self.compose_body()
        yield TextPane(id="event")
        yield KeyBar(label=self._label)

    def _label(self, binding: Binding) -> str:
        """The word for what a key does now: escape first leaves a field."""
        leaves = binding.id == "tool.back" and isinstance(self.focused, Input)
        return "Leave field" if leaves else binding.description

    def compose_body(self) -> ComposeResult:
        """The widgets of this screen."""
        yield Widget()

    def on_mount(self) -> None:
        """Title the body and keep the state on top fresh."""
        self.add_class("tool")
        self.title_body()
        self.set_interval(REFRESH, self.refresh_state)
        self.call_after_refresh(self.refresh_state)

    def on_screen_resume(self) -> None:
        """Catch up with what came while another screen was on top."""
        self.call_after_refresh(self.refresh_state)

    @property
    def is_open(self) -> bool:
        """The screen can be written on: once it is left, its widgets go."""
        app = self.app
        return self.is_mounted and app.is_running and self in app.screen_stack

    def refresh_state(self) -> None:
        """Write everything that moves, if it can be seen."""
        if not self.in_sight or not self.is_mounted or not self.app.may_paint:
            return
        width = self.size.width
        self.query_one("#top", TextPane).show([panels.top_row(gather(self.app), width)])
        self._show_event()
        if self.is_active:
            self.refresh_body()

    def _show_event(self) -> None:
        pane, context = self.query_one("#event", TextPane), self.app.context
        last = self.app.monitor.journal.last_for(context.clock.wall(), peaks=False)
        width = pane.content_size.width
        if last is None or width <= 0:
            pane.show([panels.event_row(last, width)])
        else:
            pane.show(entry_rows(last, width, most=max(1, min(3, self.size.height // 7))))

    def refresh_body(self) -> None:
        """Write what moves by itself."""

    def update_body(self) -> None:
        """Write the body anew because something else changed, unless the screen is being left."""
        if self.is_open:
            self.refresh_body()

    def title_body(self, words: str = "") -> None:
        """Write what the screen is, and what else there is to say of it."""
        more = f" · {words}" if words else ""
        title = Content(f" {self.TITLE_WORDS}{more} ")  # it may quote what was typed
        self.query_one("#body").border_title = title.markup

    # --- keys -----------------------------------------------------------------------------------

    def key(self, binding_id: str) -> str:
        """The key of one of this screen's bindings, as it is printed on a keyboard."""
        return key_of(type(self), binding_id, self.app.settings.keys)

    def key_of_action(self, action_id: str) -> str:
        """The key that does here what an action of the dashboard does there."""
        here = SAME[action_id]
        if any(binding.id == here for binding in bindings_of(type(self))):
            return self.key(here)
        return self.app.key_of(action_id)

    def action_back(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    def action_screen_help(self) -> None:
        """The keys of this screen, and all others."""
        from nhem_tui.tui.screens.help import Help

        self.app.push_screen(Help())

    @work(group="question", exclusive=True)
    async def action_password(self) -> None:
        """Ask for another password."""
        await password.ask(self.app)

    # --- the server -----------------------------------------------------------------------------

    @property
    def client(self) -> BackendClient | None:
        """The server, None in a replay."""
        return self.app.context.client

    def reason(self, needs: Needs) -> str | None:
        """Why something with these needs cannot be done now; None when it can."""
        return why_not(self.app, needs, self.key_of_action)

    @work(group="ask", exclusive=False)
    async def ask(
        self,
        words: str,
        request: Callable[[BackendClient], Awaitable[Reply]],
        then: Callable[[Reply], None],
        *,
        failed: Callable[[BackendError], None] | None = None,
        needs: Needs = Needs.LINK,
    ) -> None:
        """Ask the server in the background and go on with its answer.

        The screen stays usable and can be left meanwhile: then nobody waits for the answer any
        more. An error is said on the event line.

        Args:
            words: what is done, e.g. ``Reading the ROI``; said while it lasts.
            request: the call.
            then: takes the reply, on this screen's own loop.
            failed: takes the error, after it was said.
            needs: what must be true; the reason is said when it is not.
        """
        why, client = self.reason(needs), self.client
        if why is not None or client is None:
            self.app.tell(why or "There is no server.", "warning")
            return
        self.title_body(f"{words} …")
        try:
            reply = await request(client)
        except BackendError as error:
            password.note(self.app, error)
            if self.is_open:
                self.app.tell(f"{words}: {error_words(error.kind, error.text)}", "error")
                if failed is not None:
                    failed(error)
        else:
            if Needs.PASSWORD in needs:
                password.note(self.app, None)
            if self.is_open:
                then(reply)
        finally:
            if self.is_open:
                self.title_body()
