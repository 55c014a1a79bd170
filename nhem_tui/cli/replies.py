"""Replies of the server as plain data, for JSON output."""

from __future__ import annotations

from typing import Any

import msgspec

from nhem_tui.backend.types import Reply


def as_data(reply: Reply) -> dict[str, Any]:
    """Return a reply under the server's own names, without words that say nothing more."""
    data: dict[str, Any] = msgspec.to_builtins(reply)
    if data["success"]:
        del data["success"]
    if data["message"] is None:
        del data["message"]
    return data
