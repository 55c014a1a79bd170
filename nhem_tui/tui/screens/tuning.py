"""Tuning of peak detection: the numbers on the server, and what they would find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from nhem_tui.backend import limits
from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.types import PeakConfig
from nhem_tui.notation.numerals import spelled
from nhem_tui.tui import peak_words, words
from nhem_tui.tui.cells import Part, line, paragraph, whole
from nhem_tui.tui.curve import PAUSES, Curve, Overlay
from nhem_tui.tui.needs import Needs
from nhem_tui.tui.preview import SAMPLES, Preview, preview
from nhem_tui.tui.screens.server_tool import LOW, MOST, ServerTool
from nhem_tui.tui.view import View
from nhem_tui.tui.widgets.bar import Bar
from nhem_tui.tui.widgets.chart import Chart
from nhem_tui.tui.widgets.number_field import NumberField, Quantity
from nhem_tui.tui.widgets.textpane import TextPane

QUANTITIES: Final = (
    Quantity("threshold", "Threshold", limits.THRESHOLD, 1.0, 10.0),
    Quantity("difference_threshold", "Difference threshold", limits.DIFFERENCE_THRESHOLD, 0.1, 1.0),
    Quantity("margin_frames", "Margin †", limits.MARGIN_FRAMES, 1, 5),
    Quantity("min_region_length", "Minimum region †", limits.MIN_REGION_LENGTH, 1, 5),
)
LEGEND: Final[list[Part]] = [
    ("† kept by the server, not used by its detectors", "muted"),
    ("   ○ in force", "muted"),
]

CHANGE: Final = Needs.LINK | Needs.WRITE
"""The server wants no password for these settings."""


class Tuning(ServerTool):
    """Four numbers, the curve they apply to, and the peaks they would give."""

    CSS_PATH = "tuning.tcss"
    TITLE_WORDS = "Tuning"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "apply",
            "Apply",
            id="tuning.apply",
            tooltip="Send what was changed to the server and read it back.",
        ),
        Binding(
            "u",
            "undo",
            "Undo",
            id="tuning.undo",
            tooltip="Send the numbers that were in force before the last ones applied from here.",
        ),
        Binding(
            "d",
            "discard",
            "Discard",
            id="tuning.discard",
            tooltip="Set the numbers back to those in force; nothing is sent.",
        ),
        Binding(
            "plus,equals_sign",
            "zoom(-1)",
            "Zoom in",
            id="tuning.narrower",
            show=False,
            tooltip="Show fewer seconds.",
        ),
        Binding(
            "minus",
            "zoom(1)",
            "Zoom out",
            id="tuning.wider",
            show=False,
            tooltip="Show more seconds.",
        ),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = {"apply": CHANGE, "undo": CHANGE}
    AUTO_FOCUS = "Bar"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]

    def __init__(self) -> None:
        super().__init__()
        self._known = False

    def compose_tool(self) -> ComposeResult:
        """The curve, the numbers, and three lines about them."""
        yield Chart(id="curve")
        for quantity in QUANTITIES:
            yield NumberField(quantity, id=quantity.name)
        yield TextPane(id="unused")
        yield TextPane(id="found")
        yield TextPane(id="verdict")

    def on_mount(self) -> None:
        """Begin with the numbers of the client's own detector."""
        monitor, settings = self.app.monitor, self.app.context.settings
        self._curve = Curve(monitor.session.roi, pause=PAUSES["roi"])
        self._view = View.from_settings(settings)
        self._looked: object = None
        self._put_in_force(
            {
                "threshold": monitor.tracker.threshold,
                "difference_threshold": monitor.tracker.difference_threshold,
                "margin_frames": settings.peak_detection.margin_frames,
                "min_region_length": settings.peak_detection.min_region_length,
            }
        )

    def action_back(self) -> None:
        """Out of a field to its bar, from there back; what was not applied is here again."""
        if isinstance(self.focused, Input):
            self.focused.query_ancestor(NumberField).query_one(Bar).focus()
            return
        if self._known:
            self.app.context.kept.tuning = self._changes()
        super().action_back()

    # --- the numbers ----------------------------------------------------------------------------

    @property
    def _fields(self) -> list[NumberField]:
        return list(self.query(NumberField))

    def _put_in_force(self, values: Mapping[str, float | None]) -> None:
        for field in self._fields:
            value = values[field.quantity.name]
            field.disabled = value is None
            if value is not None:
                field.put_in_force(value)

    def _changes(self) -> dict[str, Any]:
        """What differs from the server, by the server's names."""
        return {
            field.quantity.name: field.value
            for field in self._fields
            if field.changed and field.value is not None
        }

    def _error(self) -> str:
        """What is wrong with the first field that cannot be sent, empty for none."""
        return next((field.error for field in self._fields if field.error), "")

    @on(NumberField.Changed)
    def _changed(self) -> None:
        self.update_body()

    def action_discard(self) -> None:
        """Back to the numbers in force."""
        if not any(field.changed for field in self._fields):
            self.app.tell("Nothing is changed.", "warning")
        for field in self._fields:
            field.revert()

    # --- the server -----------------------------------------------------------------------------

    def read(self) -> None:
        """Read the numbers in force."""
        self.ask("Reading the settings of peak detection", _read, self._take)

    def _take(self, found: PeakConfig) -> None:
        self._put_in_force(peak_words.by_name(found))
        if not self._known:
            self._known = True
            self._take_up(self.app.context.kept.tuning)
        self.update_body()

    def _take_up(self, chosen: Mapping[str, Any]) -> None:
        """Show what was chosen before and not applied."""
        for field in self._fields:
            if field.quantity.name in chosen:
                field.put(chosen[field.quantity.name])
        if chosen:
            self.tell_taken_up("tuning.discard")

    def why_not(self, action: str) -> str | None:
        """Nothing is sent before the numbers of the server are known."""
        why = super().why_not(action)
        if why is None and not self._known:
            again = self.key("tool.read")
            return f"The settings of the server are not known yet; {again} reads them again."
        return why

    def action_apply(self) -> None:
        """Send what was changed and compare what comes back."""
        error, sent = self._error(), self._changes()
        if error or not sent:
            self.app.tell(error or "Nothing is changed.", "warning")
        else:
            self._send(sent)

    def action_undo(self) -> None:
        """Send the numbers that were in force before the last ones applied from here."""
        tunings = self.app.context.kept.tunings
        if tunings:
            self._send(tunings[-1], undo=True)
        else:
            self.app.tell("Nothing to undo: nothing was applied from here.", "warning")

    def _send(self, sent: Mapping[str, Any], *, undo: bool = False) -> None:
        app = self.app

        async def send(client: BackendClient) -> tuple[PeakConfig, PeakConfig, PeakConfig]:
            before = await client.peak_config()  # anybody may have set them since they were shown
            return before, await client.set_peak_config(**sent), await client.peak_config()

        def conclude(replies: tuple[PeakConfig, PeakConfig, PeakConfig]) -> None:
            before, reply, found = replies
            there, tunings = peak_words.by_name(before), app.context.kept.tunings
            if undo:
                tunings.pop()
            elif former := {name: there[name] for name in sent if there[name] is not None}:
                tunings.append(former)
            app.tape.take(app.monitor.retune(found.threshold, found.difference_threshold))
            app.tell(*peak_words.applied(sent, reply, found))

        def then(replies: tuple[PeakConfig, PeakConfig, PeakConfig]) -> None:
            for field in self._fields:
                name = field.quantity.name
                if name in sent and (undo or field.value == sent[name]):
                    field.revert()  # so that it follows what the server says, whatever that is
            self._take(replies[2])

        self.change("Applying the settings", send, conclude, then=then, needs=CHANGE)

    # --- what is shown --------------------------------------------------------------------------

    def refresh_body(self) -> None:
        """Draw the curve, and say what the numbers would find."""
        super().refresh_body()
        peaks = self._look()
        self._draw(peaks)
        low, width = self.size.height < LOW, self.query_one("#verdict").content_size.width
        told = {
            "#unused": [line(whole(LEGEND, width), width)],
            "#found": [line(whole(self._found_parts(peaks), width), width)],
            "#verdict": paragraph(*self._verdict(), width, most=MOST),
        }
        if not low:
            told["#verdict"] += paragraph(peak_words.in_force(self.app), "muted", width, most=2)
        elif self.why_line():  # which must be seen without scrolling
            told["#found"] = told["#found"] if peaks.samples else []
            told["#verdict"] = told["#verdict"] if self._changes() or self._error() else []
        for name, rows in told.items():
            self.query_one(name, TextPane).show(rows)

    def _numbers(self) -> tuple[float, float]:
        """Threshold and difference threshold as shown; those in force where no number is typed."""
        threshold, difference = (
            field.value if field.value is not None else field.in_force or 0.0
            for field in self._fields[:2]
        )
        return threshold, difference

    def _look(self) -> Preview:
        """The peaks of the numbers shown, looked for only when something is different."""
        roi = self.app.monitor.session.roi
        asked = (roi.version, *self._numbers())
        if asked != self._looked:
            self._looked = asked
            threshold, difference = self._numbers()
            samples = roi.last(SAMPLES)
            self._found = preview(samples, threshold=threshold, difference_threshold=difference)
        return self._found

    def _draw(self, peaks: Preview) -> None:
        chart, snapshot = self.query_one("#curve", Chart), self.app.monitor.session.snapshot
        if 0 in chart.cells:
            return
        window = self._view.roi_window
        chart.entitle(f" ROI gray value · {words.window(window)} ")
        drawing = self._curve.draw(
            self._view,
            window,
            chart.cells,
            Overlay(
                threshold=self._numbers()[0],
                peaks=peaks.since,
                dim=snapshot.link in ("lost", "off"),
                empty=words.why_empty(snapshot),
            ),
            self.app.monitor.session.roi.newest or 0.0,
            self.app.context.clock.monotonic(),
        )
        if drawing is not None:
            chart.paint(drawing.canvas)

    @on(Chart.Resized)
    def _resized(self) -> None:
        self.update_body()

    @on(Chart.Scrolled)
    def _scrolled(self, event: Chart.Scrolled) -> None:
        self.action_zoom(event.direction)

    def action_zoom(self, steps: int) -> None:
        """Show more seconds (+1) or fewer (-1)."""
        self._view = self._view.zoomed(steps)
        self.update_body()

    def _found_parts(self, peaks: Preview) -> list[Part]:
        if not peaks.samples:
            return [("No ROI samples yet", "muted")]
        count, span = words.grouped(peaks.samples), words.span(peaks.seconds)
        return [
            ("Would find", "muted"),
            (f"  ▲ {peaks.stable}", "stable"),
            (f"   ▽ {peaks.unstable}", "unstable"),
            (f"   in {count} ROI samples", "muted"),
            (f" ({span})", "muted"),
        ]

    def _verdict(self) -> Part:
        if error := self._error():
            return error, "error"
        changed = [field for field in self._fields if field.changed]
        if not changed:
            return "As on the server" if self._known else "As in this client", "muted"
        listed = ", ".join(
            f"{field.quantity.limit.label} {spelled(field.in_force or 0)} → "
            f"{spelled(field.value or 0)}"
            for field in changed
        )
        return f"Not applied: {listed}", "accent"


async def _read(client: BackendClient) -> PeakConfig:
    return await client.peak_config()


SCREEN = Tuning
