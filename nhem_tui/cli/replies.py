"""Replies of the server as plain data, for JSON output."""

from __future__ import annotations

from typing import Any

import msgspec

from nhem_tui.backend.picture import Picture
from nhem_tui.backend.types import Reply
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode


def as_data(reply: Reply) -> dict[str, Any]:
    """Return a reply under the server's own names, without words that say nothing more."""
    data: dict[str, Any] = msgspec.to_builtins(reply)
    if data["success"]:
        del data["success"]
    if data["message"] is None:
        del data["message"]
    return data


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
            raise CommandError(f"the server has no picture: {word}", ExitCode.REFUSED)
