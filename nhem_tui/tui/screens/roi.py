"""The region of interest: its live picture, its edges, its rates."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from nhem_tui.backend import limits
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import BackendError, ServerFault
from nhem_tui.backend.roi import Roi
from nhem_tui.tui import roi_words
from nhem_tui.tui.actions import Needs
from nhem_tui.tui.cells import Part, TextRow, line
from nhem_tui.tui.roi_draft import CORNERS, STEPS, Draft, read_corner, read_whole
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.tool import ToolScreen
from nhem_tui.tui.widgets.number import NumberRow
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.textpane import TextPane

PICTURE_RATE: Final = 2.0
"""Pictures a second; the server itself seldom takes more."""

_WRITE: Final = Needs.LINK | Needs.WRITE
_WRITING: Final = frozenset({"apply", "undo"})

_CURE: Final = (
    "One bad value keeps the server from saving anything (a ROI frame rate above 30 does that). "
    "Reading its configuration file again cures it: changes that never reached the file are "
    "forgotten, detection goes on. The password travels in the address of this request."
)


class RoiScreen(ToolScreen):
    """Edits a draft, which the server sees only when it is applied."""

    CSS_PATH = "roi.tcss"
    TITLE_WORDS = "ROI"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,enter", "apply", "Apply", id="roi.apply"),
        Binding("u", "undo", "Undo", id="roi.undo"),
        Binding("d", "discard", "Discard", id="roi.discard"),
        Binding("s", "step", "Step", id="roi.step"),
        Binding("r", "read", "Read again", id="roi.read"),
        *(
            Binding(f"{shift}{key}", f"{verb}({dx}, {dy})", show=False, id=f"roi.{verb}_{key}")
            for shift, verb in (("", "move"), ("shift+", "resize"))
            for key, dx, dy in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
        ),
    ]
    AUTO_FOCUS = "#picture"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-roomy")]

    def __init__(self) -> None:
        super().__init__()
        self._applied: Roi | None = None
        self._former: list[Roi] = []
        self._step = STEPS[0]
        self._asked = False
        self._applying = False
        self._applied_at: float | None = None
        self._writable: bool | None = None

    def compose_body(self) -> ComposeResult:
        """The picture, and beside it the numbers."""
        picture = RoiPicture(id="picture")
        picture.can_focus = True
        rate = partial(read_whole, limit=limits.ROI_FRAME_RATE)
        fps = partial(read_whole, limit=limits.FPS)
        with Horizontal():
            yield picture
            with VerticalScroll(id="panel", can_focus=False):
                yield TextPane(id="heads")
                for name in CORNERS:
                    yield NumberRow(name, partial(read_corner, name), id=name)
                yield TextPane(id="sizes")
                yield NumberRow("ROI rate", rate, id="rate")
                yield NumberRow("Data rate", fps, id="fps")
                yield TextPane(id="notes")

    def on_mount(self) -> None:
        """Propose the ROI of the settings until the server's own is read."""
        super().on_mount()
        proposed = self.app.context.settings.roi
        self._write(
            Draft.of(
                Roi(
                    proposed.default_x1,
                    proposed.default_y1,
                    proposed.default_x2,
                    proposed.default_y2,
                )
            )
        )
        self._set_step(STEPS[0])

    def on_screen_resume(self) -> None:
        """Have pictures fetched while they can be seen."""
        off = self.app.context.settings.display.image == "off"
        self.app.context.source.want_pictures(0 if off else PICTURE_RATE)

    def action_back(self) -> None:
        """Out of a field to the picture, from there back to the dashboard."""
        if isinstance(self.focused, Input):
            self.query_one(RoiPicture).focus()
            return
        self.app.context.source.want_pictures(0)
        super().action_back()

    # --- what is shown --------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What the fields say."""
        return Draft(*(self.query_one(f"#{name}", Input).value for name in CORNERS))

    def refresh_body(self) -> None:
        """Show the newest picture and what there is to say; read the server once it is there."""
        if self.reason(Needs.LINK) is not None:
            self._asked = False
        elif not self._asked:
            self.action_read()
        writable = self.reason(_WRITE) is None
        if writable != self._writable:
            self._writable = writable
            self.refresh_bindings()
        self.query_one(RoiPicture).show(self.app.monitor.pictures)
        self._watch_for_made_up_data()
        self._show_edit()

    @on(Input.Changed)
    def _show_edit(self) -> None:
        draft, applied = self.draft, self._applied
        self.query_one(RoiPicture).place(applied, draft.roi)
        width = self.query_one("#panel").content_size.width
        heads: list[Part] = [(f"{'':<11}", "muted"), (f"{'draft':<14}", "muted")]
        self.query_one("#heads", TextPane).show([line([*heads, ("applied", "muted")], width)])
        sizes = roi_words.size_rows(draft.roi, applied, width)
        self.query_one("#sizes", TextPane).show([*sizes, line([], width)])
        self.query_one("#notes", TextPane).show(self._notes(width))

    def _notes(self, width: int) -> list[TextRow]:
        """What is wrong first, then what can be done."""
        seen, applied = self.app.monitor.pictures, self._applied
        notes: list[tuple[str, str]] = []
        if (why := self.reason(_WRITE)) is not None:
            notes.append((f"Apply is off: {why}", "warning"))
        problems = self.draft.problem, self._problem("rate"), self._problem("fps")
        notes += [(f"{words[0].upper()}{words[1:]}.", "error") for words in problems if words]
        if seen is not None and (made_up := roi_words.simulated_words(seen)) is not None:
            notes.append((f"SIMULATED: {made_up}", "warning"))
        if seen is not None and applied is not None and roi_words.is_another(seen, applied):
            notes.append(
                (
                    f"The picture is of another region ({seen.roi1.width}×{seen.roi1.height}) than "
                    "the one in the server's file: apply it to have it in force.",
                    "warning",
                )
            )
        measured = self.app.monitor.session.snapshot.roi_rate
        if measured is not None:
            notes.append((f"ROI samples come at {measured:.1f} Hz.", "muted"))
        notes.append(("The data rate counts from the next server start.", "muted"))
        notes.append((f"Arrows move by {self._step} px, with shift they resize.", "muted"))
        return [
            line([(row, role)], width)
            for text, role in notes
            for row in textwrap.wrap(text, max(width, 10))
        ]

    def _problem(self, name: str) -> str | None:
        """What is wrong with a rate; nothing is, while none was read."""
        field = self.query_one(f"#{name}-row", NumberRow).input
        return field.problem if field.value else None

    def _watch_for_made_up_data(self) -> None:
        """Warn when data are made up after a ROI was applied: the server took it and cannot."""
        seen = self.app.monitor.pictures
        if self._applied_at is None or seen is None or seen.at <= self._applied_at:
            return
        made_up = roi_words.simulated_words(seen)
        if made_up is not None:
            self._applied_at = None
            back = " u takes the former ROI back." if self._former else ""
            self.app.tell(f"SIMULATED since this ROI was applied: {made_up}{back}", "warning")

    # --- editing --------------------------------------------------------------------------------

    def _write(self, draft: Draft) -> None:
        for name in CORNERS:
            self.query_one(f"#{name}", Input).value = getattr(draft, name)

    def _edit(self, draft: Draft) -> None:
        if self.draft.roi is None:
            self.app.tell("The fields need four numbers before the region can be moved.", "warning")
        else:
            self._write(draft)

    def action_move(self, dx: int, dy: int) -> None:
        """Move the draft by one step."""
        self._edit(self.draft.moved(dx * self._step, dy * self._step))

    def action_resize(self, dx: int, dy: int) -> None:
        """Move the right or lower edge of the draft by one step."""
        self._edit(self.draft.resized(dx * self._step, dy * self._step))

    def action_discard(self) -> None:
        """Go back to what is applied."""
        if self._applied is not None:
            self._write(Draft.of(self._applied))

    def action_step(self) -> None:
        """Another width of a step."""
        self._set_step(STEPS[(STEPS.index(self._step) + 1) % len(STEPS)])
        self._show_edit()

    def _set_step(self, step: int) -> None:
        self._step = step
        for name in CORNERS:
            self.query_one(f"#{name}-row", NumberRow).input.step = step

    # --- reading --------------------------------------------------------------------------------

    def action_read(self) -> None:
        """Read what the server has; fields that were edited stay as they are."""
        self._asked = True
        self.ask("Reading the ROI", lambda client: client.roi(), lambda r: self._found(r.config))
        self.ask(
            "Reading the ROI frame rate",
            lambda client: client.roi_frame_rate(),
            lambda reply: self._found_number("rate", reply.frame_rate, "Hz"),
        )
        self.ask(
            "Reading the data rate",
            lambda client: client.fps(),
            lambda reply: self._found_number("fps", reply.fps, "frames/s"),
        )

    def _found(self, roi: Roi) -> None:
        before, self._applied = self._applied, roi
        for name in CORNERS:
            self.query_one(f"#{name}-row", NumberRow).show_applied(str(getattr(roi, name)))
        if before is None or self.draft == Draft.of(before):
            self._write(Draft.of(roi))
        self._show_edit()

    def _found_number(self, name: str, number: float, unit: str) -> None:
        row = self.query_one(f"#{name}-row", NumberRow)
        row.show_applied(f"{number:g} {unit}")
        if not row.input.value:
            row.input.value = f"{number:g}"

    # --- applying -------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what would write while nothing can be written."""
        return None if action in _WRITING and self.reason(_WRITE) is not None else True

    def on_key(self, event: events.Key) -> None:
        """Say why a grey key does nothing."""
        for _, binding, enabled, _ in self.active_bindings.values():
            if binding.key == event.key and not enabled:
                self.app.tell(self.reason(_WRITE) or "", "warning")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        match event.input.id:
            case "rate":
                self._set_rate()
            case "fps":
                self._set_fps()
            case _:
                self.action_apply()

    def action_apply(self) -> None:
        """Send the draft, read it back."""
        draft = self.draft
        if self._may_send(draft.problem) and draft.roi is not None:
            self._send(draft.roi, partial(self._remember, self._applied))

    def action_undo(self) -> None:
        """Send the ROI that was applied before the last one sent from here."""
        if not self._former:
            self.app.tell("Nothing to undo: no other ROI was applied from this screen.", "warning")
            return
        former = Draft.of(self._former[-1])
        if self._may_send(former.problem):
            self._write(former)
            self._send(self._former[-1], self._former.pop)

    def _remember(self, before: Roi | None) -> None:
        if before is not None and before != self._applied:
            self._former.append(before)

    def _may_send(self, problem: str | None) -> bool:
        """Tell whether something can be sent now; say why when it cannot."""
        why = self.reason(_WRITE) or (problem and f"Not sent: {problem}.")
        if why is None and self._applying:
            why = "The server has not answered the last change yet."
        if why is not None:
            self.app.tell(why, "warning")
        return why is None

    def _send(self, roi: Roi, done: Callable[[], object]) -> None:
        async def request(client: BackendClient) -> Roi:
            await client.set_roi(roi.x1, roi.y1, roi.x2, roi.y2)
            return (await client.roi()).config

        def then(found: Roi) -> None:
            self._applying = False
            self._applied_at = self.app.context.clock.wall()
            self._found(found)
            done()
            if found == roi:
                self.app.tell(f"ROI {roi_words.corners(roi)} is applied (read back)", "good")
            else:
                words = f"The server took the ROI, but has {roi_words.corners(found)} in its file"
                self.app.tell(f"{words}: another client may have changed it", "warning")

        self._applying = True
        again = partial(self._send, roi, done)
        failed = partial(self._failed, again)
        self.ask("Applying the ROI", request, then, failed=failed, needs=_WRITE)

    def _failed(self, again: Callable[[], None], error: BackendError) -> None:
        self._applying = False
        if isinstance(error, ServerFault) and error.endpoint.startswith("POST"):
            question = Confirm(
                "Let the server read its configuration again?", _CURE, yes="Reload and apply"
            )
            self.app.push_screen(question, lambda yes: self._reload(again) if yes else None)

    def _reload(self, again: Callable[[], None]) -> None:
        self.ask(
            "Reloading the server's configuration",
            lambda client: client.reload_config(),
            lambda _: again(),
            needs=_WRITE,
        )

    def _set_rate(self) -> None:
        field = self.query_one("#rate-row", NumberRow).input

        async def request(client: BackendClient) -> float:
            await client.set_roi_frame_rate(int(field.value))
            return (await client.roi_frame_rate()).frame_rate

        def then(rate: float) -> None:
            self._found_number("rate", rate, "Hz")
            self.app.tell(f"The ROI frame rate is {rate:g} Hz (read back)", "good")

        if self._may_send(field.problem):
            self.ask("Setting the ROI frame rate", request, then, needs=_WRITE)

    def _set_fps(self) -> None:
        field = self.query_one("#fps-row", NumberRow).input
        if not self._may_send(field.problem):
            return
        wanted = int(field.value)
        self.ask(
            "Setting the data rate",
            lambda client: client.set_fps(wanted),
            lambda reply: self.app.tell(
                f"The data rate will be {reply.fps:g} frames/s from the next server start, if the "
                "server could save it (it says yes in any case)",
                "good",
            ),
            needs=_WRITE,
        )


SCREEN = RoiScreen
