"""From arguments to an exit code: parse, run, and say what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhem_tui.backend.errors import BackendError
from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, of_error
from nhem_tui.cli.output import Output, OutputLostError, ReaderGoneError, abandon_stdout
from nhem_tui.cli.parser import module_of, parse
from nhem_tui.config.problems import ConfigError, SecretError
from nhem_tui.recording.errors import DamagedError, RecordingError


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    out = Output()
    try:
        try:
            args = parse(argv)
        except SystemExit as leaving:  # argparse has printed the help, or what was wrong
            code = int(leaving.code or ExitCode.DONE)
        else:
            out = Output(
                as_json=getattr(args, "json", False),
                quiet=getattr(args, "quiet", False),
                verbose=getattr(args, "verbose", False),
            )
            code = _carry_out(Call(args, out))
        out.flush()
    except ReaderGoneError:
        abandon_stdout()
        return ExitCode.DONE
    except OutputLostError as error:
        abandon_stdout()
        out.fail(str(error), exit=int(ExitCode.REFUSED))
        return ExitCode.REFUSED
    return code


def _carry_out(call: Call) -> ExitCode:
    out = call.out
    try:
        return module_of(call.args.command).run(call)
    except CommandError as error:
        cause = error.__cause__
        facts = _facts(cause) if isinstance(cause, BackendError) else {}
        out.fail(error.text, hint=error.hint, **facts, exit=int(error.code))
        return error.code
    except RecordingError as error:
        code = ExitCode.BAD_DATA if isinstance(error, DamagedError) else ExitCode.REFUSED
        out.fail(error.text, hint=error.hint, exit=int(code))
        return code
    except ConfigError as error:
        for problem in error.problems:
            out.fail(str(problem), exit=int(ExitCode.USAGE))
        return ExitCode.USAGE
    except SecretError as error:
        out.fail(str(error), exit=int(ExitCode.USAGE))
        return ExitCode.USAGE
    except BackendError as error:
        code = of_error(error)
        out.fail(error.text, **_facts(error), exit=int(code))
        return code


def _facts(error: BackendError) -> dict[str, Any]:
    """What JSON tells of a failed request beside its text."""
    return {
        "kind": error.kind.value,
        "status": error.status,
        "code": error.code,
        "endpoint": error.endpoint,
    }
