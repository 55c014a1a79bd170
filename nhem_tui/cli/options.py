"""Options that more than one command takes, and what may be written for them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.limits import Limit
from nhem_tui.cli.errors import OPEN_TO_ALL
from nhem_tui.notation.address import parse_address
from nhem_tui.notation.numerals import read_number


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
            f"a password {OPEN_TO_ALL}; set NHEM_PASSWORD or the configuration's server.password",
        )


def _adder(parser: argparse.ArgumentParser, title: str) -> Callable[..., argparse.Action]:
    """Return what declares options that may stand before the command or after it.

    Their defaults are suppressed: else the one after it would undo the one before.
    """
    return partial(parser.add_argument_group(title).add_argument, default=argparse.SUPPRESS)


SERVER: Final = ("url", "timeout", "ssh", "insecure", "ask_password")
"""Where the options that mean nothing without a server lie among the arguments."""


def flag_of(name: str) -> str:
    """Return how an option is written that lies among the arguments as `name`."""
    return "--" + name.replace("_", "-")


def add_telling(parser: argparse.ArgumentParser) -> None:
    """Declare what every command takes: how it tells things."""
    add = _adder(parser, "output")
    add("--json", action="store_true", help="print data as JSON")
    add("--quiet", action="store_true", help="print only data and errors")
    add("--verbose", action="store_true", help="tell what is done")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Declare whose settings a command without a server uses."""
    _add_profile(_adder(parser, "settings"))


def _add_profile(add: Callable[..., argparse.Action]) -> None:
    add("--profile", help="named section of the configuration to use", metavar="NAME", type=word)


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare what every command with a server takes: what is told, which server, and how."""
    add_telling(parser)
    add = _adder(parser, "connection")
    add(
        "--url",
        help="address of the server (default: from the configuration)",
        metavar="URL",
        type=bare_url,
    )
    add("--timeout", help="longest wait for a reply", metavar="SECONDS", type=seconds)
    _add_profile(add)
    add("--ssh", help="reach the server through an SSH tunnel", metavar="USER@HOST", type=word)
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
    add("--log-file", help="write the log to this file", metavar="FILE", type=word)
    add("--password", help=argparse.SUPPRESS, action=_RefusePassword, nargs="?")


def add_output(
    parser: argparse.ArgumentParser, *, required: bool = True, picture: bool = False
) -> None:
    """Declare the file that a command writes; a picture of the server is PNG."""
    parser.add_argument(
        "--output",
        required=required,
        type=_png if picture else Path,
        metavar="FILE",
        help="PNG file to write" if picture else "file to write",
    )
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")


def _png(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ("", ".png"):
        raise argparse.ArgumentTypeError(f"the picture is PNG, not {path.suffix}")
    return path


def add_dashboard(parser: argparse.ArgumentParser, *, steers: bool = True) -> None:
    """Declare how the dashboard opens; one on a recording has nothing that it steers."""
    add = _adder(parser, "dashboard")
    add("--fps", type=whole(1, 60), metavar="N", help="paints a second at most, 1 to 60")
    if steers:
        add("--read-only", action="store_true", help="refuse every write")
    add("--compact", action="store_true", help="start in the compact layout")


def word(text: str) -> str:
    """Take any text but an empty one, which a variable that is not set leaves behind."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return text


def bare_url(text: str) -> str:
    """Take an address without a password in it; whether it is one is for the settings to say."""
    if has_credentials(text):
        raise argparse.ArgumentTypeError(
            f"a password {OPEN_TO_ALL}; set NHEM_URL or the configuration's server.base_url"
        )
    return text


def has_credentials(url: str) -> bool:
    """Tell whether an address holds ``user:pass@``."""
    try:
        return bool(parse_address(url).secrets)
    except ValueError:
        return False


def plain_number(text: str) -> int | float | None:
    """Return the number that a word of the command line spells, None if it spells none."""
    return read_number(text) if text == text.strip() else None


def seconds(text: str) -> float:
    """Parse a time span of more than 0 seconds."""
    value = plain_number(text)
    if value is None or not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return float(value)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a parser for an integer from `low` to `high`."""

    def parse(text: str) -> int:
        value = plain_number(text)
        if not isinstance(value, int):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is not from {low} to {high}")
        return value

    return parse


def or_shown(parse: Callable[[str], float]) -> Callable[[str], float]:
    """Return the same parser for an argument without which the value is only shown."""

    def told(text: str) -> float:
        try:
            return parse(text)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentTypeError(f"{error}; without one it is shown") from None

    return told


def limited(limit: Limit) -> Callable[[str], float]:
    """Return a parser for a number that the server takes, whole where it must be."""

    def parse(text: str) -> float:
        value = plain_number(text)
        if value is None or (limit.whole and not isinstance(value, int)):
            raise argparse.ArgumentTypeError(f"{text!r} is not {limit.range_text}")
        try:
            return limit.check(value if limit.whole else float(value))
        except InvalidValue as error:
            raise argparse.ArgumentTypeError(error.text) from None

    return parse
