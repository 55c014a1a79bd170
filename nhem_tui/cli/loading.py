"""Importing without looking for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Leave Python's garbage alone meanwhile.

    What is imported stays: looking for garbage in it would take a tenth of the time, and again
    with each search that comes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
