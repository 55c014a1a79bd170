"""``completion``: a script that completes this program's command line in a shell."""

from __future__ import annotations

import argparse

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.parser import PROGRAM, Parser, build
from nhem_tui.cli.table import COMMANDS

_SHELLS = ("bash", "zsh", "fish", "tcsh")


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=_SHELLS, help="the shell to complete in")
    parser.examples(
        "completion bash > ~/.local/share/bash-completion/completions/nhem-tui",
        "completion zsh > ~/.zfunc/_nhem-tui",
        "completion fish > ~/.config/fish/completions/nhem-tui.fish",
    )


def run(call: Call) -> ExitCode:
    """Print the script."""
    parser = build(COMMANDS)
    if call.args.shell == "fish":
        from nhem_tui.cli.fish import fish_script

        call.out.raw(fish_script(parser))
        return ExitCode.DONE
    import shtab

    _mark_files(parser)
    call.out.raw(shtab.complete(parser, call.args.shell, root_prefix=PROGRAM.replace("-", "_")))
    return ExitCode.DONE


def _mark_files(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments are files: those whose placeholder says so."""
    import shtab

    for action in parser._actions:
        if action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab's own protocol
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                _mark_files(sub)
