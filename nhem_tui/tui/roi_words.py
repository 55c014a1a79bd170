"""What the ROI screen says: pure functions from what is known to words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from nhem_tui.backend.roi import Roi
from nhem_tui.stream.events import PictureSeen
from nhem_tui.stream.session import Session, Snapshot
from nhem_tui.stream.simulated import words_mean_simulated
from nhem_tui.tui.cells import Part, TextRow, line
from nhem_tui.tui.messages import Severity
from nhem_tui.tui.words import level, span

if TYPE_CHECKING:
    from nhem_tui.recording.dataset import InForce

OLD: Final = 3.0
"""Seconds after which a picture is shown as an old one."""

PATIENCE: Final = 3.0
"""Times the usual step between ROI samples after which they come no more."""

_NOT_CAPTURED: Final = (
    "The server could not capture ROI 1: is it off the screen, smaller than 50×50, or the screen "
    "locked?"
)
_NOT_CUT_OUT: Final = "The server could not cut ROI 2 out of ROI 1."
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "roi_not_configured": "The server has had no ROI since it was started: apply one.",
        "roi_capture_failed": _NOT_CAPTURED,
        "roi_capture_error": _NOT_CAPTURED,
        "roi1_capture_failed": _NOT_CAPTURED,
        "roi1_capture_error": _NOT_CAPTURED,
        "roi2_capture_failed": _NOT_CUT_OUT,
        "roi2_capture_error": _NOT_CUT_OUT,
        "roi2_extract_failed": _NOT_CUT_OUT,
        "no_picture": "The server sent no picture.",
        "unreadable_picture": "The server's picture cannot be read.",
    }
)


def instead_of_picture(word: str) -> str:
    """A sentence for the word that the server sent instead of a picture."""
    return _WORDS.get(word, f"The server sent no picture but the words: {word}")


def why_no_picture(snapshot: Snapshot, *, replay: bool = False) -> str:
    """Why no picture has come yet."""
    if replay:
        return "No picture was recorded up to here."
    if snapshot.link != "up":
        return "No picture: there is no connection to the server."
    if snapshot.state not in (None, "running"):
        return "No picture: the server captures the ROI only while detection runs."
    return "Waiting for the first picture."


def caption(seen: PictureSeen | None, now: float, width: int) -> TextRow:
    """Gray values and age, for the line below the picture.

    Args:
        seen: the newest pictures.
        now: Unix time.
        width: cells.
    """
    if seen is None:
        return line([("ROI 1 –  ROI 2 –", "muted")], width)
    parts: list[Part] = []
    for name, image in (("ROI 1 ", seen.roi1), ("  ROI 2 ", seen.roi2)):
        # Instead of a gray value that it could not measure, the server sends the baseline.
        gray = "–" if image.word else level(image.gray, 1)
        parts += [(name, "muted"), (f"{gray:>5}", "strong")]
    return line(parts, width, [(" age ", "muted"), age(seen, now)])


def age(seen: PictureSeen, now: float) -> Part:
    """How old the picture is, as a warning once it is `OLD`."""
    seconds = max(0.0, now - seen.at)
    return f"{span(seconds):>6}", "warning" if seconds > OLD else "text"


def made_up(seen: PictureSeen) -> str | None:
    """What the pictures say of made-up data, None when they are real."""
    if not words_mean_simulated(seen.roi1, seen.roi2):
        return None
    return instead_of_picture(seen.roi1.word or seen.roi2.word)


def is_another(seen: PictureSeen, region: Roi) -> bool:
    """Tell whether the picture cannot be of `region`: its size is another."""
    image = seen.roi1
    return bool(image.png) and (image.width, image.height) != (region.width, region.height)


def recorded(in_force: Iterable[InForce]) -> Roi | None:
    """The region that a recording holds as the server's, None where it tells none."""
    found = [one.values["roi"] for one in in_force if "roi" in one.values]
    return region(found[-1]) if found else None


def region(value: object) -> Roi | None:
    """The region that a parameter ``roi`` names, None where it names none (see `Parameters`)."""
    match value:
        case [int(x1), int(y1), int(x2), int(y2)]:
            return Roi(x1, y1, x2, y2)
    return None


def corners(roi: Roi) -> str:
    """Both corners of a region, e.g. ``1480,480–1580,580``."""
    return f"{roi.x1},{roi.y1}–{roi.x2},{roi.y2}"


def rate_note(session: Session) -> str:
    """How often ROI samples come; empty while they do not, or that is not known."""
    snapshot, rate = session.snapshot, session.snapshot.roi_rate
    newest, last = session.main.newest, session.roi.newest
    if rate is None or newest is None or last is None:
        return ""
    if snapshot.link != "up" or snapshot.state != "running" or newest - last > PATIENCE / rate:
        return ""
    return f"ROI samples come at {rate:.1f} Hz."


def applied(sent: Roi, found: Roi) -> tuple[str, Severity]:
    """What came of sending a ROI that was then read back."""
    if found == sent:
        return f"ROI {corners(sent)} is applied (read back)", "good"
    words = f"The server took the ROI, but has {corners(found)} in its file"
    return f"{words}: another client may have changed it", "warning"


def rate_set(sent: int, found: float) -> tuple[str, Severity]:
    """What came of setting the ROI frame rate, in Hz."""
    if found == sent:
        return f"The ROI frame rate is {found:g} Hz (read back)", "good"
    return f"The server took {sent} Hz, but has {found:g} Hz", "warning"


def fps_set(fps: float) -> str:
    """What came of setting the data rate."""
    return (
        f"The data rate will be {fps:g} frames/s from the next server start, if the server could "
        "save it: it says yes in any case"
    )


def columns(width: int) -> TextRow:
    """The heads of the two columns of numbers."""
    return line([(f"{'':<11}{'draft':<14}applied", "muted")], width)


def size_rows(draft: Roi | None, applied: Roi | None, width: int) -> list[TextRow]:
    """Width, height and centre of the draft, and beside them those applied."""
    rows = []
    for label, new, old in zip(
        ("Width", "Height", "Centre"), _measures(draft), _measures(applied), strict=True
    ):
        role = "text" if new == old else "warning"
        rows.append(line([(f"{label:<11}", "muted"), (f"{new:<14}", role), (old, "muted")], width))
    return rows


def _measures(roi: Roi | None) -> tuple[str, str, str]:
    if roi is None:
        return "–", "–", "–"
    x, y = roi.centre
    return f"{roi.width}", f"{roi.height}", f"{x},{y}"
