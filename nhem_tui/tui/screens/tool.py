"""What every screen besides the dashboard has: state on top, the last event, keys, a way back."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError
from nhem_tui.tui import panels
from nhem_tui.tui.actions import Needs, why_not
from nhem_tui.tui.facts import gather
from nhem_tui.tui.widgets.keybar import KeyBar
from nhem_tui.tui.widgets.textpane import TextPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from nhem_tui.tui.app import NhemApp

Reply = TypeVar("Reply")

REFRESH = 0.25
"""Seconds between refreshes of the state on top."""


class ToolScreen(Screen[None]):
    """A full screen over the dashboard; ``escape`` goes back, monitoring never stops.

    A subclass composes its body in `compose_body` and may override `refresh_body`, which runs four
    times a second while the screen is on top.
    """

    app: NhemApp

    TITLE_WORDS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="tool.back"),
        Binding("question_mark,f1", "screen_help", "Help", id="tool.help", show=False),
        Binding("ctrl+l", "app.redraw", "Redraw", id="tool.redraw", show=False),
    ]

    def compose(self) -> ComposeResult:
        """State line, body, event line, footer."""
        yield TextPane(id="top")
        with Vertical(id="body"):
            yield from self.compose_body()
        yield TextPane(id="event")
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """The widgets of this screen."""
        yield Widget()

    def on_mount(self) -> None:
        """Title the body and keep the state on top fresh."""
        self.add_class("tool")
        self.query_one("#body").border_title = f" {self.TITLE_WORDS} "
        self.set_interval(REFRESH, self._refresh)
        self.call_after_refresh(self._refresh)

    def _refresh(self) -> None:
        if not self.is_current or not self.app.may_paint:
            return
        width = self.size.width
        self.query_one("#top", TextPane).show([panels.top_row(gather(self.app), width)])
        last = self.app.monitor.journal.last
        self.query_one("#event", TextPane).show([panels.event_row(last, max(width - 2, 0))])
        self.refresh_body()

    def refresh_body(self) -> None:
        """Write what moves by itself."""

    # --- the server -----------------------------------------------------------------------------

    @property
    def client(self) -> BackendClient | None:
        """The server, None in a replay."""
        return self.app.context.client

    def reason(self, needs: Needs) -> str | None:
        """Why something with these needs cannot be done now; None when it can."""
        context = self.app.context
        return why_not(
            needs,
            linked=self.app.monitor.session.snapshot.link == "up",
            read_only=context.read_only,
            replay=context.replay,
            frozen=False,
        )

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

        The screen stays usable and can be left meanwhile; an error is said on the event line.

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
        body = self.query_one("#body")
        body.border_title = f" {self.TITLE_WORDS} · {words} … "
        try:
            reply = await request(client)
        except BackendError as error:
            self.app.tell(f"{words}: {error.kind} · {error.text}", "error")
            if failed is not None:
                failed(error)
        else:
            then(reply)
        finally:
            body.border_title = f" {self.TITLE_WORDS} "

    def action_back(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    def action_screen_help(self) -> None:
        """All keys."""
        from nhem_tui.tui.screens.help import Help

        self.app.push_screen(Help())
