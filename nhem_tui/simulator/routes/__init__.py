"""The endpoints of the API, a module for each part of contract section 3."""

from __future__ import annotations

from nhem_tui.simulator.router import Router
from nhem_tui.simulator.routes import (
    configuration,
    lines,
    peaks,
    realtime,
    roi,
    settings,
    state,
    windows,
)


def router() -> Router:
    """Return all endpoints."""
    parts = (state, realtime, roi, settings, windows, peaks, configuration, lines)
    return Router(route for part in parts for route in part.ROUTES)
