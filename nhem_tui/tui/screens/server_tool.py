"""What screens share that read something from the server and change it there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Final, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, ServerFault
from nhem_tui.stream import events as ev
from nhem_tui.tui import password
from nhem_tui.tui.cells import paragraph
from nhem_tui.tui.needs import Needs
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.textpane import TextPane
from nhem_tui.tui.words import error_words

Reply = TypeVar("Reply")

SERVER: Final = Needs.LINK | Needs.WRITE | Needs.PASSWORD
"""What a change of the server needs."""

LOW: Final = 20
"""Lines of the terminal below which no line is left blank for the reason."""

MOST: Final = 3
"""Lines for the reason why something cannot be done."""


class ServerTool(ToolScreen):
    """Reads when the server can be reached, and says why something cannot be done.

    A subclass names the actions that need something in `NEEDS`; those that cannot run are grey, and
    their keys say why. It reads in `read` and changes by `change`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "read",
            "Read again",
            id="tool.read",
            tooltip="Read again, or try the server again while it cannot be reached.",
        ),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = {}
    READS: ClassVar[Needs] = Needs.LINK
    """What reading needs."""

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._told: ev.Parameters | None = None
        self._greys: tuple[str | None, ...] = ()

    def compose_body(self) -> ComposeResult:
        """The tool, and lines that say why something is grey."""
        yield from self.compose_tool()
        yield TextPane(id="why")

    def compose_tool(self) -> ComposeResult:
        """The widgets of the tool."""
        yield Widget()

    def read(self) -> None:
        """Ask the server for what this screen shows."""

    def refresh_body(self) -> None:
        """Read as soon as the server can be reached; keep what is grey up to date.

        And read again when it is learnt that anybody has changed something.
        """
        ready = self.client is not None and self.reason(self.READS) is None
        told = self.app.monitor.standing.parameters
        if ready and not (self._ready and told is self._told):
            self.read()
        self._ready, self._told = ready, told
        greys = tuple(self.why_not(action) for action in self.NEEDS)
        if greys != self._greys:
            self._greys = greys
            self.refresh_bindings()
        pane, why = self.query_one("#why", TextPane), self.why_line()
        rows = paragraph(why, "warning", pane.content_size.width, most=MOST)
        pane.show(rows if why or self.size.height >= LOW else [])

    def tell_taken_up(self, discard: str) -> None:
        """Say that what was left unsent is here; `discard` is the binding that drops it."""
        self.app.tell(f"What was not applied is here again; {self.key(discard)} discards it")

    # --- what cannot be done --------------------------------------------------------------------

    def why_not(self, action: str) -> str | None:
        """Why `action` cannot run now; None when it can."""
        changing = self.app.context.kept.changing
        if changing and Needs.WRITE in self.NEEDS[action]:
            return f"{changing}: wait until it is done."
        return self.reason(self.NEEDS[action])

    def why_line(self) -> str:
        """What stands below the tool while something cannot be done."""
        wanted = Needs.NOTHING
        for needs in self.NEEDS.values():
            wanted |= needs
        return self.reason(wanted) or ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what cannot run."""
        return None if action in self.NEEDS and self.why_not(action) else True

    def on_key(self, event: events.Key) -> None:
        """Say why a grey key does nothing."""
        for _, binding, enabled, _ in self.active_bindings.values():
            if binding.key == event.key and not enabled and binding.action in self.NEEDS:
                self.app.tell(self.why_not(binding.action) or "", "warning")

    # --- the server -----------------------------------------------------------------------------

    def action_read(self) -> None:
        """Read again, or try the server again while it cannot be reached."""
        if self.client is not None and self.reason(Needs.LINK) is None:
            password.note(self.app, None)  # the server decides anew
            self.read()
        else:
            self.app.retry()

    def change(
        self,
        words: str,
        request: Callable[[BackendClient], Awaitable[Reply]],
        conclude: Callable[[Reply], None],
        *,
        then: Callable[[Reply], None] | None = None,
        failed: Callable[[BackendError], None] | None = None,
        needs: Needs = SERVER,
        offer: bool = True,
    ) -> None:
        """Change the server. The work goes on when the screen is left, and so does what it is for.

        Args:
            words: what is done.
            request: the calls.
            conclude: takes the reply whatever became of the screen: compares, tells, remembers.
            then: shows the reply while the screen is open; comes first.
            failed: takes the error whatever became of the screen, after it was said.
            needs: what must be true.
            offer: offer to reload the configuration of a server that can save nothing any more.
        """
        client = self.client
        if (why := self.reason(needs)) is not None or client is None:
            self.app.tell(why or "There is no server.", "warning")
            return

        async def work() -> None:
            self.app.monitor.note_change()
            try:
                with self._changing(words):
                    reply = await request(client)
            except BackendError as error:
                password.note(self.app, error)
                self.app.tell(f"{words}: {error_words(error.kind, error.text)}", "error")
                if failed is not None:
                    failed(error)
                if offer and cannot_save(error) and self.is_active:  # no question lies over it
                    self.offer_reload()
            else:
                if Needs.PASSWORD in needs:
                    password.note(self.app, None)
                if then is not None and self.is_open:
                    then(reply)
                conclude(reply)
                self.app.monitor.note_change()
                self.app.context.source.retry_now()  # for who records and exports the parameters

        kept = self.app.context.kept  # now: the next key may come before the work begins
        kept.changing, kept.since = words, self.app.context.clock.monotonic()
        # Of the app: a request must not be cut off half-way only because its screen was closed.
        self.app.run_worker(work(), group="change", exclusive=False)

    @contextmanager
    def _changing(self, words: str) -> Iterator[None]:
        """Say what is being changed as long as that lasts."""
        self.title_body(f"{words} …")
        try:
            yield
        finally:
            self.app.context.kept.changing = ""
            if self.is_open:
                self.title_body()

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
        self.change(
            "Reloading the server's configuration",
            lambda client: client.reload_config(),
            lambda _: self.app.tell("The server has read its configuration file again", "good"),
            then=lambda _: self.read(),
            offer=False,
        )


def cannot_save(error: BackendError) -> bool:
    """Tell whether the server failed because its configuration cannot be saved (contract §9)."""
    return isinstance(error, ServerFault) and error.status == 500 and error.code != "INTERNAL_ERROR"
