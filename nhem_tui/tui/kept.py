"""What outlives the screens: kept until the program is left, and never saved."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from nhem_tui.backend.config_tree import Path
from nhem_tui.backend.roi import Roi
from nhem_tui.config.schema import Settings
from nhem_tui.config.secrets import Secret
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.roi_draft import Draft

RESULTS: Final = 10
"""Results of line detection that are remembered."""


class Step(NamedTuple):
    """A change of a setting that can be undone.

    Attributes:
        path: of the setting.
        before: the value that was in force.
        saved: it stood in the user's file; if it did not, undoing takes it out again.
    """

    path: str
    before: Any
    saved: bool


class Refusal(NamedTuple):
    """The password was refused.

    Attributes:
        text: what the server said.
        connection: to which server process: another one may take it.
    """

    text: str
    connection: object


class Outcome(NamedTuple):
    """What came of a line detection.

    Attributes:
        at: Unix time.
        text: one line.
        severity: how serious.
    """

    at: float
    text: str
    severity: Severity


@dataclass(slots=True)
class Kept:
    """Shared by all screens of a session.

    Attributes:
        regions: ROIs that were in force before those applied from here, the newest last.
        tunings: settings of peak detection, likewise, by the server's names.
        values: of the server's configuration file, JSON by their place, likewise; passwords too.
        region: what was typed as the ROI and not applied, None for nothing.
        tuning: settings of peak detection that were chosen and not applied, by the server's names.
        settings: changes of this client's settings, likewise.
        opened: the settings that the program was opened with, None while none was changed.
        unsaved: paths of settings in force that could not be saved.
        outcomes: of line detection, the newest last.
        changing: what is being changed on the server now, empty for nothing.
        since: monotonic seconds since when, or when it was the last time.
        refusal: of the password, None while it is taken or was not needed.
    """

    regions: list[Roi] = field(default_factory=list)
    tunings: list[Mapping[str, Any]] = field(default_factory=list)
    values: list[tuple[Path, Secret]] = field(default_factory=list)
    region: Draft | None = None
    tuning: Mapping[str, Any] = field(default_factory=dict)
    settings: list[Step] = field(default_factory=list)
    opened: Settings | None = None
    unsaved: set[str] = field(default_factory=set)
    outcomes: deque[Outcome] = field(default_factory=lambda: deque(maxlen=RESULTS))
    changing: str = ""
    since: float = 0.0
    refusal: Refusal | None = None
