"""The region of interest: its live picture, its edges, its rates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from nhem_tui.backend import limits
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.roi import Roi
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui import roi_words
from nhem_tui.tui.cells import paragraph
from nhem_tui.tui.entry import number
from nhem_tui.tui.needs import Needs
from nhem_tui.tui.roi_draft import CORNERS, STEPS, Draft, read_corner
from nhem_tui.tui.saving import save_stamped
from nhem_tui.tui.screens.server_tool import SERVER, ServerTool
from nhem_tui.tui.widgets.number_row import NumberRow
from nhem_tui.tui.widgets.picture import RoiPicture
from nhem_tui.tui.widgets.textpane import TextPane

WATCHED: Final = 10.0
"""Seconds after a ROI was applied in which data that are made up are blamed on it."""

PICTURE_RATE: Final = 2.0
"""Pictures a second; the server itself seldom takes more."""


class RoiScreen(ServerTool):
    """Edits a draft, which the server sees only when it is applied."""

    CSS_PATH = "roi.tcss"
    TITLE_WORDS = "ROI"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a,enter",
            "apply",
            "Apply",
            id="roi.apply",
            tooltip="Send the draft to the server and read it back.",
        ),
        Binding(
            "u",
            "undo",
            "Undo",
            id="roi.undo",
            tooltip="Send the ROI that was in force before the last one applied from here.",
        ),
        Binding(
            "d",
            "discard",
            "Discard",
            id="roi.discard",
            tooltip="Set the draft back to what is applied; nothing is sent.",
        ),
        Binding("s", "step", "Step", id="roi.step", tooltip="Arrows move by 10, 1 or 50 pixels."),
        Binding(
            "w",
            "save_picture",
            "Save picture",
            id="roi.save",
            tooltip="Save the picture of ROI 1 as a new PNG file in the folder for exports.",
        ),
        *(
            Binding(
                f"{shift}{key}",
                f"{verb}({dx}, {dy})",
                show=False,
                id=f"roi.{verb}_{key}",
                tooltip=f"{verb.capitalize()} the draft by one step.",
            )
            for shift, verb in (("", "move"), ("shift+", "resize"))
            for key, dx, dy in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
        ),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = {"apply": SERVER, "undo": SERVER}
    AUTO_FOCUS = "#picture"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._applied: Roi | None = None
        self._step = STEPS[0]
        self._rates: dict[str, str] = {}
        self._watched_from: float | None = None

    def compose_tool(self) -> ComposeResult:
        """The picture, and beside it the numbers."""
        picture = RoiPicture(id="picture")
        picture.can_focus = True
        with Horizontal():
            yield picture
            with VerticalScroll(id="panel", can_focus=False):
                yield TextPane(id="heads")
                for name in CORNERS:
                    yield NumberRow(name, partial(read_corner, name), id=name)
                yield TextPane(id="sizes")
                yield NumberRow("ROI rate", partial(number, limits.ROI_FRAME_RATE), id="rate")
                yield NumberRow("Data rate", partial(number, limits.FPS), id="fps")
                yield TextPane(id="notes")

    def on_mount(self) -> None:
        """Propose the ROI of the settings until the server's own is read."""
        roi = self.app.context.settings.roi
        proposed = Roi(roi.default_x1, roi.default_y1, roi.default_x2, roi.default_y2)
        self._untouched = Draft.of(proposed)
        kept = self.app.context.kept
        self._write(kept.region or self._untouched)
        if kept.region is not None:
            self.tell_taken_up("roi.discard")
        held = roi_words.recorded(self.app.monitor.in_force) if self.app.context.replay else None
        if held is not None:
            self._found(held)

    def on_screen_resume(self) -> None:
        """Have pictures fetched while they can be seen."""
        self.app.show_pictures(PICTURE_RATE)

    def action_back(self) -> None:
        """Out of a field to the picture, from there back to the dashboard."""
        if isinstance(self.focused, Input):
            picture = self.query_one(RoiPicture)
            self.set_focus(picture if picture.display else None)
            return
        self.app.context.kept.region = None if self.draft == self._untouched else self.draft
        super().action_back()

    # --- what is shown --------------------------------------------------------------------------

    def _row(self, name: str) -> NumberRow:
        return self.query_one(f"#{name}", NumberRow)

    @property
    def draft(self) -> Draft:
        """What the fields say."""
        return Draft(*(self._row(name).text for name in CORNERS))

    def refresh_body(self) -> None:
        """Show the newest picture and what there is to say of it."""
        super().refresh_body()
        self.query_one(RoiPicture).show(self.app.monitor.pictures)
        self._watch_for_made_up_data()
        self._show_edit()

    @on(Input.Changed)
    def _edited(self) -> None:
        self.update_body()

    def _show_edit(self) -> None:
        draft, applied = self.draft, self._applied
        self.query_one(RoiPicture).place(applied, draft.roi)
        width = self.query_one("#notes").content_size.width
        self.query_one("#heads", TextPane).show([roi_words.columns(width)])
        self.query_one("#sizes", TextPane).show(roi_words.size_rows(draft.roi, applied, width))
        self.query_one("#notes", TextPane).show(
            [row for text, role in self._notes() for row in paragraph(text, role, width)]
        )

    def _notes(self) -> list[tuple[str, str]]:
        """Sentences and their roles: what is wrong first, then what can be done."""
        seen, applied = self.app.monitor.pictures, self._applied
        problems = [self.draft.problem]
        # Nothing is wrong with a rate that was never read.
        problems += [row.problem for row in (self._row("rate"), self._row("fps")) if row.text]
        notes = [(f"{text}.", "error") for text in problems if text]
        if seen is not None and roi_words.made_up(seen) is not None:
            notes.append(("SIMULATED: the server makes the data up.", "warning"))
        if seen is not None and applied is not None and roi_words.is_another(seen, applied):
            shown = f"{seen.roi1.width}×{seen.roi1.height}"
            notes.append(
                (
                    f"The picture is of another region ({shown}) than the server's file has: "
                    "apply it to have it in force.",
                    "warning",
                )
            )
        if measured := roi_words.rate_note(self.app.monitor.session):
            notes.append((measured, "muted"))
        return [
            *notes,
            ("Data rate: from the next start.", "muted"),
            (f"Arrows move {self._step} px, shift resizes.", "muted"),
            ("Tab to type, enter to apply.", "muted"),
        ]

    def _watch_for_made_up_data(self) -> None:
        """Warn when data are made up after a ROI was applied: the server took it, but cannot."""
        seen = self.app.monitor.pictures
        if self._watched_from is None or seen is None or seen.at <= self._watched_from:
            return
        made_up = roi_words.made_up(seen)
        if made_up is not None or seen.at > self._watched_from + WATCHED:
            self._watched_from = None
        if made_up is not None:
            back = ""
            if self.app.context.kept.regions:
                back = f"{self.key('roi.undo')} takes the former ROI back: "
            self.app.tell(f"{back}SIMULATED since this one was applied. {made_up}", "warning")

    # --- editing --------------------------------------------------------------------------------

    def _write(self, draft: Draft) -> None:
        for name in CORNERS:
            self._row(name).text = getattr(draft, name)

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
        if self._applied is None:
            self.app.tell(self.why_not("apply") or "", "warning")
        elif self.draft == Draft.of(self._applied):
            self.app.tell("Nothing is changed.", "warning")
        else:
            self._write(Draft.of(self._applied))

    def action_step(self) -> None:
        """Another width of a step."""
        self._step = STEPS[(STEPS.index(self._step) + 1) % len(STEPS)]
        self.update_body()

    # --- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what the server has; fields that were edited stay as they are."""
        self.ask("Reading the ROI", _read_roi, self._found)
        self.ask("Reading the ROI frame rate", _read_rate, partial(self._found_rate, "rate", "Hz"))
        self.ask("Reading the data rate", _read_fps, partial(self._found_rate, "fps", "fps"))

    def _found(self, roi: Roi) -> None:
        self._applied = roi
        for name in CORNERS:
            self._row(name).show_applied(str(getattr(roi, name)))
        if self.draft == self._untouched:
            self._write(Draft.of(roi))
        self._untouched = Draft.of(roi)
        self.update_body()

    def _found_rate(self, name: str, unit: str, rate: float) -> None:
        row, before = self._row(name), self._rates.get(name, "")
        row.show_applied(f"{rate:g} {unit}")
        self._rates[name] = spelled(rate)
        if row.text == before:  # nobody has typed another one
            row.text = self._rates[name]

    # --- applying -------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        row = event.input.parent
        if row is self._row("rate"):
            self._set_rate()
        elif row is self._row("fps"):
            self._set_fps()
        else:
            self.action_apply()

    def why_not(self, action: str) -> str | None:
        """A draft is not sent before it is known what it would replace."""
        why = super().why_not(action)
        if why is None and action == "apply" and self._applied is None:
            again = self.key("tool.read")
            return f"The ROI of the server is not known yet; {again} reads it again."
        return why

    def action_apply(self) -> None:
        """Send the draft, read it back."""
        draft = self.draft
        if self._may_send(draft.problem, "apply") and draft.roi is not None:
            self._send(draft.roi)

    def action_undo(self) -> None:
        """Send the ROI that was in force before the last one applied from here."""
        regions = self.app.context.kept.regions
        if not regions:
            self.app.tell("Nothing to undo: no other ROI was applied from here.", "warning")
            return
        former = Draft.of(regions[-1])
        if self._may_send(former.problem):
            self._write(former)
            self._send(regions[-1], undo=True)

    def _may_send(self, problem: str | None, action: str = "undo") -> bool:
        """Tell whether something can be sent now; say why when it cannot."""
        why = self.why_not(action) or (problem and f"Not sent: {problem}.")
        if why is not None:
            self.app.tell(why, "warning")
        return why is None

    def _send(self, roi: Roi, *, undo: bool = False) -> None:
        app = self.app

        async def request(client: BackendClient) -> tuple[Roi, Roi]:
            before = await _read_roi(client)  # anybody may have set it since it was shown
            await client.set_roi(roi.x1, roi.y1, roi.x2, roi.y2)
            return before, await _read_roi(client)

        def conclude(replies: tuple[Roi, Roi]) -> None:
            before, found = replies
            regions = app.context.kept.regions
            if undo:
                regions.pop()
            elif before != found:
                regions.append(before)
            app.tell(*roi_words.applied(roi, found))

        def then(replies: tuple[Roi, Roi]) -> None:
            self._watched_from = app.context.clock.wall()
            self._found(replies[1])

        self.change("Applying the ROI", request, conclude, then=then)

    def _set_rate(self) -> None:
        row = self._row("rate")
        if not self._may_send(row.problem):
            return
        wanted = int(number(limits.ROI_FRAME_RATE, row.text))

        async def request(client: BackendClient) -> float:
            await client.set_roi_frame_rate(wanted)
            return await _read_rate(client)

        self.change(
            "Setting the ROI frame rate",
            request,
            lambda rate: self.app.tell(*roi_words.rate_set(wanted, rate)),
            then=partial(self._found_rate, "rate", "Hz"),
        )

    def _set_fps(self) -> None:
        row = self._row("fps")
        if not self._may_send(row.problem):
            return
        wanted = int(number(limits.FPS, row.text))
        # What is in force stays as it is, so there is nothing to read back.
        self.change(
            "Setting the data rate",
            lambda client: client.set_fps(wanted),
            lambda reply: self.app.tell(roi_words.fps_set(reply.fps), "good"),
        )

    # --- the picture ----------------------------------------------------------------------------

    @work(group="save", exclusive=True)
    async def action_save_picture(self) -> None:
        """Keep the newest picture of ROI 1 as the server sent it."""
        seen = self.app.monitor.pictures
        if seen is None or not seen.roi1.png:
            self.app.tell("There is no picture to save.", "warning")
        else:
            await save_stamped(self.app, "nhem-roi1", seen.at, ".png", seen.roi1.png)


async def _read_roi(client: BackendClient) -> Roi:
    return (await client.roi()).config


async def _read_rate(client: BackendClient) -> float:
    return (await client.roi_frame_rate()).frame_rate


async def _read_fps(client: BackendClient) -> float:
    return (await client.fps()).fps


SCREEN = RoiScreen
