"""A misspelt word and the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable


def nearest(word: str, known: Iterable[str], *, last: Collection[str] = ()) -> str:
    """Return the known word that was probably meant, empty if none is near.

    Args:
        word: as it was typed; one that begins with it is nearer than all that look like it.
        known: the words there are.
        last: those of them that are proposed only where no other is near.
    """
    folded = word.casefold()
    by_folded = {name.casefold(): name for name in known}
    begun = [name for name in by_folded if len(folded) > 1 and name.startswith(folded)]
    near = [by_folded[name] for name in begun + difflib.get_close_matches(folded, by_folded)]
    return next((name for name in near if name not in last), near[0] if near else "")


def did_you_mean(word: str, known: Iterable[str], *, last: Collection[str] = ()) -> str:
    """Return the end of a sentence that proposes the `nearest` word, empty for none."""
    near = nearest(word, known, last=last)
    return f"; did you mean {near}?" if near else ""
