"""What screens share that read something from the server and change it there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, Final, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.widget import Widget

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, ServerFault, Unauthorised
from nhem_tui.tui.actions import Needs
from nhem_tui.tui.cells import line
from nhem_tui.tui.outlast import outlast
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.textpane import TextPane

Reply = TypeVar("Reply")

SERVER: Final = Needs.LINK | Needs.WRITE
"""What a change of the server needs."""


class ServerTool(ToolScreen):
    """Reads when the server can be reached, and says why something cannot be done.

    A subclass names the actions that need something in `NEEDS`; those that cannot run are grey, and
    their keys say why. It reads in `read` and changes by `change`.
    """

    NEEDS: ClassVar[Mapping[str, Needs]] = {}

    def __init__(self) -> None:
        super().__init__()
        self._seen = False
        self._busy = ""
        self._refused = ""
        self._greys: tuple[str | None, ...] = ()

    def compose_body(self) -> ComposeResult:
        """The tool, and a line that says why something is grey."""
        yield from self.compose_tool()
        yield TextPane(id="why")

    def compose_tool(self) -> ComposeResult:
        """The widgets of the tool."""
        yield Widget()

    def read(self) -> None:
        """Ask the server for what this screen shows."""

    def refresh_body(self) -> None:
        """Read as soon as the server can be reached; keep what is grey up to date."""
        linked = self.client is not None and self.reason(Needs.LINK) is None
        if linked and not self._seen:
            self.read()
        self._seen = linked
        greys = tuple(self.why_not(action) for action in self.NEEDS)
        if greys != self._greys:
            self._greys = greys
            self.refresh_bindings()
        pane = self.query_one("#why", TextPane)
        pane.show([line([(self.why_line(), "warning")], pane.content_size.width)])

    # --- what cannot be done --------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """Why `action` cannot run now; None when it can."""
        if self._busy and Needs.WRITE in self.NEEDS[action]:
            return f"{self._busy}: wait until it is done, or leave the screen."
        return self.reason(self.NEEDS[action])

    def why_line(self) -> str:
        """What stands below the tool while something cannot be done."""
        return " ".join(part for part in (self.reason(SERVER), self._refused) if part)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what cannot run."""
        return None if action in self.NEEDS and self.why_not(action) else True

    def on_key(self, event: events.Key) -> None:
        """Say why a grey key does nothing."""
        for _, binding, enabled, _ in self.active_bindings.values():
            if binding.key == event.key and not enabled and binding.action in self.NEEDS:
                self.app.tell(self.why_not(binding.action) or "", "warning")

    def note_refusal(self, error: BackendError) -> None:
        """Keep saying that the password was refused until it is taken."""
        if isinstance(error, Unauthorised):
            self._refused = f"{error.text}; set NHEM_PASSWORD and open the program again."

    # --- the server -----------------------------------------------------------------------------

    def action_read(self) -> None:
        """Read again, or try the server again while it cannot be reached."""
        if self.client is not None and self.reason(Needs.LINK) is None:
            self.read()
        else:
            self.app.context.source.retry_now()

    def change(
        self,
        words: str,
        request: Callable[[BackendClient], Awaitable[Reply]],
        then: Callable[[Reply], None],
        *,
        failed: Callable[[BackendError], None] | None = None,
        offer: bool = True,
    ) -> None:
        """Change the server; the work goes on when the screen is left.

        Args:
            words: what is done.
            request: the calls.
            then: takes the reply while the screen is open.
            failed: takes the error, after it was said.
            offer: offer to reload the configuration of a server that can save nothing any more.
        """
        if (why := self.reason(SERVER)) is not None:
            self.app.tell(why, "warning")
            return

        def done(reply: Reply) -> None:
            self._busy = self._refused = ""
            then(reply)

        def broke(error: BackendError) -> None:
            self._busy = ""
            self.note_refusal(error)
            if failed is not None:
                failed(error)
            if offer and cannot_save(error):
                self.offer_reload()

        self._busy = words
        self.ask(
            words,
            lambda client: outlast(self.app, words, request(client)),
            done,
            failed=broke,
            needs=SERVER,
        )

    @work(group="question", exclusive=True)
    async def offer_reload(self) -> None:
        """Ask whether the server shall read its file again, and let it."""
        question = Confirm(
            "Make the server read its configuration file again?",
            "It cannot save: one bad value in its memory spoils every save until it reads its "
            "file again (/config/reload). What runs keeps its values. The password travels in "
            "the URL of this request.",
            yes="Reload",
        )
        if await self.app.push_screen_wait(question):
            self.reload()

    def reload(self) -> None:
        """Let the server read its file again, then read it from there."""

        def reloaded(_: object) -> None:
            self.app.tell("The server has read its configuration file again", "good")
            self.read()

        self.change(
            "Reloading the server's configuration",
            lambda client: client.reload_config(),
            reloaded,
            offer=False,
        )


def cannot_save(error: BackendError) -> bool:
    """Tell whether the server failed because its configuration cannot be saved (contract §9)."""
    return isinstance(error, ServerFault) and error.status == 500 and error.code != "INTERNAL_ERROR"
