"""What must be true before something can be done, and what is said when it is not."""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import TYPE_CHECKING

from nhem_tui.tui import password

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class Needs(Flag):
    """What must be true before an action can run."""

    NOTHING = 0
    LINK = auto()
    """the server answers"""
    WRITE = auto()
    """the client may change the server: not read-only, not a replay"""
    PASSWORD = auto()
    """the server has not refused the password"""
    SERVER = auto()
    """there is a server at all: not a replay"""
    REPLAY = auto()
    """the data comes from a recording"""


def why_not(app: NhemApp, needs: Needs, key: Callable[[str], str]) -> str | None:
    """Say why something cannot be done now, or None when it can.

    Args:
        app: knows how things stand.
        needs: of what is to be done.
        key: gives the key of an action by its id, as it is printed on a keyboard.

    Returns:
        One sentence that also tells what to do about it.
    """
    context = app.context
    if Needs.REPLAY in needs and not context.replay:
        return "Only in a replay: nhem-tui replay FILE."
    if context.replay and needs & (Needs.WRITE | Needs.SERVER):
        return "This is a replay: there is no server to control."
    if Needs.WRITE in needs and context.read_only:
        return "Opened with --read-only: the server is not changed."
    if Needs.LINK in needs and app.monitor.session.snapshot.link != "up":
        return f"No connection to the server; {key('link.retry')} tries again now."
    if Needs.PASSWORD in needs and (said := password.refusal(app)):
        return f"{key('link.password')} types another password: {said}."
    return None
