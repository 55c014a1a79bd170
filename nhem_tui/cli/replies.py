"""Replies of the server as JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from nhem_tui.backend.picture import Picture
from nhem_tui.backend.types import Reply
from nhem_tui.cli.errors import NEEDS_ROI, CommandError
from nhem_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from nhem_tui.cli.output import Output

_NOT_SEEN: Final = "is the region on the server's screen? nhem-tui roi get shows where it lies"

_NOISE: Final = ("timestamp", "success", "message")
"""What every reply has and what says nothing of what was asked for."""


def fields_of(reply: Reply) -> dict[str, Any]:
    """Return what a reply holds under the server's own names."""
    data: dict[str, Any] = msgspec.to_builtins(reply)
    return {name: value for name, value in data.items() if name not in _NOISE}


def document(out: Output, kind: str, reply: Reply) -> dict[str, Any]:
    """Return a reply as a document of `kind`, what is secret in the server's words masked."""
    return {"type": kind, **cast("dict[str, Any]", out.masked(fields_of(reply)))}


def picture_of(picture: Picture) -> bytes:
    """Return the PNG file of a reply.

    Raises:
        CommandError: there is none; the server's word for why is told.
    """
    match picture.word:
        case "":
            return picture.png
        case "no_picture" | "unreadable_picture":
            raise CommandError("the server sent no readable picture", ExitCode.BAD_DATA)
        case word:
            hint = NEEDS_ROI if word == "roi_not_configured" else _NOT_SEEN
            raise CommandError(f"the server has no picture: {word}", ExitCode.REFUSED, hint=hint)
