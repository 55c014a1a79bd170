"""What commands share that change something on the server."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nhem_tui.backend.errors import ServerFault
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from nhem_tui.cli.output import Output


@contextmanager
def saving() -> Iterator[None]:
    """Add to a failure what cures a server that can save nothing any more (contract section 9).

    Raises:
        CommandError: the server failed.
    """
    try:
        yield
    except ServerFault as error:
        raise CommandError(
            error.text,
            ExitCode.REFUSED,
            hint="one bad value keeps the server from saving anything; "
            "nhem-tui server-config reload makes it read its file again",
        ) from error


def check_taken(wanted: Mapping[str, object], found: Mapping[str, object]) -> None:
    """Compare what was set with what was read back.

    Raises:
        CommandError: something is not as it was set.
    """
    differing = [
        f"{name} is {found.get(name)}, not {value}"
        for name, value in wanted.items()
        if found.get(name) != value
    ]
    if differing:
        raise CommandError(
            f"the server said yes, but {'; '.join(differing)}",
            ExitCode.REFUSED,
            hint="another client may have changed it at the same time",
        )


def confirm(out: Output, question: str, *, agreed: bool) -> None:
    """Ask on the terminal; go on only after a yes.

    Args:
        out: where the question goes (stderr).
        question: ends with a question mark.
        agreed: by ``--yes``, so that nothing is asked.

    Raises:
        CommandError: the answer is no, or there is nobody to ask.
    """
    if agreed:
        return
    if not sys.stdin.isatty():
        raise CommandError("this must be confirmed", hint="--yes does it without asking")
    out.ask(f"{question} [y/N] ")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed", ExitCode.REFUSED)
