"""Whole numbers of the replies, so bounded that every float and array holds them exactly."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

_EXACT: Final = 2**53

Whole = Annotated[int, Meta(ge=-_EXACT, le=_EXACT)]
"""Any."""

Count = Annotated[int, Meta(ge=0, le=_EXACT)]
"""A counter or index."""
