"""``completion``: a script that completes this program's command line in a shell."""

from __future__ import annotations

import argparse
from pathlib import Path

import nhem_tui
from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.main import SHELLS
from nhem_tui.cli.options import add_telling
from nhem_tui.cli.parser import PROGRAM, Parser, build
from nhem_tui.cli.table import COMMANDS

_ZSH_END = """\
if [[ $funcstack[1] == _nhem-tui ]]; then
  _shtab_nhem_tui "$@"
else
  compdef _shtab_nhem_tui nhem-tui
fi
"""

_FOLDERS = """\
On a fresh account the folders are made first (zsh looks into ~/.zfunc where fpath names it):
  mkdir -p ~/.local/share/bash-completion/completions ~/.zfunc ~/.config/fish/completions"""

SCRIPTS = Path(nhem_tui.__file__).parent / "share" / "completion"


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_telling(parser)
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")
    parser.add_argument("line", nargs="?", help=argparse.SUPPRESS)  # by which the shell asks back
    parser.examples(
        "completion bash > ~/.local/share/bash-completion/completions/nhem-tui",
        "completion zsh > ~/.zfunc/_nhem-tui    # or: source <(nhem-tui completion zsh)",
        "completion fish > ~/.config/fish/completions/nhem-tui.fish",
        "completion tcsh > ~/.nhem-tui.tcsh    # and in ~/.tcshrc: source ~/.nhem-tui.tcsh",
    )
    parser.epilog = f"{parser.epilog}\n\n{_FOLDERS}"


def run(call: Call) -> ExitCode:
    """Print the script, or what may stand where a line ends."""
    if call.args.line is not None:
        from nhem_tui.cli.tcsh import offered

        call.out.raw("".join(f"{word}\n" for word in offered(call.args.line)))
        return ExitCode.DONE
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
    if shell == "tcsh":
        from nhem_tui.cli.tcsh import tcsh_script

        return tcsh_script(parser)
    import shtab

    _mark_files(parser)
    script: str = shtab.complete(parser, shell, root_prefix=PROGRAM.replace("-", "_"))
    return _loadable(script) if shell == "zsh" else script


def _loadable(script: str) -> str:
    """Let zsh take the script by ``source`` as well, not only from a folder of functions.

    Raises:
        ValueError: shtab writes its scripts in another way than it did.
    """
    body, call, _ = script.partition("if [[ $zsh_eval_context[-1] == eval ]]")
    if not call:
        raise ValueError("the end of shtab's script for zsh is not where it was")
    return body + _ZSH_END


def _mark_files(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments are files: those whose placeholder says so."""
    import shtab

    for action in parser._actions:
        if action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab's own protocol
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                _mark_files(sub)
