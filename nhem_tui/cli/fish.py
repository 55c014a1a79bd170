"""Completion for fish, which shtab does not know."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

Path = tuple[str, ...]
"""Command words that lead to a parser, e.g. ``("roi", "get")``."""


def fish_script(parser: argparse.ArgumentParser) -> str:
    """Return a fish script that completes commands, options, choices and files."""
    program = parser.prog
    parsers = list(_walk(parser, ()))
    valued = sorted(
        {
            name
            for _, one in parsers
            for action in _options(one)
            if action.nargs != 0
            for name in action.option_strings
        }
    )
    function = f"__{program.replace('-', '_')}_path"
    lines = [
        f"# {program} completion for fish",
        f"function {function}",
        f"    set -l valued {' '.join(valued)}",
        "    set -l path",
        "    set -l skip 0",
        "    for word in (commandline -opc)[2..]",
        "        if test $skip = 1",
        "            set skip 0",
        "        else if contains -- $word $valued",
        "            set skip 1",
        "        else if not string match -q -- '-*' $word",
        "            set -a path $word",
        "        end",
        "    end",
        '    echo "$path"',
        "end",
        f"complete -c {program} -f",
    ]
    for path, one in parsers:
        here = " ".join(path)
        exactly = _quoted(f'test ({function}) = "{here}"')
        within = _quoted(f"string match -qr -- '^{here}( |$)' ({function})") if path else exactly
        for name, summary in _commands(one):
            lines.append(f"complete -c {program} -n {exactly} -a {name} -d {_quoted(summary)}")
        lines.extend(f"complete -c {program} -n {within} {_option(one)}" for one in _options(one))
        lines.extend(
            f"complete -c {program} -n {exactly} {values}"
            for action in one._actions
            if not action.option_strings and not _is_commands(action)
            if (values := _values(action))
        )
    return "\n".join(lines) + "\n"


def _walk(
    parser: argparse.ArgumentParser, path: Path
) -> Iterator[tuple[Path, argparse.ArgumentParser]]:
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield from _walk(sub, (*path, name))


def _is_commands(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield choice.dest, choice.help or ""


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        action
        for action in parser._actions
        if action.option_strings and action.help is not argparse.SUPPRESS
    ]


def _option(action: argparse.Action) -> str:
    words = []
    for name in action.option_strings:
        words += ["-l", name[2:]] if name.startswith("--") else ["-s", name[1:]]
    if action.nargs != 0:
        # Exclusive: nothing but its values, and for want of any no files either.
        words.append("-r" if action.metavar == "FILE" else "-x")
        words += filter(None, [_values(action)])
    words += ["-d", _quoted((action.help or "").replace("%%", "%"))]
    return " ".join(words)


def _values(action: argparse.Action) -> str:
    """What fish offers as a value, empty for nothing."""
    if action.choices:
        return "-a " + _quoted(" ".join(str(choice) for choice in action.choices))
    return "-F" if action.metavar == "FILE" else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
