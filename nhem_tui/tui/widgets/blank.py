"""A container that is background alone: Textual paints it without the cost of styles."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical


class Stack(Vertical):
    """Children one below the other."""

    BLANK: ClassVar[bool] = True
