"""The argument parser, filled only for the command that was asked for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Final, NoReturn, Protocol, cast

from nhem_tui import __version__
from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import SERVER, add_common, add_dashboard, flag_of
from nhem_tui.cli.output import Output
from nhem_tui.cli.table import CHANGING, COMMANDS, ELSEWHERE
from nhem_tui.notation.words import did_you_mean

PROGRAM = "nhem-tui"

_LISTED: Final = 10
"""Words that may stand for another are all named where they are not more."""


class UsageError(Exception):
    """The command line is not understood.

    Attributes:
        parser: which part of it.
        text: what is wrong, in one line.
        word: what was written in place of one of several words, empty for anything else.
    """

    def __init__(self, parser: Parser, text: str, word: str = "") -> None:
        super().__init__(text)
        self.parser = parser
        self.text = text
        self.word = word


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that suggests the nearest word for a misspelt one."""

    def __init__(self, **settings: object) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **settings,  # type: ignore[arg-type]  # argparse hands its own keywords through here
        )
        self.set_defaults(leaf=self)
        self._names: list[str] = []

    def examples(self, *lines: str) -> None:
        """Show command lines (without the program's name) below the help."""
        self.epilog = "examples:\n" + "\n".join(f"  {PROGRAM} {line}" for line in lines)

    def add_subcommands(self, summaries: Mapping[str, str]) -> dict[str, Parser]:
        """Declare subcommands with the common options; the chosen one lies in ``action``.

        Args:
            summaries: one line of help by name.
        """
        group = self.add_subparsers(dest="action", metavar="ACTION", required=True)
        parsers = {}
        self._names = [*summaries]
        for name, summary in summaries.items():
            parsers[name] = group.add_parser(name, help=summary, description=_sentence(summary))
            add_common(parsers[name])
        return parsers

    @property
    def options(self) -> list[str]:
        """The names of the options it knows."""
        return [name for action in self._actions for name in action.option_strings]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and what was probably meant.

        Raises:
            UsageError: always.
        """
        wrong = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if wrong:
            known = [word.strip("'") for word in wrong[2].split(", ")]
            if renamed := ELSEWHERE.get(wrong[1]):
                raise UsageError(self, f"{wrong[1]!r} is called '{renamed}' here", wrong[1])
            near = did_you_mean(wrong[1], known, last=CHANGING)
            if not near and len(known) <= _LISTED:
                near = f"; there are {', '.join(known)}"
            raise UsageError(self, f"{wrong[1]!r} is not known here{near}", wrong[1])
        if self._names and message.endswith(": ACTION"):
            message = f"the action is missing; there are {', '.join(self._names)}"
        raise UsageError(self, message)

    def reject(self, extras: Sequence[str]) -> NoReturn:
        """Refuse arguments nobody knows.

        Only the first is named, without a value: the rest may hold a secret.

        Raises:
            UsageError: always.
        """
        word = extras[0].partition("=")[0]
        if word in self.options:
            self.error(f"{word!r} must stand after the command")
        self.error(f"{word!r} is not known here{did_you_mean(word, self.options)}")

    def _print_message(self, message: str, file: object = None) -> None:
        """Print help or version; argparse itself passes over what cannot be written."""
        Output().raw(message)


class CommandModule(Protocol):
    """What a module below `nhem_tui.cli.commands` offers."""

    def add_arguments(self, parser: Parser, command: str) -> None:
        """Declare the arguments of `command`."""

    def run(self, call: Call) -> ExitCode:
        """Carry the command out."""


def module_of(command: str | None) -> CommandModule:
    """Import the module that knows `command`; None opens the dashboard."""
    name = COMMANDS[command].module if command else "dashboard"
    return cast(CommandModule, import_module(f"nhem_tui.cli.commands.{name}"))


def build(commands: Collection[str]) -> Parser:
    """Return the whole parser; only `commands` have their arguments and their modules imported."""
    parser = Parser(
        prog=PROGRAM,
        description="Watch and steer an NHEM server. Without a command: open the dashboard.",
    )
    parser.examples("--url http://lab3:8421", "demo", "status --json", "watch --json --seconds 10")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    add_common(parser)
    add_dashboard(parser)
    parser.set_defaults(
        json=False, quiet=False, verbose=False, fps=None, read_only=False, compact=False
    )
    group = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for entry in COMMANDS.values():
        sub = group.add_parser(entry.name, help=entry.summary, description=_sentence(entry.summary))
        if entry.name in commands:
            module_of(entry.name).add_arguments(sub, entry.name)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line.

    Raises:
        SystemExit: ``--help`` or ``--version`` has been printed.
        UsageError: it is not understood.
    """
    scout = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    add_common(scout)
    add_dashboard(scout)
    scout.add_argument("command", nargs="?")
    try:
        command = scout.parse_known_args(argv)[0].command
        needed: Collection[str] = [command] if command in COMMANDS else []
    except argparse.ArgumentError:
        needed = COMMANDS  # whichever it is, its own parser says what is wrong
    parser = build(needed)
    try:
        args, extras = parser.parse_known_args(argv)
    except UsageError as error:
        _blame_misspelt(error, parser, argv)
        raise
    if extras:
        args.leaf.reject(extras)
    for name in SERVER:
        if hasattr(args, name) and flag_of(name) not in args.leaf.options:
            args.leaf.error(f"{flag_of(name)!r} does nothing here")
    if args.json and args.command is None:
        parser.error("--json needs a command; the dashboard prints nothing")
    return args


def _blame_misspelt(error: UsageError, whole: Parser, argv: Sequence[str]) -> None:
    """Name a misspelt option rather than what is wrong because of it.

    Behind a word that is not known none is: whether it is right is for that word to say.

    Raises:
        UsageError: there is one.
    """
    known = {*error.parser.options, *whole.options}
    looked_at = argv[: argv.index(error.word)] if error.word in argv else argv
    options = [word for word in looked_at if word.startswith("--") and len(word) > 2]
    if unknown := [word for word in options if word.partition("=")[0] not in known]:
        error.parser.reject(unknown)


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] + "."
