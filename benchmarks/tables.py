"""Write the README's tables and the completion scripts: ``python -m benchmarks.tables``.

Each stands between ``<!-- NAME -->`` and ``<!-- /NAME -->``; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nhem_tui.cli.commands import completion
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.table import COMMANDS
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.keynames import key_names

README = Path(__file__).parent.parent / "README.md"

EXIT_WORDS = {
    ExitCode.DONE: "done",
    ExitCode.REFUSED: "the server refused or failed, or a file could not be written",
    ExitCode.USAGE: "what was typed or configured cannot be used; nothing was sent",
    ExitCode.UNREACHABLE: "no server could be reached, or a proxy says so for it",
    ExitCode.UNAUTHORISED: "the password was refused",
    ExitCode.BAD_DATA: "the server does not answer as its interface promises; a damaged recording",
    ExitCode.INTERRUPTED: "interrupted",
}


def keys() -> str:
    """Every action of the registry with its keys."""
    rows = ["| Key | Does | Name in the key map |", "|---|---|---|"]
    for action in ACTIONS:
        spelled = " ".join(f"`{key}`" for key in key_names(action.keys).split())
        rows.append(f"| {spelled} | {action.help} | `{action.id}` |")
    return "\n".join(rows)


def commands() -> str:
    """Every command with its line of help."""
    rows = ["| Command | Does |", "|---|---|", "| `nhem-tui` | open the dashboard |"]
    rows += [f"| `nhem-tui {entry.name}` | {entry.summary} |" for entry in COMMANDS.values()]
    return "\n".join(rows)


def exit_codes() -> str:
    """Every exit code."""
    rows = ["| Code | Meaning |", "|---:|---|"]
    rows += [f"| {int(code)} | {EXIT_WORDS[code]} |" for code in ExitCode]
    return "\n".join(rows)


TABLES: dict[str, Callable[[], str]] = {
    "keys": keys,
    "commands": commands,
    "exit-codes": exit_codes,
}


def replaced(text: str, name: str, content: str) -> str:
    """Put `content` between the markers of `name`.

    Raises:
        ValueError: `text` does not hold the markers once.
    """
    marked = f"<!-- {name} -->\n{content}\n<!-- /{name} -->"
    pattern = rf"<!-- {name} -->\n.*?<!-- /{name} -->"
    text, count = re.subn(pattern, lambda _: marked, text, flags=re.S)
    if count != 1:
        raise ValueError(f"the README holds the markers of {name!r} {count} times")
    return text


def main() -> None:
    """Rewrite the README."""
    text = README.read_text()
    for name, make in TABLES.items():
        text = replaced(text, name, make())
    README.write_text(text)
    completion.SCRIPTS.mkdir(exist_ok=True)
    for shell in completion.SHELLS:
        completion.written(shell).write_text(completion.make(shell), encoding="utf-8")


if __name__ == "__main__":
    main()
