"""Options that more than one command takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.limits import Limit


class _RefusePassword(argparse.Action):
    """Says where a password belongs instead of taking it where every user can see it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[str] | None,
        option_string: str | None = None,
    ) -> NoReturn:
        raise argparse.ArgumentError(
            None,
            "a password on the command line can be read by every user of this machine; "
            "set NHEM_PASSWORD or the configuration's server.password",
        )


def _adder(parser: argparse.ArgumentParser, title: str) -> Callable[..., argparse.Action]:
    """Return what declares options that may stand before the command or after it.

    Their defaults are suppressed: else the one after it would undo the one before.
    """
    return partial(parser.add_argument_group(title).add_argument, default=argparse.SUPPRESS)


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Declare which server, how, and where that is logged."""
    add = _adder(parser, "connection")
    add("--url", help="address of the server (default: from the configuration)", metavar="URL")
    add("--timeout", help="longest wait for a reply", metavar="SECONDS", type=seconds)
    add("--profile", help="named section of the configuration to use", metavar="NAME")
    add("--ssh", help="reach the server through an SSH tunnel", metavar="USER@HOST")
    add(
        "--insecure",
        help="do not check the certificate of an https server",
        action="store_true",
    )
    add(
        "--ask-password",
        help="ask for the password, or read it from stdin",
        action="store_true",
    )
    add("--log-file", help="write the log to this file", metavar="FILE")
    add("--password", help=argparse.SUPPRESS, action=_RefusePassword, nargs="?")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare what every command with a server takes."""
    parser.add_argument("--json", action="store_true", help="print data as JSON")
    parser.add_argument("--quiet", action="store_true", help="print only data and errors")
    parser.add_argument("--verbose", action="store_true", help="tell what is done")
    add_connection(parser)


def add_output(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare the file that a command writes."""
    parser.add_argument(
        "--output", required=required, type=Path, metavar="FILE", help="file to write"
    )
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")


def add_dashboard(parser: argparse.ArgumentParser) -> None:
    """Declare how the dashboard opens."""
    add = _adder(parser, "dashboard")
    add("--fps", type=whole(1, 60), metavar="N", help="paints a second at most")
    add("--read-only", action="store_true", help="refuse every write")
    add("--compact", action="store_true", help="start in the compact layout")


def seconds(text: str) -> float:
    """Parse a time span of more than 0 and at most a day, in seconds."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a parser for an integer from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is not from {low} to {high}")
        return value

    return parse


def limited(limit: Limit) -> Callable[[str], float]:
    """Return a parser for a number that the server takes, whole where it must be."""

    def parse(text: str) -> float:
        try:
            value = int(text) if limit.whole else float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {limit.range_text}") from None
        try:
            return limit.check(value)
        except InvalidValue as error:
            raise argparse.ArgumentTypeError(error.text) from None

    return parse
