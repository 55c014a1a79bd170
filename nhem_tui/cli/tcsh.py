"""Completion for tcsh: its rules cannot tell one command from another, so it asks this program."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from nhem_tui.cli.parser import PROGRAM, Parser, build
from nhem_tui.cli.table import COMMANDS


def tcsh_script(parser: argparse.ArgumentParser) -> str:
    """Return a script of rules: files where files belong, everything else by `offered`."""
    files = sorted({*_before_files(parser)})
    rules = [f"'n/{word}/f/'" for word in files]
    rules.append(f"'p@*@`{PROGRAM} completion tcsh \"$COMMAND_LINE\"`@'")
    lines = " \\\n    ".join([f"complete {PROGRAM}", *rules])
    return f"# {PROGRAM} completion for tcsh\n{lines}\n"


def offered(line: str) -> list[str]:
    """Return the words that may stand where a command line ends.

    Args:
        line: as typed so far; after a blank a new word begins.
    """
    *words, current = line.lstrip().split(" ")
    parser, choices = _walk([word for word in words if word][1:])
    if current.startswith("-"):
        choices = parser.options
    return [word for word in choices if word.startswith(current)]


def _walk(words: list[str]) -> tuple[Parser, list[str]]:
    """Follow the words before; return the parser they lead to, and what may come next."""
    parser = build([word for word in words if word in COMMANDS])
    option: argparse.Action | None = None  # the one whose value comes next
    positional = 0
    for word in words:
        if option is not None:
            option = None
        elif word.startswith("-"):
            known = parser._option_string_actions.get(word)
            option = known if known is not None and known.nargs != 0 else None
        elif commands := _commands(parser):
            if word not in commands:
                return parser, []
            parser, positional = commands[word], 0
        else:
            positional += 1
    if option is not None:
        return parser, _choices(option)
    if commands := _commands(parser):
        return parser, [*commands]
    places = [action for action in parser._actions if not action.option_strings]
    return parser, _choices(places[positional]) if positional < len(places) else []


def _choices(action: argparse.Action) -> list[str]:
    return [str(choice) for choice in action.choices or ()]


def _commands(parser: argparse.ArgumentParser) -> dict[str, Parser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _before_files(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Yield the options and commands after which a file comes."""
    for action in parser._actions:
        if action.metavar == "FILE":
            yield from action.option_strings or [name]
    for word, sub in _commands(parser).items():
        yield from _before_files(sub, word)
