"""A misspelt word and the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, empty if none is near."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that proposes the word probably meant, empty for none."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
