"""Every command: its name, the module that knows it, one line about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

CHANGING: Final = frozenset(
    {
        "start", "stop", "pause", "resume", "demo-flow",
        "set", "unset", "edit", "enable", "disable", "run", "reload", "import",
    }
)  # fmt: skip
"""Commands and actions that change something: none is proposed where one that reads is near."""

ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "set-roi": "roi set",
        "set-roi-fps": "roi rate",
        "update-peak-threshold": "peaks set --threshold",
        "start-detection": "start",
        "stop-detection": "stop",
        "sys-status": "status",
        "capture-window": "capture",
        "capture-roi": "capture --peaks",
        "waveform-image": "waveform",
        "help": "--help",
        "version": "--version",
    }
)
"""Commands of the earlier command line and of other programs, and what does the same here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command.

    Attributes:
        module: below `nhem_tui.cli.commands`.
        summary: one line for the list of commands.
    """

    name: str
    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("status", "status", "show whether detection runs, and the newest values"),
        Entry("start", "control", "start detection"),
        Entry("stop", "control", "stop detection"),
        Entry("pause", "control", "pause detection"),
        Entry("resume", "control", "resume detection"),
        Entry("health", "health", "show whether an NHEM server is there, and its version"),
        Entry("peak-signal", "peak_signal", "show whether the server's live detector sees a peak"),
        Entry("roi", "roi", "show or set the region of interest, save its picture"),
        Entry("peaks", "peaks", "show or change the settings of peak detection"),
        Entry("fps", "fps", "show or set the frame rate of the main signal"),
        Entry("capture", "capture", "print the newest samples, or ROI samples with peaks, once"),
        Entry("waveform", "waveform", "save the server's own drawing of the ROI samples"),
        Entry("plot", "plot", "draw the newest samples in the terminal, once"),
        Entry("analyze", "analyze", "print the server's analysis of its last frames"),
        Entry("line-detection", "line_detection", "show, switch or run the line detection"),
        Entry("server-config", "server_config", "show or change the server's configuration file"),
        Entry("watch", "watch", "print samples and events as they come"),
        Entry("record", "record", "keep samples and events in a file"),
        Entry("replay", "replay", "look at a recording as if it were live"),
        Entry("export", "export", "write samples to a file for other programs"),
        Entry("inspect", "inspect", "show what a recording holds"),
        Entry("repair", "repair", "save what can be read of a damaged recording"),
        Entry("check", "check", "compare a server with what its interface promises"),
        Entry("demo-flow", "demo_flow", "measure once: region, start, capture, stop"),
        Entry("demo", "demo", "open the dashboard on a simulated server"),
        Entry("settings", "settings", "show or change this program's own configuration"),
        Entry("completion", "completion", "print a script that completes commands in your shell"),
        Entry("simulate", "simulate", "run a simulated server"),
    )
}
