"""What is wrong with a configuration, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        source: where it stands: ``file:line``, a variable, a flag.
        text: what is wrong, without any secret.
    """

    source: str
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"


class ConfigError(Exception):
    """The configuration cannot be used.

    Attributes:
        problems: everything that is wrong, at least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class SecretError(Exception):
    """The password cannot be had from where it was said to be; the text holds none of it."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, empty if none is near."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def did_you_mean(word: str) -> str:
    """Return the end of a sentence that proposes `word`, empty for none."""
    return f"; did you mean {word}?" if word else ""
