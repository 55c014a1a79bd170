"""The level that the server calls `peak_signal`: 1 or null (contract section 8 b and c)."""

from __future__ import annotations

from nhem_tui.simulator.backend import Backend

_JUMP = 8.0


def peak_signal(backend: Backend) -> int | None:
    """Return 1 while the live detector sees a peak, else None; 0 never occurs."""
    engine = backend.engine
    if engine.region is None:
        return 1 if engine.value - engine.baseline(skip=1) > _JUMP else None
    return None
