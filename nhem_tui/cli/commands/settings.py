"""``settings``: this program's own configuration, and where each value of it comes from."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nhem_tui
from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import OPEN_TO_ALL, CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.keys import check_keys, flaws_of, is_of_keys, keys_of
from nhem_tui.cli.options import has_credentials
from nhem_tui.cli.output import as_text
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.terminal import ask_secret
from nhem_tui.config.layers import DEFAULT
from nhem_tui.config.problems import ConfigError
from nhem_tui.config.schema import Field, by_path, fit_to_show, value_of
from nhem_tui.config.secrets import PASSWORD, password_source
from nhem_tui.config.values import from_text
from nhem_tui.notation.mask import MASK
from nhem_tui.notation.paths import exists

if TYPE_CHECKING:
    from nhem_tui.config.layers import Loaded

SHARE = Path(nhem_tui.__file__).parent / "share"
_EDITOR = "vi"


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subcommands(
        {
            "show": "show every setting",
            "get": "show one setting",
            "set": "write one setting to your configuration file",
            "unset": "take one setting out of your configuration file",
            "path": "show where the configuration, the log and the files to install are",
            "edit": "open your configuration file in an editor, and check it afterwards",
        }
    )
    actions["show"].add_argument(
        "--origin", action="store_true", help="say where each value comes from"
    )
    for name in ("get", "set", "unset"):
        actions[name].add_argument(
            "path",
            choices=_Paths(by_path()),
            metavar="PATH",
            help="e.g. server.timeout, or keys.detection.start for the keys of an action",
        )
    actions["set"].add_argument(
        "value", nargs="?", metavar="VALUE", help="what is secret is asked for instead"
    )
    actions["show"].examples("settings show", "settings show --origin", "settings show --json")
    actions["get"].examples("settings get server.base_url", "settings get display.window --verbose")
    actions["set"].examples(
        "settings set server.base_url http://lab3:8421",
        "settings set server.base_url http://lab2:8421 --profile lab2",
        "settings set server.password",
        "settings set keys.detection.start f5",
    )
    actions["unset"].examples(
        "settings unset server.ssh", "settings unset server.ssh --profile lab2"
    )
    actions["path"].examples("settings path", "settings path --json")
    actions["edit"].examples("settings edit", "EDITOR=nano nhem-tui settings edit")
    parser.examples("settings show --origin", "settings set server.base_url http://lab3:8421")


class _Paths(tuple[str, ...]):
    """What a setting may be called; actions in the key map are for `cli.keys` to know."""

    __slots__ = ()

    def __contains__(self, path: object) -> bool:
        return super().__contains__(path) or is_of_keys(str(path))


def run(call: Call) -> ExitCode:
    """Show or change."""
    match call.args.action:
        case "show":
            _show(call)
        case "get":
            _get(call, call.loaded)
        case "set":
            _save(call, _new_value(call))
        case "unset":
            _save(call, None)
        case "path":
            _path(call)
        case "edit":
            _edit(call)
    return ExitCode.DONE


def _show(call: Call) -> None:
    loaded = call.loaded
    values = {path: _shown(loaded, leaf) for path, leaf in by_path().items()}
    values |= {f"keys.{action}": keys for action, keys in loaded.settings.keys.items()}
    origins = {path: _origin(loaded, path) for path in values}
    if call.out.as_json:
        told = {"origins": origins} if call.args.origin else {}
        call.out.json({"type": "settings", "settings": _nested(values), **told})
    elif call.args.origin:
        rows = [(path, as_text(values[path]), origins[path]) for path in values]
        call.out.table(("setting", "value", "from"), rows)
    else:
        call.out.rows([(path, as_text(value)) for path, value in values.items()])


def _origin(loaded: Loaded, path: str) -> str:
    """Where a value comes from; for the password where that which is sent comes from."""
    return password_source(loaded) if path == PASSWORD else loaded.origins[path]


def _nested(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    tree: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        section, _, name = path.partition(".")
        tree.setdefault(section, {})[name] = value
    return tree


def _get(call: Call, loaded: Loaded) -> None:
    path = call.args.path
    if is_of_keys(path):
        value, origin = keys_of(loaded, path), loaded.origins.get(path, DEFAULT)
    else:
        leaf = by_path()[path]
        value, origin = _shown(loaded, leaf), _origin(loaded, path)
        call.out.detail(f"{leaf.doc} {leaf.range_words}; default {as_text(_safe_default(leaf))}")
    call.out.detail(f"from {origin}")
    if call.out.as_json:
        call.out.json({"type": "setting", "path": path, "value": value, "origin": origin})
    else:
        call.out.line(value if isinstance(value, str) else as_text(value))


def _save(call: Call, value: object) -> None:
    """Look at what would be in force then, and save only what can be; print that.

    A stronger layer may stand before the file.

    Args:
        call: says which setting, and for which profile.
        value: None takes it out of the file.
    """
    from nhem_tui.config import store
    from nhem_tui.config.paths import standard_places

    file, path = standard_places().user_file, call.args.path
    profile = getattr(call.args, "profile", "")
    with store.alone(file):
        document = store.changed(file, {path: value}, profile=profile)
        try:
            loaded = call.load(document)
            if flaws := flaws_of(loaded) if is_of_keys(path) else []:
                raise ConfigError(flaws)
        except ConfigError:
            call.out.note(
                f"nothing was saved; {'without' if value is None else 'with'} this value:"
            )
            raise
        store.write(document)
    if value is not None or not is_of_keys(path):  # there need not be such an action
        _get(call, loaded)
    origin = loaded.origins.get(path, DEFAULT)
    if value is None:
        call.out.note(f"{path} comes from {origin} now")
    elif not origin.startswith(f"{file}:"):
        call.out.warn(f"saved in {file}, but {origin} is stronger")


def _new_value(call: Call) -> object:
    """Return the value that was typed.

    Raises:
        CommandError: it is missing, not allowed, or should have been asked for.
    """
    path = call.args.path
    if is_of_keys(path):
        return _typed(call)
    leaf = by_path()[path]
    try:
        return from_text(leaf, _new_text(call, leaf))
    except ValueError as error:
        raise CommandError(f"{leaf.path} {error}") from None


def _new_text(call: Call, leaf: Field) -> str:
    """Return the value as it was typed; what is secret is not taken from the command line.

    Raises:
        CommandError: it is missing, or should have been asked for.
    """
    if leaf.secret:
        if call.args.value is not None:
            raise CommandError(
                f"what is secret {OPEN_TO_ALL}",
                hint="leave the value out; it is asked for, or read from stdin",
            )
        return ask_secret(call.out, f"new value of {leaf.path}")
    text = _typed(call)
    if leaf.path == "server.base_url" and has_credentials(text):
        raise CommandError(
            f"a password {OPEN_TO_ALL}",
            hint="set NHEM_URL, or write the address with nhem-tui settings edit",
        )
    return text


def _typed(call: Call) -> str:
    text: str | None = call.args.value
    if text is None:
        raise CommandError(f"the value of {call.args.path} is missing")
    return text


def _path(call: Call) -> None:
    from nhem_tui.config.paths import standard_places

    places = standard_places()
    files = {
        "working": places.working_file.absolute(),
        "user": places.user_file,
        "home": places.home_file,
        "system": places.system_file,
        "logs": places.state_dir,
        "share": SHARE,  # Dockerfile and systemd unit
    }
    if call.out.as_json:
        found = {name: {"path": str(p), "exists": exists(p)} for name, p in files.items()}
        call.out.json({"type": "paths", "paths": found})
    else:
        rows = [(name, str(p), "yes" if exists(p) else "no") for name, p in files.items()]
        call.out.table(("file", "path", "exists"), rows)


def _edit(call: Call) -> None:
    from nhem_tui.config.paths import standard_places

    file = standard_places().user_file
    _create(file)
    named = (call.environ.get(name, "").strip() for name in ("VISUAL", "EDITOR"))
    editor = next(filter(None, named), _EDITOR)
    try:
        ended = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603 - theirs
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error  # of shlex
        hint = "another one: VISUAL=nano nhem-tui settings edit"
        raise CommandError(f"the editor {editor!r} cannot be run: {why}", hint=hint) from None
    if ended.returncode != 0:
        raise CommandError(f"the editor ended with exit code {ended.returncode}", ExitCode.REFUSED)
    check_keys(call)
    call.out.note(f"{file} is in order")


def _create(file: Path) -> None:
    """Begin an empty configuration that only its owner may read, where a link leads if it is one.

    Raises:
        CommandError: the system refused.
    """
    itself = Path(os.path.realpath(file))
    try:
        itself.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not itself.exists():
            descriptor = os.open(itself, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as created:
                created.write("{}\n")
    except OSError as error:
        raise CommandError(f"cannot write {file}: {error.strerror}", ExitCode.REFUSED) from None


def _shown(loaded: Loaded, leaf: Field) -> Any:  # noqa: ANN401 - a leaf of any type
    return fit_to_show(leaf, value_of(loaded.settings, leaf.path))


def _safe_default(leaf: Field) -> Any:  # noqa: ANN401 - a leaf of any type
    return MASK if leaf.secret else leaf.default
