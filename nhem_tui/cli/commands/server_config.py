"""``server-config``: the server's own configuration file.

What is written there is in force after the server's next start (contract section 9).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nhem_tui.backend.config_tree import (
    REGION,
    Change,
    Tree,
    check_document,
    check_region,
    check_values,
    differences,
    is_secret,
    leaves,
    masked,
    unmasked,
)
from nhem_tui.backend.config_tree import Path as KeyPath
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.backend.json_values import read_json
from nhem_tui.cli.call import Call
from nhem_tui.cli.changes import confirm, saving
from nhem_tui.cli.config_values import check_known, parse_value, secrets_in
from nhem_tui.cli.errors import OPEN_TO_ALL, CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.exposure import warn_of_password_in_url
from nhem_tui.cli.files import check_free, read_small, write_file
from nhem_tui.cli.options import add_output
from nhem_tui.cli.output import as_text
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.terminal import ask_secret
from nhem_tui.notation.mask import MASK
from nhem_tui.notation.words import did_you_mean

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient

_LATER = "in the server's file; the running detection keeps its values until the server restarts"


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subcommands(
        {
            "get": "show the configuration or one section of it",
            "set": "change one value",
            "reload": "make the server read its file again; cures one that cannot save",
            "export": "print the configuration, or save it",
            "import": "replace the configuration; shows what changes and asks",
        }
    )
    actions["get"].add_argument("section", nargs="?", metavar="SECTION", help="all without one")
    for name in ("get", "export"):
        actions[name].add_argument(
            "--show-passwords", action="store_true", help=f"in clear, instead of {MASK}"
        )
    actions["set"].add_argument("section", metavar="SECTION", help="e.g. peak_detection")
    actions["set"].add_argument("key", metavar="KEY", help="e.g. threshold")
    actions["set"].add_argument(
        "value",
        nargs="?",
        metavar="VALUE",
        help="JSON, or else text; a password is asked for instead",
    )
    add_output(actions["export"], required=False)
    actions["import"].add_argument("file", type=Path, metavar="FILE", help="as export writes it")
    actions["import"].add_argument("--yes", action="store_true", help="do not ask")
    actions["get"].examples("server-config get", "server-config get roi_capture --json")
    actions["set"].examples(
        "server-config set peak_detection threshold 110",
        "server-config set security password",
    )
    actions["reload"].examples("server-config reload")
    actions["export"].examples(
        "server-config export --output lab3.json",
        "server-config export --show-passwords --output whole.json",
    )
    actions["import"].examples(
        "server-config import lab3.json", "server-config import lab3.json --yes"
    )
    parser.examples(
        "server-config get",
        "server-config set peak_detection threshold 110",
        "server-config export --output lab3.json",
    )


def run(call: Call) -> ExitCode:
    """Check what can be checked here, then do what is asked for."""
    match call.args.action:
        case "get":
            warn_of_password_in_url(call)
            return call.ask(_get, repeat=True)
        case "set":
            return _set(call)
        case "reload":
            warn_of_password_in_url(call)
            return call.ask(_reload)
        case "export":
            if call.args.output:
                check_free(call.args.output, force=call.args.force)
            warn_of_password_in_url(call)
            return call.ask(_export, repeat=True)
        case _:
            return _import(call)


async def _get(client: BackendClient, call: Call) -> ExitCode:
    section, tree = call.args.section, (await client.config()).config
    if section:
        if section not in tree:
            near = did_you_mean(section, tree)
            raise CommandError(f"the server has no section {section!r}{near}")
        tree = {section: tree[section]}
    _print_tree(call, tree, clear=call.args.show_passwords)
    return ExitCode.DONE


def _set(call: Call) -> ExitCode:
    section, key = call.args.section, call.args.key
    if is_secret((key,)):
        if call.args.value is not None:
            raise CommandError(
                f"a password {OPEN_TO_ALL}",
                hint="leave it out; it is asked for, or read from stdin",
            )
        value: object = ask_secret(call.out, f"new value of {section}.{key}")
        call.secrets.append(str(value))
    elif call.args.value is None:
        raise CommandError(f"the value of {section}.{key} is missing")
    else:
        value = parse_value(call.args.value)
    check_values({section: {key: value}})
    if (section, key) == REGION:
        check_region(value if isinstance(value, dict) else {})
    warn_of_password_in_url(call)

    async def write(client: BackendClient, call: Call) -> ExitCode:
        check_known((await client.config()).config, section, key, value)
        with saving():
            await client.set_config_value(section, key, value)
        found = (await client.config(section)).config.get(key)
        _print_changes(call, [Change((section, key), None, found)])
        _check_arrived(found == value)
        call.out.note(_LATER)
        return ExitCode.DONE

    return call.ask(write)


async def _reload(client: BackendClient, call: Call) -> ExitCode:
    await client.reload_config()
    _print_tree(call, (await client.config()).config, clear=False)
    return ExitCode.DONE


async def _export(client: BackendClient, call: Call) -> ExitCode:
    clear, path = call.args.show_passwords, call.args.output
    tree = _parsed((await client.export_config()).config_json)
    if not clear:
        tree = _fit_to_show(call, tree)
    if path is None:
        call.out.json(tree)
        return ExitCode.DONE
    text = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
    write_file(path, text.encode(errors="replace"), force=call.args.force, private=True)
    if call.out.as_json:
        call.out.json({"type": "file", "path": str(path), "bytes": path.stat().st_size})
    else:
        call.out.rows([("File", f"{path}, only you may read it")])
    if not clear:
        call.out.note(f"passwords are written as {MASK}; an import keeps those the server has")
    return ExitCode.DONE


def _import(call: Call) -> ExitCode:
    wanted = _read_export(call.args.file)
    call.secrets.extend(secrets_in(wanted))
    warn_of_password_in_url(call)

    async def replace(client: BackendClient, call: Call) -> ExitCode:
        current = (await client.config()).config
        call.secrets.extend(secrets_in(current))
        whole = unmasked(wanted, current)
        changes = differences(current, whole)
        if not changes:
            call.out.note("nothing differs, nothing was sent")
            _print_changes(call, changes)
            return ExitCode.DONE
        about = [_difference(change) for change in changes]
        confirm(call.out, f"write these {len(changes)}?", agreed=call.args.yes, about=about)
        await client.import_config(json.dumps(whole, ensure_ascii=False))
        found = (await client.config()).config
        _print_changes(call, changes)
        _check_arrived(not differences(found, whole))
        call.out.note(_LATER)
        return ExitCode.DONE

    return call.ask(replace)


def _read_export(path: Path) -> dict[str, Any]:
    """Read a file that is to become the server's configuration.

    Raises:
        CommandError: it cannot be read, or the server would refuse it.
    """
    try:
        return check_document(read_json(read_small(path)))
    except InvalidValue as error:
        raise CommandError(f"{path}: {error.text}") from None
    except ValueError as error:
        raise CommandError(f"{path} holds no valid JSON: {error}") from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        tree = read_json(text)
    except ValueError as error:
        raise CommandError(
            f"the server exported no valid JSON: {error}", ExitCode.BAD_DATA
        ) from None
    if not isinstance(tree, dict):
        raise CommandError("the server exported JSON that is no configuration", ExitCode.BAD_DATA)
    return tree


def _check_arrived(arrived: bool) -> None:
    if not arrived:
        raise CommandError(
            "the server said yes, but its configuration is another",
            ExitCode.REFUSED,
            hint="another client may have changed it at the same time",
        )


def _fit_to_show(call: Call, tree: Tree) -> dict[str, Any]:
    """Mask passwords where they are kept, and wherever else they may stand."""
    call.secrets.extend(secrets_in(tree))
    return cast("dict[str, Any]", call.out.masked(masked(tree)))


def _print_tree(call: Call, tree: Tree, *, clear: bool) -> None:
    shown = tree if clear else _fit_to_show(call, tree)
    if call.out.as_json:
        call.out.json({"type": "config", "config": shown})
    else:
        call.out.rows([(".".join(path), as_text(value)) for path, value in leaves(shown)])


def _print_changes(call: Call, changes: Sequence[Change]) -> None:
    if call.out.as_json:
        told = [_as_data(call, change) for change in changes]
        call.out.json({"type": "config_changes", "changes": told})
        return
    call.out.rows([(_name(change), _shown(change.path, change.after)) for change in changes])


def _as_data(call: Call, change: Change) -> dict[str, object]:
    after = MASK if is_secret(change.path) else call.out.masked(change.after)
    return {"path": _name(change), "value": after}


def _difference(change: Change) -> str:
    before, after = (_shown(change.path, value) for value in (change.before, change.after))
    return f"{_name(change)}: {before} → {after}"


def _name(change: Change) -> str:
    return ".".join(change.path)


def _shown(path: KeyPath, value: object) -> str:
    return MASK if is_secret(path) and value is not None else as_text(value)
