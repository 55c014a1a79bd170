"""``completion``: a script that completes this program's command line in a shell."""

from __future__ import annotations

import argparse
from pathlib import Path

import nhem_tui
from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.main import SHELLS
from nhem_tui.cli.parser import PROGRAM, Parser, build
from nhem_tui.cli.table import COMMANDS

SCRIPTS = Path(nhem_tui.__file__).parent / "share" / "completion"


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")
    parser.examples(
        "completion bash > ~/.local/share/bash-completion/completions/nhem-tui",
        "completion zsh > ~/.zfunc/_nhem-tui",
        "completion fish > ~/.config/fish/completions/nhem-tui.fish",
    )


def run(call: Call) -> ExitCode:
    """Print the script."""
    call.out.raw(written(call.args.shell).read_text(encoding="utf-8"))
    return ExitCode.DONE


def written(shell: str) -> Path:
    """The script that ``python -m benchmarks.tables`` wrote: making one loads every command."""
    return SCRIPTS / f"nhem-tui.{shell}"


def make(shell: str) -> str:
    """Make the script from the parser of the whole command line."""
    parser = build(COMMANDS)
    if shell == "fish":
        from nhem_tui.cli.fish import fish_script

        return fish_script(parser)
    import shtab

    _mark_files(parser)
    script: str = shtab.complete(parser, shell, root_prefix=PROGRAM.replace("-", "_"))
    return script


def _mark_files(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments are files: those whose placeholder says so."""
    import shtab

    for action in parser._actions:
        if action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab's own protocol
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                _mark_files(sub)
