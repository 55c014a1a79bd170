"""What is wrong with a configuration, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from nhem_tui.config.layers import Loaded


class Problem(Struct, frozen=True):
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
        warnings: what else is there that nobody reads.
        rest: what would be in force without what is wrong, None where nothing was put together.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        warnings: Sequence[Problem] = (),
        rest: Loaded | None = None,
    ) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        self.rest = rest


class UnwritableError(ConfigError):
    """The configuration is in order, but the system does not let it be written."""


class SecretError(Exception):
    """The password cannot be had from where it was said to be; the text holds none of it.

    Attributes:
        leaf: path of the setting that says where it is.
    """

    def __init__(self, leaf: str, text: str) -> None:
        super().__init__(f"{leaf} {text}")
        self.leaf = leaf
