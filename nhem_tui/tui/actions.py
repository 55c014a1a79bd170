"""The one registry of actions: bindings, footer, help, palette and key remapping all read it.

An action's id is its name in the key map of the configuration (``keys.detection.start = "f5"``),
the id of its Textual `Binding`, and, with dots as underscores, the name of the handler
(``action_detection_start``).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from textual.binding import Binding

from nhem_tui.tui.keynames import KeyMap, first_key
from nhem_tui.tui.needs import Needs


class Group(StrEnum):
    """Where an action stands in help and palette; the menus of the desktop client."""

    DETECTION = "Detection"
    VIEW = "View"
    CHART = "Chart"
    TOOLS = "Tools"
    FILE = "File"
    REPLAY = "Replay"
    HELP = "Help"


class Action(Struct, frozen=True):
    """One thing the user can do on the dashboard.

    Attributes:
        id: dotted name, unique.
        keys: default keys, comma-separated, in Textual's spelling.
        label: one or two words for footer and buttons.
        help: one sentence for help, palette and tooltips.
        footer: shown in the footer.
        opens: module below `nhem_tui.tui.screens` whose `SCREEN` it opens, empty for none.
    """

    id: str
    keys: str
    label: str
    help: str
    group: Group
    needs: Needs = Needs.NOTHING
    footer: bool = False
    opens: str = ""

    @property
    def handler(self) -> str:
        """The Textual action, e.g. ``detection_start`` or ``open_screen('log')``."""
        return f"open_screen('{self.opens}')" if self.opens else self.id.replace(".", "_")

    def key(self, keymap: KeyMap) -> str:
        """Its first key, as it is printed on a keyboard."""
        return first_key(keymap.get(self.id, self.keys))

    def binding(self) -> Binding:
        """This action as a Textual binding."""
        return Binding(
            self.keys, self.handler, self.label, show=self.footer, tooltip=self.help, id=self.id
        )


_SERVER = Needs.LINK | Needs.WRITE | Needs.PASSWORD

ACTIONS: tuple[Action, ...] = (
    Action(
        "detection.start",
        "s",
        "Start",
        "Start detection on the server.",
        Group.DETECTION,
        _SERVER,
        footer=True,
    ),
    Action(
        "detection.stop",
        "x",
        "Stop",
        "Stop detection on the server (asks first).",
        Group.DETECTION,
        _SERVER,
        footer=True,
    ),
    Action(
        "detection.pause",
        "p",
        "Pause",
        "Pause detection on the server, or resume it.",
        Group.DETECTION,
        _SERVER,
        footer=True,
    ),
    Action(
        "view.freeze",
        "space",
        "Freeze",
        "Freeze the display only; the server goes on measuring.",
        Group.VIEW,
        footer=True,
    ),
    Action(
        "view.compact",
        "z",
        "Compact",
        "One chart and one line, or everything that fits.",
        Group.VIEW,
    ),
    Action(
        "view.redraw",
        "ctrl+l",
        "Redraw",
        "Paint the whole screen again, after something else wrote over it.",
        Group.VIEW,
    ),
    Action(
        "view.newest",
        "end",
        "Newest",
        "Unfreeze and jump to the newest sample.",
        Group.VIEW,
    ),
    Action(
        "chart.cursor_left",
        "left",
        "Cursor left",
        "Move the reading cursor to the sample before; freezes the display.",
        Group.CHART,
    ),
    Action(
        "chart.cursor_right",
        "right",
        "Cursor right",
        "Move the reading cursor to the sample after.",
        Group.CHART,
    ),
    Action(
        "chart.back",
        "pageup,shift+left",
        "Scroll back",
        "Look half a window earlier; freezes the display.",
        Group.CHART,
    ),
    Action(
        "chart.forward",
        "pagedown,shift+right",
        "Scroll on",
        "Look half a window later; beyond the newest sample it is live again.",
        Group.CHART,
    ),
    Action(
        "chart.mark",
        "b",
        "Mark",
        "Put a mark at the cursor, or at the newest sample.",
        Group.CHART,
    ),
    Action("chart.unmark", "B", "Remove mark", "Remove the mark put last.", Group.CHART),
    Action(
        "chart.narrower",
        "plus,equals_sign",
        "Zoom in",
        "Show fewer seconds.",
        Group.CHART,
    ),
    Action("chart.wider", "minus", "Zoom out", "Show more seconds.", Group.CHART),
    Action(
        "chart.y_axis",
        "y",
        "Y axis",
        "Gray levels: fitted to the curve, or all of 0–255.",
        Group.CHART,
    ),
    Action("chart.grid", "g", "Grid", "Show or hide the grid.", Group.CHART),
    Action("chart.peaks", "k", "Peaks", "Show or hide the peaks.", Group.CHART),
    Action("chart.baseline", "a", "Baseline", "Show or hide the baseline.", Group.CHART),
    Action(
        "chart.mode",
        "m",
        "Mode",
        "Rolling (newest at the right) or sweep (a cursor overwrites; far fewer bytes).",
        Group.CHART,
    ),
    Action(
        "chart.renderer",
        "v",
        "Renderer",
        "Draw with braille cells or through plotext.",
        Group.CHART,
    ),
    Action(
        "link.toggle",
        "C",
        "Disconnect",
        "End the connection, or connect again; what was measured stays.",
        Group.TOOLS,
        Needs.SERVER,
    ),
    Action(
        "data.clear",
        "delete",
        "Clear",
        "Forget what was measured so far (asks first); the server keeps its own.",
        Group.TOOLS,
    ),
    Action(
        "link.retry",
        "r",
        "Retry",
        "Try the server again now instead of waiting.",
        Group.TOOLS,
        Needs.SERVER,
    ),
    Action(
        "link.password",
        "K",
        "Password",
        "Type the server's password; it is in force at once, and saved only if you say so.",
        Group.TOOLS,
        Needs.SERVER,
    ),
    Action(
        "recording.toggle",
        "R",
        "Record",
        "Record everything that is measured into a file, or end that.",
        Group.FILE,
        Needs.SERVER,
        footer=True,
    ),
    Action(
        "roi.open",
        "o",
        "ROI",
        "The region of interest: live picture, edges, rates.",
        Group.TOOLS,
        footer=True,
        opens="roi",
    ),
    Action(
        "export.ask",
        "e",
        "Export",
        "Write the samples that are kept to a file for other programs.",
        Group.FILE,
    ),
    Action(
        "export.cancel",
        "escape",
        "End export",
        "End the export that is under way; nothing is left of it.",
        Group.FILE,
    ),
    Action(
        "log.open",
        "l",
        "Log",
        "What happened so far: filter by severity and text, follow.",
        Group.TOOLS,
        opens="log",
    ),
    Action(
        "diagnostics.open",
        "d",
        "Diagnostics",
        "How the link, the server and this program do: latencies, errors, CPU, versions.",
        Group.TOOLS,
        opens="diagnostics",
    ),
    Action(
        "tuning.open",
        "t",
        "Tune",
        "Tune peak detection: the settings on the server, and the peaks they would give.",
        Group.TOOLS,
        opens="tuning",
        footer=True,
    ),
    Action(
        "capture.open",
        "w",
        "Capture",
        "Hold the newest samples still: peaks with other parameters, figures, export.",
        Group.TOOLS,
        opens="capture",
        footer=True,
    ),
    Action(
        "peaks.open",
        "P",
        "Peaks",
        "The peaks found in the ROI samples: a list to jump from, counts, parameters.",
        Group.TOOLS,
        opens="peaks",
    ),
    Action(
        "server_config.open",
        "c",
        "Server configuration",
        "The server's configuration file: change, reload, export, import.",
        Group.TOOLS,
        opens="server_config",
    ),
    Action(
        "settings.open",
        "comma",
        "Settings",
        "Every setting of this client: changed at once and saved.",
        Group.TOOLS,
        opens="settings",
    ),
    Action(
        "lines.open",
        "i",
        "Line intersection",
        "Line intersection on the server: on or off, settings, one run by hand.",
        Group.TOOLS,
        opens="lines",
    ),
    Action(
        "replay.play",
        "enter",
        "Play",
        "Play or stand still.",
        Group.REPLAY,
        Needs.REPLAY,
        footer=True,
    ),
    Action(
        "replay.slower",
        "left_square_bracket",
        "Slower",
        "Play half as fast, down to a quarter of the true pace.",
        Group.REPLAY,
        Needs.REPLAY,
        footer=True,
    ),
    Action(
        "replay.faster",
        "right_square_bracket",
        "Faster",
        "Play twice as fast, up to 64 times the true pace.",
        Group.REPLAY,
        Needs.REPLAY,
        footer=True,
    ),
    Action("replay.step", "f", "Step", "One frame on.", Group.REPLAY, Needs.REPLAY, footer=True),
    Action("replay.step_back", "F", "Step back", "One frame back.", Group.REPLAY, Needs.REPLAY),
    Action(
        "replay.seek",
        "slash",
        "Go to",
        "Go to a time, a frame, or the next peak, gap or mark.",
        Group.REPLAY,
        Needs.REPLAY,
        footer=True,
    ),
    Action(
        "replay.next_peak", "n", "Next peak", "Next peak.", Group.REPLAY, Needs.REPLAY, footer=True
    ),
    Action("replay.previous_peak", "N", "Peak before", "Peak before.", Group.REPLAY, Needs.REPLAY),
    Action(
        "replay.beginning", "home", "Beginning", "To the first frame.", Group.REPLAY, Needs.REPLAY
    ),
    Action("replay.loop", "L", "Loop", "Begin again at the end.", Group.REPLAY, Needs.REPLAY),
    Action("help.keys", "question_mark,f1", "Help", "All keys.", Group.HELP, footer=True),
    Action(
        "file.suspend",
        "ctrl+z",
        "Suspend",
        "Back to the shell; fg returns. Nothing is received meanwhile.",
        Group.FILE,
    ),
    Action(
        "file.quit",
        "q,ctrl+q",
        "Quit",
        "Leave the program; the server goes on.",
        Group.FILE,
        footer=True,
    ),
)

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}
BY_HANDLER: dict[str, Action] = {action.handler: action for action in ACTIONS}


def bindings(actions: Iterable[Action] = ACTIONS) -> list[Binding]:
    """Textual bindings of the given actions."""
    return [action.binding() for action in actions]
