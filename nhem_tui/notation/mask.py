"""What stands where a secret would be shown."""

from __future__ import annotations

from typing import Final

MASK: Final = "•••"
