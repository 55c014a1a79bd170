"""What commands share that change something on the server."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from nhem_tui.backend.config_tree import Tree, check_values
from nhem_tui.backend.errors import InvalidValue, ServerFault
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from nhem_tui.cli.output import Output


_UNSAVED: Final = ("Failed to save", "配置保存失败")
"""What servers say whose configuration is poisoned."""

_CURE: Final = (
    "one bad value keeps the server from saving anything; "
    "nhem-tui server-config reload makes it read its file again"
)


@contextmanager
def saving() -> Iterator[None]:
    """Add to a failed save what cures a server that can save nothing any more (contract section 9).

    Raises:
        CommandError: the server could not save.
    """
    try:
        yield
    except ServerFault as error:
        if not any(words in error.text for words in _UNSAVED):
            raise
        raise CommandError(error.text, ExitCode.REFUSED, hint=_CURE) from error


def why_unsaved(tree: Tree) -> CommandError | None:
    """Say why a server that says yes in any case cannot have saved, None if nothing is against it.

    Args:
        tree: its configuration, as it tells it.
    """
    try:
        check_values(tree)
    except InvalidValue as error:
        text = f"the server said yes, but cannot save: {error.text}"
        return CommandError(text, ExitCode.REFUSED, hint=_CURE)
    return None


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


def confirm(out: Output, question: str, *, agreed: bool = False, about: Sequence[str] = ()) -> None:
    """Ask on the terminal; go on only after a yes.

    Args:
        out: where the question goes (stderr).
        question: ends with a question mark.
        agreed: by ``--yes``, so that nothing is asked.
        about: lines that say what it is about.

    Raises:
        CommandError: the answer is no, or there is nobody to ask.
    """
    if agreed:
        for line in about:
            out.note(line)
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise CommandError("this must be confirmed", hint="--yes does it without asking")
    out.ask(f"{question} [y/N] ", about)
    if _answer().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed", ExitCode.REFUSED)


def _answer() -> str:
    """Read a line; inside of an event loop the first Ctrl-C would only be noted for later."""
    noted = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, noted)
