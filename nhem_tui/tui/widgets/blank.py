"""Containers that are background alone: Textual paints them without the cost of styles."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Horizontal, Vertical


class Columns(Horizontal):
    """Children side by side."""

    BLANK: ClassVar[bool] = True


class Stack(Vertical):
    """Children one below the other."""

    BLANK: ClassVar[bool] = True
