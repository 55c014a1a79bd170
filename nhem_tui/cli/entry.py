"""From arguments to an exit code: parse, run, and say what went wrong."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from nhem_tui.backend.errors import BackendError, Unauthorised
from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_error
from nhem_tui.cli.output import Output, OutputLostError, ReaderGoneError, abandon
from nhem_tui.cli.parser import UsageError, module_of, parse
from nhem_tui.config.problems import ConfigError, SecretError, UnwritableError
from nhem_tui.recording.errors import DamagedError, RecordingError, UnusableError

_OF_RECORDING: Final = {DamagedError: ExitCode.BAD_DATA, UnusableError: ExitCode.USAGE}
"""What a session file ends a command with, other than that it cannot be read or written."""


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    out = Output(as_json="--json" in argv)
    try:
        try:
            args = parse(argv)
        except UsageError as error:
            code = _say_usage(out, error)
        except SystemExit:  # argparse has printed help or version
            code = ExitCode.DONE
        else:
            out = Output(as_json=args.json, quiet=args.quiet, verbose=args.verbose)
            code = _carry_out(Call(args, out))
        out.flush()
    except ReaderGoneError:
        abandon(sys.stdout)
        return ExitCode.DONE
    except OutputLostError as error:
        abandon(sys.stdout)
        out.fail(str(error), exit=int(ExitCode.REFUSED))
        return ExitCode.REFUSED
    except Exception as error:  # noqa: BLE001 - the last place that can say it in one line
        return _own_fault(out, error)
    return code


def _say_usage(out: Output, error: UsageError) -> ExitCode:
    """Tell wrong arguments as argparse does, or as JSON."""
    program = error.parser.prog
    if out.as_json:
        out.fail(error.text, hint=f"{program} --help", exit=int(ExitCode.USAGE))
    else:
        out.tell(f"{error.parser.format_usage()}{program}: error: {error.text}")
    return ExitCode.USAGE


def _carry_out(call: Call) -> ExitCode:
    """Run the command; whatever stopped it is told in words."""
    out = call.out
    try:
        return module_of(call.args.command).run(call)
    except CommandError as error:
        cause = error.__cause__
        facts = _facts(out, cause) if isinstance(cause, BackendError) else error.facts
        out.fail(error.text, hint=error.hint, **facts, exit=int(error.code))
        return error.code
    except RecordingError as error:
        code = _OF_RECORDING.get(type(error), ExitCode.REFUSED)
        out.fail(error.text, hint=error.hint, exit=int(code))
        return code
    except ConfigError as error:
        code = ExitCode.REFUSED if isinstance(error, UnwritableError) else ExitCode.USAGE
        for problem in error.problems:
            out.fail(str(problem), exit=int(code))
        for warning in error.warnings:
            out.warn(str(warning), even_quiet=True)
        return code
    except SecretError as error:
        from nhem_tui.cli.mending import unusable

        found = unusable(call.loaded, error.leaf, str(error))
        out.fail(found.text, hint=found.hint, exit=int(found.code))
        return found.code
    except BackendError as error:
        code = of_error(error)
        source = call.password_source if isinstance(error, Unauthorised) else ""
        hint = f"the password came from {source}" if source else ""
        out.fail(error.text, hint=hint, **_facts(out, error), exit=int(code))
        return code


def _facts(out: Output, error: BackendError) -> dict[str, Any]:
    """What JSON tells of a failed request beside its text."""
    return {
        "kind": error.kind.value,
        "status": error.status,
        "code": out.clean(error.code),
        "endpoint": error.endpoint,
    }


def _own_fault(out: Output, error: Exception) -> ExitCode:
    """Say that this program failed, and where; what the exception says may hold a secret.

    The log takes it all once it is open: from then on it knows the secrets.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "its core"
    hint = "--verbose shows the way there"
    if logging.getLogger().handlers:
        logging.getLogger(__name__).error("this program failed", exc_info=error)
        hint = "the log tells more: nhem-tui settings path"
    for line in traceback.format_list(frames):
        out.detail(line.rstrip())
    text = f"this program failed: {type(error).__name__} in {place}"
    out.fail(text, hint=hint, exit=int(ExitCode.REFUSED))
    return ExitCode.REFUSED
