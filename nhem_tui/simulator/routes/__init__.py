"""The endpoints of the API, a module for each part of contract section 3."""

from __future__ import annotations

from nhem_tui.simulator.router import Router
from nhem_tui.simulator.routes import realtime, state, windows


def router() -> Router:
    """Return all endpoints."""
    return Router([*state.ROUTES, *realtime.ROUTES, *windows.ROUTES])
